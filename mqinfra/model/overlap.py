"""Where two scopes own the same names. Two owners of a thing would change it back and forth.

Who owns a vhost and who owns some names in it do not overlap: a part is always a part of what somebody else has.
"""

from collections.abc import Iterable, Iterator

from mqinfra.model.frozen import dataclass
from mqinfra.model.scope import Owned, pattern_covers

EVERYTHING = "wholeCluster"
"""The word under `scope:` of whoever owns a whole cluster."""


@dataclass(frozen=True, slots=True, order=True)
class Overlap:
    """Two patterns that own some of the same names.

    Attributes:
        word: the word under `scope:` of ours.
        ours: our pattern; empty where we own the whole cluster.
        theirs: the other pattern; empty where they own the whole cluster.
        within: what both lie in, such as a vhost; empty where it is nothing.
    """

    word: str
    ours: str
    theirs: str
    within: str = ""


def overlaps(ours: Owned, theirs: Owned, divisible: str) -> list[Overlap]:
    """Find the names that both own, sorted.

    Args:
        ours: what one may own.
        theirs: what another may own, on a cluster of the same type.
        divisible: the word under `scope:` of what is owned in parts; empty where there is none.
    """
    return sorted(_overlaps(ours, theirs, divisible))


def added(now: Owned, before: Owned) -> Owned:
    """What a scope owns that it did not own before."""
    if before.whole:
        return Owned()
    patterns = {word: _uncovered(some, before.patterns.get(word, ())) for word, some in now.patterns.items()}
    parts = {
        place: _uncovered(
            names, (name for wider, some in before.parts.items() if pattern_covers(wider, place) for name in some)
        )
        for place, names in now.parts.items()
    }
    return Owned(
        {word: some for word, some in patterns.items() if some},
        {place: names for place, names in parts.items() if names},
        whole=now.whole,
    )


def _overlaps(ours: Owned, theirs: Owned, divisible: str) -> Iterator[Overlap]:
    if ours.whole and theirs.whole:
        yield Overlap(EVERYTHING, "", "")
    if ours.whole:
        yield from (Overlap(EVERYTHING, "", pattern) for some in theirs.patterns.values() for pattern in some)
    if theirs.whole:
        yield from (Overlap(word, pattern, "") for word, some in ours.patterns.items() for pattern in some)
    for word, some in ours.patterns.items():
        yield from (Overlap(word, *pair) for pair in _pairs(some, theirs.patterns.get(word, ())))
    for place, names in ours.parts.items():
        for there, others in theirs.parts.items():
            if _meet(place, there):
                within = place if pattern_covers(there, place) else there
                yield from (Overlap(divisible, *pair, within) for pair in _pairs(names, others))


def _pairs(some: Iterable[str], others: Iterable[str]) -> Iterator[tuple[str, str]]:
    others = tuple(others)
    return ((one, other) for one in some for other in others if _meet(one, other))


def _meet(one: str, other: str) -> bool:
    return pattern_covers(one, other) or pattern_covers(other, one)


def _uncovered(some: Iterable[str], before: Iterable[str]) -> tuple[str, ...]:
    before = tuple(before)
    return tuple(one for one in some if not any(pattern_covers(wider, one) for wider in before))
