"""Many addresses in few lines: counts per prefix, for plans that nobody can read line by line."""

import re
from collections import Counter, defaultdict
from collections.abc import Iterable

from mqinfra.model.address import Address
from mqinfra.render.terminal import clean

_TOKEN = re.compile(r"[^.\-_:]*[.\-_:]?")


def by_prefix(addresses: Iterable[Address], *, most: int = 20) -> list[tuple[str, int]]:
    """Count addresses per prefix of their names.

    Args:
        addresses: what to count.
        most: lines per kind; the rest is counted together.

    Returns:
        `("kafka/topics/orders.*", 4000)`, largest first within a kind; an address that stands alone in full.
    """
    families: dict[str, list[str]] = defaultdict(list)
    for address in addresses:
        head, _, last = address.text.rpartition("/")
        families[head].append("" if address.pairs else last)
    return [line for head in sorted(families) for line in _family(head, families[head], most)]


def _family(head: str, names: list[str], most: int) -> list[tuple[str, int]]:
    groups = _groups(names)
    largest = sorted(groups.items(), key=lambda item: (-len(item[1]), item[0]))
    lines = [
        (clean(f"{head}/{group[0]}" if len(group) == 1 and group[0] else f"{head}/{prefix}*"), len(group))
        for prefix, group in largest[:most]
    ]
    rest = sum(len(group) for _, group in largest[most:])
    return [*lines, (clean(f"{head}/* with other prefixes"), rest)] if rest else lines


def _groups(names: list[str]) -> dict[str, list[str]]:
    """Group names by the shortest prefix, up to a delimiter, that tells them apart."""
    prefix = ""
    while True:
        groups: dict[str, list[str]] = defaultdict(list)
        for name in names:
            token = _TOKEN.match(name, len(prefix))
            groups[name[: token.end()] if token is not None else name].append(name)
        only = next(iter(groups))
        if len(groups) > 1 or only == prefix:
            return _by_delimiter(groups, prefix)
        prefix = only


def _by_delimiter(groups: dict[str, list[str]], prefix: str) -> dict[str, list[str]]:
    """Put names that have nothing in common but the prefix into one group rather than a line each."""
    counts = Counter(len(group) for group in groups.values())
    if counts[1] <= 3:
        return groups
    joined = {key: group for key, group in groups.items() if len(group) > 1}
    loose = [name for group in groups.values() if len(group) == 1 for name in group]
    joined[prefix] = loose
    return joined
