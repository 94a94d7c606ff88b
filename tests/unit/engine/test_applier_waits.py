"""What is not begun because something else was not done says what it waited for, and what that was to become."""

import threading
from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path

import pytest

from mqinfra.engine.applier import apply
from mqinfra.engine.recheck import Recheck
from mqinfra.model.address import Address
from mqinfra.model.change import Action, Change, FieldDifference, Reason
from mqinfra.model.event import Outcome, fold
from mqinfra.model.plan import Plan
from mqinfra.providers.base.request import Refused, Request, Result
from tests.unit.engine.test_batch import BILLING, ORDERS, QUICK, Misbehaving, creation

DELETE = Change(ORDERS, Action.DELETE, Reason.TOMBSTONE)
UPDATE = Change(
    ORDERS,
    Action.UPDATE,
    Reason.DIFFERS,
    (FieldDifference(("partitions",), 2, 5),),
    before={"partitions": 2},
    after={"partitions": 5},
)
AFTER = replace(DELETE, address=BILLING, needs=(ORDERS,))


def refuse(_: Misbehaving, request: Request) -> Mapping[Address, Result]:
    return {address: Refused("no") for address in request.body}


@pytest.mark.parametrize(
    ("first", "second", "says"),
    [
        (DELETE, AFTER, "it goes only after `kafka/topics/orders`, which was not deleted"),
        (UPDATE, AFTER, "it goes only after `kafka/topics/orders`, which was not updated"),
        (
            creation(ORDERS),
            replace(creation(BILLING), needs=(ORDERS,)),
            "it needs `kafka/topics/orders`, which was not created",
        ),
    ],
    ids=["deleted", "updated", "created"],
)
def test_what_was_waited_for_is_said_as_what_it_is(first: Change, second: Change, says: str, tmp_path: Path) -> None:
    session = Misbehaving(tmp_path)
    there = [change.address for change in (first, second) if change.action is not Action.CREATE]
    for request in session.requests([creation(address) for address in there]):
        session.honest(request)
    session.script = [refuse]
    plan = Plan(tool_version="1", project="shop", environment="test", changes=(second, first))
    rechecks = {change.address: Recheck(change) for change in (first, second)}
    report = fold(apply(plan, {"kafka": session}, rechecks, threading.Event(), QUICK))
    results = {end.address: end for end in report.results}
    assert results[ORDERS].outcome is Outcome.FAILED
    assert (results[BILLING].outcome, results[BILLING].message) == (Outcome.NOT_ATTEMPTED, says)
