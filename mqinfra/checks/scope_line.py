"""The line for mqinfra.yaml that would cover what is outside the scope: a file of its own, since it has a syntax."""

import json
import re
from collections.abc import Iterable, Sequence

from mqinfra.model.address import Address
from mqinfra.model.scope import Ownership, Scope, pattern_owns

_NAMED_ONE_BY_ONE = 5
_MOST = 12
_PREFIX = re.compile(r"([^\W_]+[^\w\s*]|[^\W_]+_)")
_PLAIN = re.compile(r"[A-Za-z/][A-Za-z0-9._/-]*")


def paste(scope: Scope, broker: str, kind: str, addresses: Sequence[Address]) -> str:
    """Write the line that would cover the addresses: one by one, or by prefix when they are many.

    What a clusters file grants is not the project's to widen, so that there only the place is named.

    Args:
        scope: what is owned now, which the line repeats.
        broker: the broker's type.
        kind: the kind of all the addresses.
        addresses: what is to be covered.
    """
    if scope.grantor:
        return f"mqinfra.yaml and `projects:` in `{scope.grantor}` both have to cover it: ask the owner of that file"
    theirs = "it is" if len(addresses) == 1 else "they are"
    line = _line(scope, broker, kind, addresses)
    return f"if {theirs} this project's, write under `scope:`, `{broker}:` in mqinfra.yaml: `{line}`"


def _line(scope: Scope, broker: str, kind: str, addresses: Sequence[Address]) -> str:
    how = scope.ownership.get(broker, {}).get(kind) or Ownership(kind)
    word = how.word
    if not any(other.lies_within and other.word == word for other in scope.ownership.get(broker, {}).values()):
        return f"{word}: [{_covering(scope.of(broker, kind), map(how.outer_name, addresses))}]"
    parts = {place: list(names) for place, names in scope.parts.get(broker, {}).items()}
    whole = dict.fromkeys(scope.of(broker, kind))
    shared: dict[str, list[str]] = {}
    for address in addresses:
        name = how.outer_name(address)
        place = next((pattern for pattern in parts if pattern_owns(pattern, name)), None)
        if place is None or not how.lies_within:
            whole[name] = None
            parts.pop(name, None)
        else:
            shared.setdefault(place, []).append(how.own_name(address))
    if shared and how.shared_word and not whole.keys() - set(scope.of(broker, kind)):
        owned = scope.patterns.get(broker, {}).get(how.shared_word, ())
        return f"{how.shared_word}: [{_covering(owned, (name for names in shared.values() for name in names))}]"
    entries = [f"{_quoted(place)}: {{}}" for place in whole]
    entries += [
        f"{_quoted(place)}: {{names: [{_covering(names, shared.get(place, ()))}]}}" for place, names in parts.items()
    ]
    return f"{word}: {{{', '.join(entries)}}}"


def _covering(owned: Iterable[str], names: Iterable[str]) -> str:
    wanted = sorted(set(names))
    if len(wanted) > _NAMED_ONE_BY_ONE:
        prefixes = {name: _PREFIX.match(name) for name in wanted}
        wanted = sorted({name if found is None else f"{found[0]}*" for name, found in prefixes.items()})
    shown = list(dict.fromkeys([*owned, *wanted[:_MOST]]))
    more = len(wanted) - _MOST
    return ", ".join(map(_quoted, shown)) + (f", ... and {more:,} more" if more > 0 else "")


def _quoted(pattern: str) -> str:
    return pattern if _PLAIN.fullmatch(pattern) else json.dumps(pattern, ensure_ascii=False)
