"""Frozen records do what the standard library's do, and copies of them have what is named and all else as it was."""

import copy
import dataclasses
import inspect
from dataclasses import FrozenInstanceError, field, fields
from typing import Any

import pytest

from mqinfra.model.address import Address
from mqinfra.model.change import Action, Change, FieldDifference, Reason
from mqinfra.model.frozen import copied, dataclass

CHANGE = Change(
    Address("kafka", "topics", ("orders",)), Action.CREATE, Reason.ABSENT, (FieldDifference(("partitions",), after=3),)
)


def test_what_is_named_changes_and_nothing_else() -> None:
    changed = copied(CHANGE, fingerprint="sha256:1", note="moved")
    assert (changed.fingerprint, changed.note) == ("sha256:1", "moved")
    assert (CHANGE.fingerprint, CHANGE.note) == ("", "")
    others = {item.name for item in fields(Change)} - {"fingerprint", "note"}
    assert all(getattr(changed, name) is getattr(CHANGE, name) for name in others)


def test_a_field_that_there_is_not_is_refused() -> None:
    with pytest.raises(AttributeError):
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


@dataclass(frozen=True, slots=True)
class Ours:
    """One field of each sort; their names are those that a careless template would use itself."""

    self: int
    own: tuple[int, ...] = ()
    twin: dict[str, int] = field(default_factory=dict, hash=False, compare=False)
    put: int = field(default=4, kw_only=True)
    worked_out: list[int] = field(default_factory=list, init=False, repr=False, compare=False)


@dataclasses.dataclass(frozen=True, slots=True)
class Theirs:
    """The same by the standard library."""

    self: int
    own: tuple[int, ...] = ()
    twin: dict[str, int] = field(default_factory=dict, hash=False, compare=False)
    put: int = field(default=4, kw_only=True)
    worked_out: list[int] = field(default_factory=list, init=False, repr=False, compare=False)


@dataclass(frozen=True, slots=True)
class Derived(Ours):
    """Has one field more."""

    more: str = "more"


@pytest.mark.parametrize("given", [{}, {"own": (1,)}, {"twin": {"a": 1}}, {"put": 5}])
def test_records_have_what_the_standard_librarys_have(given: dict[str, Any]) -> None:
    ours, theirs = Ours(1, **given), Theirs(1, **given)
    assert [getattr(ours, item.name) for item in fields(ours)] == [
        getattr(theirs, item.name) for item in fields(theirs)
    ]
    assert repr(ours) == repr(theirs).replace("Theirs", "Ours")
    assert (ours == Ours(1)) == (theirs == Theirs(1))
    assert (hash(ours) == hash(Ours(1))) == (hash(theirs) == hash(Theirs(1)))
    assert ours.__eq__(theirs) is NotImplemented
    assert Ours.__match_args__ == Theirs.__match_args__
    parameters = [(name, item.kind) for name, item in inspect.signature(Theirs).parameters.items()]
    assert [(name, item.kind) for name, item in inspect.signature(Ours).parameters.items()] == parameters


@dataclass(frozen=True, slots=True, order=True)
class Sorted:
    """Sorted by its fields."""

    first: int
    second: int = 0


def test_ordered_records_are_sorted_by_their_fields_and_only_among_themselves() -> None:
    assert sorted([Sorted(2), Sorted(1, 2), Sorted(1, 1)]) == [Sorted(1, 1), Sorted(1, 2), Sorted(2)]
    assert Sorted(1) <= Sorted(1) < Sorted(2) >= Sorted(2) > Sorted(1)
    with pytest.raises(TypeError):
        Sorted(1) < 1  # type: ignore[operator] # noqa: B015 - it raises


def test_no_two_records_share_what_is_made_for_each() -> None:
    one, other = Ours(1), Ours(1)
    one.worked_out.append(1)
    one.twin["a"] = 1
    assert (other.worked_out, other.twin) == ([], {})


@pytest.mark.parametrize("record", [Ours(1, put=2), Derived(1, more="m")])
def test_records_stay_as_they_are(record: Ours) -> None:
    with pytest.raises(FrozenInstanceError):
        record.own = (1,)  # type: ignore[misc]
    with pytest.raises(FrozenInstanceError):
        del record.own
    with pytest.raises(TypeError):
        type(record)()  # type: ignore[call-arg]
    assert not hasattr(record, "__dict__")


@pytest.mark.parametrize("record", [Ours(1, put=2), Derived(1, more="m")])
def test_copies_are_equal_and_of_the_same_class(record: Ours) -> None:
    for made in (copied(record), copy.copy(record), copy.deepcopy(record), dataclasses.replace(record)):
        assert made == record
        assert type(made) is type(record)
    assert Derived(1) != Ours(1)


def test_only_frozen_records_with_slots_are_made_here() -> None:
    with pytest.raises(TypeError, match=r"use `dataclasses\.dataclass`"):
        dataclass(frozen=True, slots=False)


@pytest.mark.parametrize(
    ("given", "named"),
    [
        ((), {}),
        ((1, (), {}, 4, 5), {}),
        ((1,), {"self": 2}),
        ((1,), {"colour": "red"}),
        ((1,), {"worked_out": [1]}),
        ((1, (), {}, 4), {}),
    ],
)
@pytest.mark.parametrize("earlier", [0, 30])
def test_what_a_record_can_not_be_made_of_is_refused_of_the_first_value_and_of_later_ones(
    given: tuple[Any, ...], named: dict[str, Any], earlier: int
) -> None:
    @dataclass(frozen=True, slots=True)
    class Fresh:
        self: int
        own: tuple[int, ...] = ()
        twin: dict[str, int] = field(default_factory=dict)
        put: int = field(default=4, kw_only=True)
        worked_out: list[int] = field(default_factory=list, init=False)

    for number in range(earlier):
        assert Fresh(number, put=5) == Fresh(self=number, put=5)
    with pytest.raises(TypeError):
        Fresh(*given, **named)
    assert Fresh(1).worked_out == []


def test_the_first_values_are_as_the_later_ones() -> None:
    @dataclass(frozen=True, slots=True)
    class Fresh:
        number: int
        half: float = field(init=False)
        names: tuple[str, ...] = ()

        def __post_init__(self) -> None:
            object.__setattr__(self, "half", self.number / 2)

    made = [Fresh(3, names=("a",)) for _ in range(40)]
    assert set(made) == {made[0]}
    assert (made[0].half, made[-1].half, made[0].names) == (1.5, 1.5, ("a",))
    assert list(inspect.signature(Fresh).parameters) == ["number", "names"]
