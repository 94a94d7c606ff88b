"""What a difference between desired and live means: how it can be brought about, what it costs, and the way out."""

from enum import StrEnum

from mqinfra.model.change import Cost, FieldDifference, Undo
from mqinfra.model.frozen import dataclass
from mqinfra.model.spec import Mutability


class Way(StrEnum):
    """How a difference can be brought about."""

    IN_PLACE = "in place"
    REPLACE = "replace"
    IMPOSSIBLE = "impossible"


@dataclass(frozen=True, slots=True)
class Verdict:
    """What one difference means.

    Attributes:
        way: in place, by replacing the resource, or not at all, but by making another one: that is what happens where
            `lifecycle.replace` says `recreate`.
        costs: what it takes from people who use the resource.
        undo: whether it can be taken back.
        advice: ways out that only the kind knows, said before the general ones.
    """

    way: Way = Way.IN_PLACE
    costs: tuple[Cost, ...] = ()
    undo: Undo = Undo.YES
    advice: tuple[str, ...] = ()


def default_verdict(difference: FieldDifference) -> Verdict:
    """Say what a difference means by its field's marker alone."""
    match difference.mutability:
        case Mutability.IMMUTABLE:
            return Verdict(Way.REPLACE, undo=Undo.NO)
        case Mutability.GROW_ONLY:
            before, after = difference.before, difference.after
            grows = isinstance(before, int) and isinstance(after, int) and after > before
            return Verdict(Way.IN_PLACE if grows else Way.IMPOSSIBLE, undo=Undo.NO)
        case _:
            return Verdict()
