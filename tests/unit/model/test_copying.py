"""Copies of plain records have the values that are named, and all others of the original, which stays as it is."""

from dataclasses import dataclass, fields

import pytest

from mqinfra.model.address import Address
from mqinfra.model.change import Action, Change, FieldDifference, Reason
from mqinfra.model.copying import copied

CHANGE = Change(
    Address("kafka", "topics", ("orders",)), Action.CREATE, Reason.ABSENT, (FieldDifference(("partitions",), after=3),)
)


def test_what_is_named_changes_and_nothing_else() -> None:
    copy = copied(CHANGE, fingerprint="sha256:1", note="moved")
    assert (copy.fingerprint, copy.note) == ("sha256:1", "moved")
    assert (CHANGE.fingerprint, CHANGE.note) == ("", "")
    others = {item.name for item in fields(Change)} - {"fingerprint", "note"}
    assert all(getattr(copy, name) is getattr(CHANGE, name) for name in others)


def test_a_field_that_there_is_not_is_refused() -> None:
    with pytest.raises(KeyError):
        copied(CHANGE, colour="red")  # type: ignore[call-arg]


@dataclass(frozen=True, slots=True)
class Checked:
    """A record that looks at its values."""

    number: int

    def __post_init__(self) -> None:
        assert self.number > 0


def test_a_record_that_looks_at_its_values_is_refused_because_a_copy_would_not() -> None:
    with pytest.raises(TypeError, match="Checked looks at its values"):
        copied(Checked(1), number=-1)
