"""What a plan saw to be empty is looked at once more right before its request is sent."""

import threading
from collections.abc import Mapping, Sequence
from pathlib import Path

import pytest

from mqinfra.engine.applier import apply
from mqinfra.engine.recheck import Recheck
from mqinfra.model.address import Address
from mqinfra.model.change import Action, Change, FieldDifference, Reason
from mqinfra.model.event import Outcome, fold
from mqinfra.model.loss import Loss
from mqinfra.model.plan import Plan
from mqinfra.model.reading import Figures
from tests.unit.engine.test_batch import ORDERS, QUICK, Misbehaving, creation

LOWERED = Loss(ORDERS, ("partitions",), "messages over 10 are dropped", keeps=10)
CUT = Change(
    ORDERS,
    Action.UPDATE,
    Reason.DIFFERS,
    (FieldDifference(("partitions",), 2, 5),),
    before={"partitions": 2},
    after={"partitions": 5},
    guard={"messages lost by partitions": "none"},
    losses=(LOWERED,),
)
DELETE = Change(ORDERS, Action.DELETE, Reason.TOMBSTONE, guard={"messages": "none", "consumers": "none"})


class _Holding(Misbehaving):
    """Its topic holds as many messages as the test says."""

    def __init__(self, folder: Path, messages: int | None) -> None:
        super().__init__(folder)
        self.messages = messages

    def figures(self, addresses: Sequence[Address]) -> Mapping[Address, Figures]:
        return dict.fromkeys(addresses, Figures(self.messages, ()))


@pytest.mark.parametrize(
    ("change", "messages", "sent"),
    [(CUT, 10, True), (CUT, 11, False), (CUT, None, False), (DELETE, 0, True), (DELETE, 1, False)],
)
def test_messages_that_arrived_since_stop_it(
    change: Change, messages: int | None, tmp_path: Path, *, sent: bool
) -> None:
    session = _Holding(tmp_path, messages)
    (request,) = session.requests([creation(ORDERS)])
    session.send(request)
    plan = Plan(tool_version="1", project="shop", environment="test", changes=(change,))
    report = fold(apply(plan, {"kafka": session}, {ORDERS: Recheck(change)}, threading.Event(), QUICK))
    (ended,) = report.results
    assert ended.outcome is (Outcome.APPLIED if sent else Outcome.FAILED)
    assert len(session.sent) == (2 if sent else 1)
    assert sent or "none in the plan, some now" in ended.message


class _Forgetful(_Holding):
    """Answers only the second time."""

    def figures(self, addresses: Sequence[Address]) -> Mapping[Address, Figures]:
        answer = super().figures(addresses)
        self.messages = 0
        return answer


def test_an_answer_that_was_lost_is_asked_for_again(tmp_path: Path) -> None:
    session = _Forgetful(tmp_path, None)
    (request,) = session.requests([creation(ORDERS)])
    session.send(request)
    plan = Plan(tool_version="1", project="shop", environment="test", changes=(DELETE,))
    report = fold(apply(plan, {"kafka": session}, {ORDERS: Recheck(DELETE)}, threading.Event(), QUICK))
    assert [ended.outcome for ended in report.results] == [Outcome.APPLIED]
