"""A replace is a delete that was seen to be done, and only then a create."""

import threading
from pathlib import Path

from mqinfra.engine.applier import apply
from mqinfra.engine.recheck import Recheck
from mqinfra.model.change import Action, Change, FieldDifference, Reason
from mqinfra.model.event import Outcome, Report, fold
from mqinfra.model.plan import Plan
from mqinfra.model.reading import Live
from tests.unit.engine.test_batch import ORDERS, QUICK, Answer, Misbehaving, creation, forbidden, honest, request_lost


def replaced(folder: Path, *script: Answer) -> tuple[Report, Live | None, Live]:
    """Replace a topic by one with two partitions; its report, what is there then, and what was there before."""
    session = Misbehaving(folder, (honest, *script))
    (request,) = session.requests([creation(ORDERS)])
    session.send(request)
    before = session.read({"topics": [ORDERS]}).resources[ORDERS]
    change = Change(
        address=ORDERS,
        action=Action.REPLACE,
        reason=Reason.IMMUTABLE,
        differences=(FieldDifference(path=("partitions",), before=2, after=5),),
        before={"partitions": 2},
        after={"partitions": 5},
        identity=before.identity,
    )
    plan = Plan(tool_version="1", project="shop", environment="test", changes=(change,))
    rechecks = {ORDERS: Recheck(change)}
    report = fold(apply(plan, {"kafka": session}, rechecks, threading.Event(), QUICK))
    return report, session.read({"topics": [ORDERS]}).resources.get(ORDERS), before


def test_the_new_one_is_seen_with_an_identity_of_its_own(tmp_path: Path) -> None:
    report, after, before = replaced(tmp_path)
    assert [(item.action, item.outcome) for item in report.results] == [(Action.REPLACE, Outcome.APPLIED)]
    assert after is not None
    assert after.spec.field(("partitions",)) == 5
    assert after.identity != before.identity


def test_nothing_is_made_when_the_delete_is_refused(tmp_path: Path) -> None:
    report, after, before = replaced(tmp_path, forbidden)
    (ended,) = report.results
    assert (ended.action, ended.outcome, ended.message) == (Action.REPLACE, Outcome.FAILED, "not allowed")
    assert after == before


def test_what_was_deleted_and_not_made_again_says_so(tmp_path: Path) -> None:
    report, after, _ = replaced(tmp_path, honest, forbidden)
    (ended,) = report.results
    assert (ended.outcome, ended.message) == (Outcome.FAILED, "deleted, but not recreated: not allowed")
    assert after is None


def test_a_request_that_was_lost_is_sent_again(tmp_path: Path) -> None:
    report, after, before = replaced(tmp_path, request_lost)
    assert [item.outcome for item in report.results] == [Outcome.APPLIED]
    assert after is not None
    assert after.identity != before.identity
