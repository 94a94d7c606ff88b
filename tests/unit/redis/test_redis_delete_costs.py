"""What the delete of a stream says of its groups, and that saying more never asks for more consent."""

from dataclasses import replace

import pytest

from mqinfra.engine.consent import Permit
from mqinfra.engine.guard import weigh
from mqinfra.model.address import Address
from mqinfra.model.change import Action, Change, CostKind, Reason
from mqinfra.model.reading import Figures
from mqinfra.providers.redis.api.stream_calls import Consumer
from mqinfra.providers.redis.streams.figures import details_of
from mqinfra.providers.redis.streams.kind import StreamKind

HOUR = 3_600_000


def test_groups_and_what_is_pending_in_them_are_named_with_who_left_it_longest() -> None:
    consumers = [Consumer("mail/a", 2, 47 * HOUR), Consumer("mail/b", 0, 900 * HOUR), Consumer("feed/c", 3, 5_000)]
    assert details_of(1_200, {"mail": 2, "feed": 3}, consumers) == (
        "1,200 entries; 2 groups go too: `feed`, `mail`",
        "5 entries are delivered and not acknowledged; of those who hold some, `mail/a` has been idle longest, 47h",
    )


def test_a_stream_without_groups_has_no_details() -> None:
    assert details_of(5, {}, []) == ()


def test_groups_of_an_empty_stream_are_named_too() -> None:
    assert details_of(0, {"feed": 0}, []) == ("0 entries; 1 group goes too: `feed`",)


def test_what_is_pending_is_said_where_its_consumers_can_not_be_seen() -> None:
    assert details_of(1, {"feed": 1}, [])[1] == "1 entry is delivered and not acknowledged"


@pytest.mark.parametrize(
    ("idle", "text"),
    [(0, "less than 1s"), (999, "less than 1s"), (119_999, "119s"), (120_000, "2m"), (48 * HOUR, "2d")],
)
def test_idle_times_are_rounded_down_to_what_people_say(idle: int, text: str) -> None:
    assert details_of(1, {"feed": 1}, [Consumer("feed/a", 1, idle)])[1].endswith(f"idle longest, {text}")


def test_many_groups_are_not_all_listed() -> None:
    [text] = details_of(0, {f"group-{number}": 0 for number in range(9)}, [])
    assert text.endswith("9 groups go too: `group-0`, `group-1`, `group-2`, `group-3`, `group-4`, ...")


def test_details_are_costs_for_people_and_change_neither_guard_nor_findings() -> None:
    address = Address("redis", "streams", ("orders",))
    change = Change(address=address, action=Action.DELETE, reason=Reason.TOMBSTONE)
    plain = Figures(5, ("feed/a",))
    told = weigh(change, replace(plain, details=("one", "two")), Permit(), StreamKind())
    untold = weigh(change, plain, Permit(), StreamKind())
    assert told.diagnostics == untold.diagnostics
    assert told.change.guard == untold.change.guard
    assert told.change.costs[: len(untold.change.costs)] == untold.change.costs
    details = told.change.costs[len(untold.change.costs) :]
    assert [(cost.kind, cost.text, cost.number) for cost in details] == [
        (CostKind.DETAIL, "one", None),
        (CostKind.DETAIL, "two", None),
    ]
