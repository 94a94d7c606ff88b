"""What was read back counts as applied once it is in force on others."""

import threading
from collections.abc import Mapping, Sequence
from pathlib import Path

import pytest
from pydantic import JsonValue

from mqinfra.engine.batch import Batch
from mqinfra.engine.pace import Pace
from mqinfra.model.address import Address
from mqinfra.model.change import Action, Change, FieldDifference, Reason
from mqinfra.model.event import Outcome
from mqinfra.model.reading import Coverage, Reading, Source
from mqinfra.model.spec import flat
from mqinfra.providers.base.catalogue import installed
from mqinfra.providers.base.provider import SandboxOptions
from mqinfra.providers.base.snapshot import Snapshot
from mqinfra.providers.sandbox.session import SandboxSession

QUICK = Pace(settle=0.2, lost=0.02, first_wait=0.001, longest_wait=0.01, attempts=3)
POLICY = Address("rabbitmq", "policies", ("/", "p"))
AFTER: dict[str, JsonValue] = {
    "pattern": "^q$",
    "applyTo": "queues",
    "priority": 0,
    "definition": {"dead-letter-exchange": "dlx"},
}


class Slow(SandboxSession):
    """A sandbox whose queues show a policy after some looks."""

    def __init__(self, path: Path, looks: int) -> None:
        provider = installed().providers["rabbitmq"]
        facts = provider.sandbox_facts("rabbitmq", "test", SandboxOptions(brokers=1))
        empty = Reading("rabbitmq", "rabbitmq", facts, Source.SANDBOX, {"policies": Coverage.COMPLETE})
        super().__init__(path / "rabbitmq.json", Snapshot(empty), provider.kinds)
        self.looks = looks

    def not_in_force(self, changes: Sequence[Change]) -> Mapping[Address, str]:
        self.looks -= 1
        return {change.address: "queue `q` still shows no policy" for change in changes} if self.looks >= 0 else {}


@pytest.mark.parametrize(("looks", "outcome"), [(0, Outcome.APPLIED), (3, Outcome.APPLIED), (10**9, Outcome.UNKNOWN)])
def test_a_policy_is_applied_when_its_queues_show_it(tmp_path: Path, looks: int, outcome: Outcome) -> None:
    session = Slow(tmp_path, looks)
    differences = tuple(FieldDifference(path, after=value) for path, value in sorted(flat(AFTER).items()))
    change = Change(POLICY, Action.CREATE, Reason.ABSENT, differences, after=AFTER)
    batch = Batch(session, [change], threading.Event(), QUICK, lambda _: None)
    [ended] = batch.run()
    assert ended.outcome is outcome
    assert session.looks < 0 or outcome is Outcome.UNKNOWN
    if outcome is Outcome.UNKNOWN:
        assert "not in force within 0.2 s: queue `q` still shows no policy" in ended.message
