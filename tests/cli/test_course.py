"""The report of an apply that is stopped at once holds what happened, also what nobody was told of yet."""

from mqinfra.cli.console import Console, Settings
from mqinfra.cli.running import Course
from mqinfra.model.address import Address
from mqinfra.model.change import Action, Change, Reason
from mqinfra.model.event import Ended, Outcome, Sent, Started
from mqinfra.model.exit_code import ExitCode
from mqinfra.model.plan import Plan

NAMES = ("applied", "refused", "sent", "waiting")
CHANGES = tuple(Change(Address("kafka", "topics", (name,)), Action.CREATE, Reason.ABSENT) for name in NAMES)
PLAN = Plan(tool_version="1", project="shop", environment="test", changes=CHANGES)


def test_what_happened_and_was_not_handed_out_yet_is_in_the_report() -> None:
    applied, refused, sent, _ = (change.address for change in CHANGES)
    course = Course(PLAN, Console(Settings()), events=False)
    course.add(Started(project="shop", environment="test", digest="", changes=4))
    handed_out = Sent(cluster="kafka", request="CreateTopics", addresses=(applied,))
    for event in (
        handed_out,
        Ended(address=applied, action=Action.CREATE, outcome=Outcome.APPLIED, message=""),
        Ended(address=refused, action=Action.CREATE, outcome=Outcome.FAILED, message="no"),
        Sent(cluster="kafka", request="CreateTopics", addresses=(sent,)),
    ):
        course.noted.append(event)
    course.add(handed_out)
    report = course.cut_off("stopped", ExitCode.INTERRUPTED, interrupted=True)
    outcomes = {result.address.name: result.outcome.value for result in report.results}
    assert outcomes == {"applied": "applied", "refused": "failed", "sent": "unknown", "waiting": "not attempted"}
    assert sum(event is handed_out for event in course.seen) == 1
