"""`apply --wait`: it waits no longer than it is told, says what it waits for, and deletes nothing that was not said."""

from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager

import pytest

from mqinfra.cli import waiting
from mqinfra.cli.console import Console, Settings
from mqinfra.cli.planning import Planned
from mqinfra.engine.survey import Survey
from mqinfra.model.address import Address
from mqinfra.model.change import Action, Change, Reason
from mqinfra.model.diagnostic import Diagnostic
from mqinfra.model.event import Ended, Outcome, Report
from mqinfra.model.exit_code import ExitCode
from mqinfra.model.leftover import Leftover
from mqinfra.model.plan import Plan, PlanCluster
from mqinfra.model.reading import Figures
from mqinfra.providers.base.catalogue import installed
from mqinfra.providers.sandbox.model_session import ModelSession
from tests.unit.engine.test_plan_cases import snapshot

OLD, OTHER = (Address("kafka", "topics", (name,)) for name in ("old", "other"))
DONE = Report(project="shop", environment="it", digest="sha256:1")


class Holding(ModelSession):
    number: int | None = 0

    def figures(self, addresses: Sequence[Address]) -> dict[Address, Figures]:
        return {address: Figures(self.number) for address in addresses}


def delete(address: Address, *, blocked: tuple[str, ...] = (), reason: Reason = Reason.SUGAR_GONE) -> Change:
    return Change(address, Action.DELETE, reason, blocked_by=blocked)


def plan(*changes: Change, left: tuple[Address, ...] = (), reachable: bool = True, said: str = "") -> Plan:
    return Plan(
        tool_version="1",
        project="shop",
        environment="it",
        clusters=(PlanCluster(alias="kafka", type="kafka", reachable=reachable),),
        changes=changes,
        undeclared=tuple(Leftover(address=address, drains=True) for address in left),
        diagnostics=(Diagnostic(code="MQ204", message=said, address=str(OLD)),) if said else (),
    )


class Story:
    """Plans one after the other, the last one for ever, and notes what was carried out."""

    def __init__(self, *plans: Plan, number: int | None = 0) -> None:
        self.plans, self.carried = list(plans), list[set[Address]]()
        self.session = Holding("kafka", installed().providers["kafka"].kinds, snapshot({"live": {}}))
        self.session.number = number

    @contextmanager
    def again(self) -> Iterator[Planned]:
        found = self.plans.pop(0) if len(self.plans) > 1 else self.plans[0]
        yield Planned(found, Survey({"kafka": self.session}))

    def carry_out(self, _: Planned, rest: Plan) -> Report:
        self.carried.append({change.address for change in rest.changes})
        ended = [Ended(address=c.address, action=c.action, outcome=Outcome.APPLIED) for c in rest.changes]
        return DONE.model_copy(update={"results": tuple(ended)})

    def run(self, wait: float = 5.0) -> Report:
        return waiting.drained(DONE, {OLD}, self.again, self.carry_out, wait, Console(Settings("never")))


@pytest.fixture(autouse=True)
def quick(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(waiting, "_FIRST_PAUSE", 0.01)
    monkeypatch.setattr(waiting, "_LONGEST_PAUSE", 0.01)


def test_it_waits_until_nothing_is_left_and_deletes_only_what_was_said(capsys: pytest.CaptureFixture[str]) -> None:
    ready = plan(delete(OLD), delete(OTHER))
    story = Story(plan(left=(OLD,)), plan(left=(OLD,)), ready, number=312)
    report = story.run()
    assert story.carried == [{OLD}]
    assert [result.address for result in report.results] == [OLD]
    assert report.exit_code is ExitCode.OK
    assert capsys.readouterr().err.splitlines() == ["waiting: `kafka/topics/old`: 312 messages left"]


def test_a_delete_that_a_line_asks_for_is_not_carried_out_in_passing() -> None:
    story = Story(plan(delete(OLD, reason=Reason.TOMBSTONE)))
    assert story.run() == DONE
    assert story.carried == []


def test_time_that_is_over_leaves_everything_and_says_so(capsys: pytest.CaptureFixture[str]) -> None:
    story = Story(plan(left=(OLD,)), number=1)
    report = story.run(0.05)
    assert (story.carried, report.exit_code) == ([], ExitCode.PARTIAL)
    assert report.reason == "not drained within 0.05 s: `kafka/topics/old`: 1 message left"
    assert "goes with a later apply" in capsys.readouterr().err


def test_a_cluster_that_can_not_be_read_is_waited_for(capsys: pytest.CaptureFixture[str]) -> None:
    story = Story(plan(reachable=False), plan(delete(OLD)))
    assert story.run().exit_code is ExitCode.OK
    assert story.carried == [{OLD}]
    assert "waiting: kafka can't be read" in capsys.readouterr().err


def test_a_delete_that_is_blocked_is_said_and_no_success(capsys: pytest.CaptureFixture[str]) -> None:
    report = Story(plan(delete(OLD, blocked=("MQ204",)), said="more than the limit")).run()
    assert report.exit_code is ExitCode.REFUSED
    assert "more than the limit" in capsys.readouterr().err


def test_whoever_interrupts_the_wait_keeps_the_report_of_what_was_done() -> None:
    story = Story(plan(left=(OLD,)))

    def interrupt() -> None:
        raise KeyboardInterrupt

    again: Callable[[], None] = interrupt
    report = waiting.drained(DONE, {OLD}, again, story.carry_out, 1.0, Console(Settings("never")))  # type: ignore[arg-type]
    assert report.exit_code is ExitCode.INTERRUPTED
