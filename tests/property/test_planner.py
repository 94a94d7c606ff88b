"""Properties of planning and applying, for any desired state and any drift: on the sandbox, through the real engine."""

import random
import tempfile
from pathlib import Path

from hypothesis import given
from hypothesis import strategies as st
from pydantic import JsonValue

from mqinfra.model.change import Action
from mqinfra.model.event import Outcome
from mqinfra.model.plan import plan_digest
from mqinfra.providers.base.catalogue import installed
from mqinfra.providers.base.provider import SandboxOptions
from mqinfra.providers.base.sample import Entry
from mqinfra.providers.conformance.driver import Driver
from mqinfra.providers.kafka.topics.sample import TOPICS
from mqinfra.providers.sandbox.session import SandboxSession

CATALOGUE = installed()
NAMES = st.sampled_from([TOPICS.name(number) for number in range(6)])
# Every line holds spellings of one value, so that equal meanings in other words come up often.
VALUES: dict[str, list[JsonValue]] = {
    "retention.ms": ["7d", 604800000, "604800000", "168h", "1d", -1, None],
    "cleanup.policy": ["delete", ["delete"], "compact,delete", "delete, compact", "compact", None],
    "min.cleanable.dirty.ratio": [0.5, "0.50", 0.25, None],
    "unclean.leader.election.enable": [True, "TRUE", False, None],
    "max.message.bytes": ["1MiB", 1048576, 2000000, None],
}
CONFIGS = st.fixed_dictionaries({}, optional={key: st.sampled_from(values) for key, values in VALUES.items()})
ENTRIES = st.fixed_dictionaries({"config": CONFIGS}, optional={"partitions": st.integers(1, 5)})
STATES = st.dictionaries(NAMES, ENTRIES, max_size=6)


def driver(folder: str) -> Driver:
    facts = CATALOGUE.providers["kafka"].sandbox_facts("it", "property", SandboxOptions(brokers=1))
    return Driver(
        CATALOGUE,
        "kafka",
        lambda: SandboxSession.open(Path(folder) / "it.json", "it", "kafka", facts, CATALOGUE),
        TOPICS,
    )


def apply_entries(it: Driver, entries: dict[str, Entry]) -> None:
    """Apply what can be: shrinking partitions is refused, so such entries are taken out first."""
    desired = it.desired(entries)
    blocked = {change.address.name for change in it.plan(desired).blocked}
    it.apply(it.plan(it.desired({name: entry for name, entry in entries.items() if name not in blocked})))


@given(live=STATES, wanted=STATES)
def test_a_plan_after_an_apply_is_empty(live: dict[str, Entry], wanted: dict[str, Entry]) -> None:
    with tempfile.TemporaryDirectory() as folder:
        it = driver(folder)
        apply_entries(it, live)
        desired = it.desired(wanted)
        plan = it.plan(desired)
        if plan.blocked:
            assert all(code == "MQ301" for change in plan.blocked for code in change.blocked_by)
            return
        report = it.apply(plan)
        assert all(result.outcome is Outcome.APPLIED for result in report.results)
        assert not it.plan(desired).changes


@given(live=STATES, wanted=STATES)
def test_what_nobody_declares_stays_as_it_is(live: dict[str, Entry], wanted: dict[str, Entry]) -> None:
    with tempfile.TemporaryDirectory() as folder:
        it = driver(folder)
        apply_entries(it, live)
        before = it.read(sorted(live)).resources
        apply_entries(it, wanted)
        after = it.read(sorted(live)).resources
        for address, resource in before.items():
            assert after[address].identity == resource.identity
            if address.name not in wanted:
                assert after[address].spec == resource.spec


@given(live=STATES, wanted=STATES)
def test_a_plan_changes_only_fields_that_differ(live: dict[str, Entry], wanted: dict[str, Entry]) -> None:
    with tempfile.TemporaryDirectory() as folder:
        it = driver(folder)
        apply_entries(it, live)
        for change in it.plan(it.desired(wanted)).changes:
            if change.action is Action.CREATE:
                continue
            assert change.differences
            for difference in change.differences:
                # What a topic only inherits is not its own, even where the value is the same.
                assert None in (difference.before, difference.after) or not it.kind.same(
                    difference.path, difference.before, difference.after
                )


@given(live=STATES, wanted=STATES, killed_after=st.integers(0, 6))
def test_a_plan_that_was_applied_in_part_finishes(
    live: dict[str, Entry], wanted: dict[str, Entry], killed_after: int
) -> None:
    with tempfile.TemporaryDirectory() as folder:
        it = driver(folder)
        apply_entries(it, live)
        plan = it.plan(it.desired(wanted))
        if plan.blocked:
            return
        part = plan.model_copy(update={"changes": plan.changes[:killed_after]})
        it.apply(part)
        report = it.apply(plan)
        assert all(result.outcome is Outcome.APPLIED for result in report.results)
        assert sum(result.already for result in report.results) == len(part.changes)
        assert not it.plan(it.desired(wanted)).changes


@given(wanted=STATES, seed=st.integers(0, 1000))
def test_the_digest_does_not_depend_on_order(wanted: dict[str, Entry], seed: int) -> None:
    with tempfile.TemporaryDirectory() as folder:
        it = driver(folder)
        plan = it.plan(it.desired(wanted))
        items = list(wanted.items())
        random.Random(seed).shuffle(items)  # noqa: S311 - a test's order, not a secret
        other = it.plan(it.desired(dict(items)))
        assert other.digest == plan.digest
        changes = list(plan.changes)
        random.Random(seed).shuffle(changes)  # noqa: S311 - as above
        assert plan_digest(plan.project, plan.environment, plan.clusters, changes) == plan.digest


@given(wanted=STATES, key=st.sampled_from(sorted(VALUES)))
def test_the_digest_changes_with_what_is_wanted(wanted: dict[str, Entry], key: str) -> None:
    with tempfile.TemporaryDirectory() as folder:
        it = driver(folder)
        name = TOPICS.name(0)
        one = it.plan(it.desired({**wanted, name: {"partitions": 1, "config": {}}}))
        other = it.plan(it.desired({**wanted, name: {"partitions": 1, "config": {key: VALUES[key][0]}}}))
        assert one.digest != other.digest


def test_a_change_that_somebody_did_in_part_is_finished() -> None:
    with tempfile.TemporaryDirectory() as folder:
        it, name = driver(folder), TOPICS.name(0)
        it.converge(it.desired({name: {"partitions": 1}}))
        wanted: Entry = {"partitions": 2, "config": {"retention.ms": "1d"}}
        plan = it.plan(it.desired({name: wanted}))
        it.converge(it.desired({name: {"partitions": 2}}))
        (result,) = it.apply(plan).results
        assert (result.outcome, result.message) == (Outcome.APPLIED, "")
        assert not it.plan(it.desired({name: wanted})).changes
