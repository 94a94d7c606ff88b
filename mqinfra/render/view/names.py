"""Names of things that change alike, in as few words as tell them apart: `shop.e00 e01`, `shop.e03 .. e08 (6)`."""

import re
from collections.abc import Iterator, Sequence
from functools import lru_cache
from itertools import takewhile

from mqinfra.render.terminal import clean

MOST = 20
"""So many names are listed; the rest is counted, but never of what is destroyed."""
_NUMBERED = re.compile(r"(.*?)([0-9]+)([^0-9]*)", re.DOTALL)
_LAST_DELIMITER = re.compile(r".*[._:/-]", re.DOTALL)
_LEAST_RUN = 3


def joined_names(names: Sequence[str], *, most: int | None = MOST, ranges: bool = True) -> str:
    """Write names one behind the other; what all begin with stands before the first only.

    Args:
        names: what they are called, in the order in which they are read.
        most: how many words at most; None for all of them.
        ranges: write those that are numbered one after the other as a range.
    """
    if len(names) == 1:
        return clean(names[0])
    shared = shared_start(names)
    runs = list(_runs(names)) if ranges else [(name,) for name in names]
    words: list[str] = []
    for run in runs[:most]:
        first = run[0][len(shared) :] if words else run[0]
        words.append(f"{first} .. {run[-1][len(shared) :]} ({len(run):,})" if len(run) > 1 else first)
    left = sum(len(run) for run in runs[len(words) :])
    separator = ", " if any(" " in name for name in names) else " "
    rest = f" and {left:,} more (-v lists them)" if left else ""
    # Cutting makes new words, which may be a command to a CI runner only now.
    return clean(separator.join(words) + rest)


def shared_start(names: Sequence[str]) -> str:
    """What all names begin with, up to a delimiter; of sentences, all but their last word."""
    one, other = min(names), max(names)
    alike = alike_for(one, other)
    if any(" " in name for name in names):
        shared = one[: one.rfind(" ") + 1]
        return shared if all(name[: name.rfind(" ") + 1] == shared for name in names) else ""
    match = _LAST_DELIMITER.match(one[:alike])
    shared = match[0] if match is not None else ""
    return shared if all(len(name) > len(shared) for name in names) else ""


def alike_for(one: str, other: str) -> int:
    """How many characters two texts begin with alike."""
    return sum(1 for _ in takewhile(lambda pair: pair[0] == pair[1], zip(one, other, strict=False)))


def _runs(names: Sequence[str]) -> Iterator[tuple[str, ...]]:
    """Names that are numbered one after the other as one, the others by themselves."""
    run: list[str] = []
    for name in names:
        if run and _next_to(run[-1]) != name:
            yield from _closed(run)
            run = []
        run.append(name)
    yield from _closed(run)


def _closed(run: list[str]) -> Iterator[tuple[str, ...]]:
    if len(run) >= _LEAST_RUN:
        yield tuple(run)
    else:
        for name in run:
            yield (name,)


@lru_cache(50_000)  # names are joined again and again to find how many of them there is room for
def _next_to(name: str) -> str | None:
    """The name that follows a numbered one; None for others."""
    parts = _NUMBERED.fullmatch(name)
    return f"{parts[1]}{str(int(parts[2]) + 1).zfill(len(parts[2]))}{parts[3]}" if parts is not None else None


def many(title: str) -> str:
    """The plural of what one of a kind is called."""
    return f"{title[:-1]}ies" if title.endswith("y") else f"{title}s"


def plural_of(number: int, title: str) -> str:
    """`1 policy`, `3 policies`."""
    return f"{number:,} {title if number == 1 else many(title)}"
