"""What goes first: what others need, and everything that is built before anything goes."""

import pytest

from mqinfra.engine.order import cycles, waves
from mqinfra.model.address import Address
from mqinfra.model.change import Action, Change, Reason


def change(name: str, action: Action = Action.CREATE, *needs: str) -> Change:
    return Change(address=at(name), action=action, reason=Reason.ABSENT, needs=tuple(map(at, needs)))


def at(name: str) -> Address:
    return Address("redis", "streams", (name,))


@pytest.mark.parametrize(
    ("changes", "order"),
    [
        ([change("b"), change("a")], [["a", "b"]]),
        ([change("a", Action.DELETE), change("b")], [["b"], ["a"]]),
        ([change("a", Action.DELETE), change("b", Action.UPDATE), change("c", Action.REPLACE)], [["b", "c"], ["a"]]),
        ([change("a", Action.CREATE, "b"), change("b", Action.CREATE, "c"), change("c")], [["c"], ["b"], ["a"]]),
        ([change("a", Action.CREATE, "b"), change("b"), change("c", Action.DELETE)], [["b"], ["a"], ["c"]]),
        ([change("a", Action.CREATE, "elsewhere")], [["a"]]),
        ([change("a", Action.DELETE, "b"), change("b", Action.DELETE), change("c")], [["c"], ["b"], ["a"]]),
        ([change("a", Action.DELETE, "b"), change("b")], [["b"], ["a"]]),
        ([], []),
    ],
)
def test_waves_build_what_is_needed_first_and_delete_last(changes: list[Change], order: list[list[str]]) -> None:
    assert [[item.address.name for item in wave] for wave in waves(changes)] == order


def test_a_circle_is_found_while_planning() -> None:
    circle = [change("a", Action.CREATE, "b"), change("b", Action.CREATE, "a")]
    (found,) = cycles(circle)
    assert "redis/streams/a" in found.message
    assert cycles([change("a", Action.CREATE, "b"), change("b")]) == []
