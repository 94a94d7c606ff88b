"""Any course of events: edits, drift, crashes, stale plans and applies at once, in any order, on the sandbox.

Whatever came before, an apply brings about what is declared, a second one sends nothing, a plan does not depend on the
order in which things are declared, and what nobody declares is as it was.
"""

from __future__ import annotations

import random
import tempfile
import threading
from collections.abc import Mapping, Sequence
from contextlib import suppress
from pathlib import Path

from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, rule
from pydantic import JsonValue
from typing_extensions import override

from mqinfra.engine.applier import apply
from mqinfra.engine.examine import examine
from mqinfra.model.address import Address
from mqinfra.model.change import Change
from mqinfra.model.declaration import Desired
from mqinfra.model.errors import UserError
from mqinfra.model.event import Outcome, Report, fold
from mqinfra.model.exit_code import ExitCode
from mqinfra.model.plan import Plan
from mqinfra.model.reading import Live
from mqinfra.model.record import Owner
from mqinfra.providers.base.catalogue import installed
from mqinfra.providers.base.provider import SandboxOptions
from mqinfra.providers.base.request import Request, Result
from mqinfra.providers.base.sample import Entry
from mqinfra.providers.conformance.driver import Driver
from mqinfra.providers.kafka.topics.sample import TOPICS
from mqinfra.providers.sandbox.session import SandboxSession

CATALOGUE = installed()
FACTS = CATALOGUE.providers["kafka"].sandbox_facts("it", "course", SandboxOptions(brokers=1))
NAMES = [TOPICS.name(number) for number in range(5)]
OTHERS = [TOPICS.name(number) for number in range(5, 8)]
OWNER = Owner("conformance", "it")
EVERYTHING = frozenset({"messages", "consumers"})
CONFIGS: st.SearchStrategy[dict[str, JsonValue]] = st.fixed_dictionaries(
    {},
    optional={
        "retention.ms": st.sampled_from(["7d", 604800000, "1d", -1]),
        "cleanup.policy": st.sampled_from(["delete", "compact", "compact,delete"]),
        "max.message.bytes": st.sampled_from(["1MiB", 2000000]),
    },
)
ENTRIES: st.SearchStrategy[Entry] = st.fixed_dictionaries(
    {"config": CONFIGS}, optional={"partitions": st.integers(1, 3)}
)
SOME = st.dictionaries(st.sampled_from(NAMES), ENTRIES, min_size=1, max_size=4)


class KilledError(BaseException):
    """The process is gone."""


class Stepwise(SandboxSession):
    """A sandbox that takes one change per request, counts what it was sent, and may be the last thing that happens.

    Attributes:
        sent: requests so far.
        last: the number of the request that is the last, from 0; None where the process lives on.
        answered: whether that request is carried out.
    """

    sent = 0
    last: int | None = None
    answered = False

    @override
    def requests(self, changes: Sequence[Change]) -> list[Request]:
        return [request for change in changes for request in super(Stepwise, self).requests([change])]

    @override
    def send(self, request: Request) -> Mapping[Address, Result]:
        number, self.sent = self.sent, self.sent + 1
        if number != self.last:
            return super().send(request)
        if self.answered:
            super().send(request)
        raise KilledError


class Course(RuleBasedStateMachine):
    """One project, its sandbox, and everybody who works on either."""

    def __init__(self) -> None:
        super().__init__()
        self._folder = tempfile.TemporaryDirectory()
        self._path = Path(self._folder.name) / "it.json"
        self._driver = Driver(CATALOGUE, "kafka", self._open, TOPICS)
        self._declared: dict[str, Entry] = {}
        self._removed: set[str] = set()
        self._saved: Plan | None = None
        self._foreign: dict[Address, Live] = {}

    @override
    def teardown(self) -> None:
        self._folder.cleanup()

    def _open(self) -> Stepwise:
        session = Stepwise.open(self._path, "it", "kafka", FACTS, CATALOGUE)
        assert isinstance(session, Stepwise)
        return session

    def _desired(self, declared: Mapping[str, Entry] | None = None) -> Desired:
        entries = self._declared if declared is None else declared
        gone = {name: EVERYTHING for name in self._removed if name not in entries}
        return self._driver.desired(entries, gone)

    def _apply(self, plan: Plan, session: Stepwise) -> Report:
        sessions = {"it": session}
        with session.lock(OWNER, "somebody", 10.0):
            return fold(apply(plan, sessions, examine(plan, sessions), threading.Event()))

    def _possible(self, entries: Mapping[str, Entry]) -> dict[str, Entry]:
        """What can be: fewer partitions than there are can't, and more deletes than the limit."""
        blocked = {change.address.name for change in self._driver.plan(self._desired(entries)).blocked}
        self._removed -= blocked
        return {name: entry for name, entry in entries.items() if name not in blocked}

    @initialize(entries=st.lists(ENTRIES, min_size=len(OTHERS), max_size=len(OTHERS)))
    def begin(self, entries: list[Entry]) -> None:
        self._driver.converge(self._driver.desired(dict(zip(OTHERS, entries, strict=True))))
        self._foreign = dict(self._driver.read(OTHERS).resources)

    @rule(entries=SOME)
    def edit(self, entries: dict[str, Entry]) -> None:
        self._declared = self._possible(self._declared | entries)
        self._removed -= self._declared.keys()

    @rule(name=st.sampled_from(NAMES))
    def remove(self, name: str) -> None:
        self._declared.pop(name, None)
        self._removed.add(name)
        self._declared = self._possible(self._declared)

    @rule(entries=SOME)
    def drift(self, entries: dict[str, Entry]) -> None:
        """Somebody makes and changes topics behind the project's back, and saves nobody a word."""
        desired = self._driver.desired(entries)
        blocked = {change.address.name for change in self._driver.plan(desired).blocked}
        self._driver.converge(self._driver.desired({name: entries[name] for name in entries.keys() - blocked}))
        self._declared = self._possible(self._declared)

    @rule(name=st.sampled_from(NAMES))
    def vanish(self, name: str) -> None:
        """Somebody deletes a topic by hand."""
        plan = self._driver.plan(self._driver.desired({}, {name: EVERYTHING}))
        with self._open() as session:
            self._apply(plan, session)

    @rule()
    def save(self) -> None:
        self._saved = self._driver.plan(self._desired())

    @rule(entries=SOME)
    def apply_saved_after_a_drift(self, entries: dict[str, Entry]) -> None:
        self.save()
        self.drift(entries)
        self.apply_saved()

    @rule()
    def apply_saved(self) -> None:
        """A plan from before is done, finished, or refused as stale; it never does what it did not say."""
        plan, self._saved = self._saved, None
        if plan is None or plan.blocked:
            return
        before = self._driver.read(NAMES).resources
        report: Report | None = None
        code = ExitCode.OK
        with self._open() as session:
            try:
                report = self._apply(plan, session)
            except UserError as error:
                code = error.exit_code
        if report is None:
            assert (code, session.sent) == (ExitCode.STALE, 0)
            assert self._driver.read(NAMES).resources == before
            return
        assert [result for result in report.results if result.outcome is not Outcome.APPLIED] == []
        after = self._driver.read(NAMES).resources
        touched = {change.address for change in plan.changes}
        assert {a: live for a, live in after.items() if a not in touched} == {
            a: live for a, live in before.items() if a not in touched
        }
        self._declared = self._possible(self._declared)

    @rule(entries=SOME, last=st.integers(0, 2), answered=st.booleans())
    def crash(self, entries: dict[str, Entry], last: int, answered: bool) -> None:  # noqa: FBT001 - given by name
        """An apply of an edit dies at a request; the next plan has what is left of it, and nothing else."""
        self.edit(entries)
        desired = self._desired()
        plan = self._driver.plan(desired)
        with self._open() as session:
            session.last, session.answered = last, answered
            with suppress(KilledError):
                self._apply(plan, session)
            done = session.sent if last >= session.sent else last + answered
        left = {change.address for change in self._driver.plan(desired).changes}
        assert left <= {change.address for change in plan.changes}
        assert len(left) == len(plan.changes) - done

    @rule(other=SOME)
    def two_at_once(self, other: dict[str, Entry]) -> None:
        """Two checkouts apply at the same time: what is there afterwards is what one of them wanted."""
        mine, theirs = self._declared, self._possible(self._declared | other)
        barrier, troubles = threading.Barrier(2), list[BaseException]()

        def run(entries: Mapping[str, Entry]) -> None:
            try:
                plan = self._driver.plan(self._driver.desired(entries))
                barrier.wait(60.0)
                with self._open() as session:
                    self._apply(plan, session)
            except UserError as error:
                if error.exit_code is not ExitCode.STALE:
                    troubles.append(error)
            except BaseException as error:  # noqa: BLE001 - told in the test's own thread
                troubles.append(error)

        threads = [threading.Thread(target=run, args=(entries,)) for entries in (mine, theirs)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        assert troubles == []
        unlike = [
            {change.address.name for change in self._driver.plan(self._driver.desired(entries)).changes}
            for entries in (mine, theirs)
        ]
        assert not unlike[0] & unlike[1] & mine.keys() & theirs.keys(), "a topic is as neither of them wanted it"
        self._declared = self._possible(self._declared)

    @rule(seed=st.integers(0, 99))
    def converge(self, seed: int) -> None:
        """Plan in any order, apply, and have nothing left to do and nothing to send."""
        shuffled = list(self._declared.items())
        random.Random(seed).shuffle(shuffled)  # noqa: S311 - a test's order, no secret
        plan = self._driver.plan(self._desired())
        assert self._driver.plan(self._desired(dict(shuffled))).digest == plan.digest
        assert not plan.blocked
        with self._open() as session:
            report = self._apply(plan, session)
        assert [result for result in report.results if result.outcome is not Outcome.APPLIED] == []
        again = self._driver.plan(self._desired())
        assert not again.changes
        with self._open() as session:
            self._apply(plan, session)
            assert session.sent == 0
        self._removed.clear()

    @invariant()
    def others_are_as_they_were(self) -> None:
        assert self._driver.read(OTHERS).resources == self._foreign


TestAnyCourse = Course.TestCase
TestAnyCourse.settings = settings(stateful_step_count=12)
