"""What the checks of rights read in a history."""

from collections.abc import Iterator

from mqinfra.model.frozen import dataclass
from mqinfra.providers.base.verification.check import Case
from mqinfra.providers.rabbitmq.verification.procedures.rights import CELL


@dataclass(frozen=True, slots=True)
class Cell:
    """A right on a name: whether it is declared, and whether it is in force."""

    right: str
    name: str
    declared: bool
    live: bool


def cells(case: Case) -> Iterator[Cell]:
    """The rights that either side gives."""
    for one in case.seen(CELL):
        told = one.seen if isinstance(one.seen, dict) else {}
        given = told.get("cells")
        for name, both in (given if isinstance(given, dict) else {}).items():
            if isinstance(both, list):
                yield Cell(str(told.get("right")), name, both[0] is True, both[1] is True)


def looked_at(case: Case) -> int:
    """How many rights on names were looked at."""
    numbers = [one.seen.get("names") for one in case.seen(CELL) if isinstance(one.seen, dict)]
    return sum(number for number in numbers if isinstance(number, int))
