"""What is done once for each `id`: recorded before it is sent, never begun twice, and free where nothing came of it."""

from __future__ import annotations

import threading
from dataclasses import replace
from pathlib import Path

import pytest

from mqinfra.engine.applier import apply
from mqinfra.engine.inventory.journal import Journal
from mqinfra.engine.inventory.texts import once_key
from mqinfra.engine.keeping import Keeping
from mqinfra.engine.once import begun_by, digest_of_once, refuse_begun, refuse_unrecorded, unfinished, wanted_once
from mqinfra.engine.recheck import Recheck
from mqinfra.model.address import Address
from mqinfra.model.change import Action, FieldDifference
from mqinfra.model.errors import UserError
from mqinfra.model.event import Outcome, fold
from mqinfra.model.exit_code import ExitCode
from mqinfra.model.plan import Plan
from mqinfra.model.record import Begun, Inventory, Run
from mqinfra.model.spec import Mutability
from mqinfra.providers.kafka.groups.spec import GroupSpec
from tests.unit.engine.inventory.stores import ORDERS, MemoryStore, after, change, declared, ended
from tests.unit.engine.test_batch import QUICK, Misbehaving, creation

KNOWN = declared(orders={"partitions": 2})
ONCE = FieldDifference(("resetTo",), None, {"to": "earliest", "id": "OPS-1"}, mutability=Mutability.ONCE)
RESET = replace(change(ORDERS, Action.UPDATE, identity="id-1"), differences=(ONCE,))
DIGEST = digest_of_once(ORDERS, "resetTo", "OPS-1")


def begun(store: MemoryStore) -> Begun | None:
    return store.read().begun.get(DIGEST)


def journal(store: MemoryStore | None) -> Journal:
    return Journal(store, Inventory("memory", exists=True), KNOWN, Run(0, "a", "sha256:1", 1, ""), resting=[RESET])


@pytest.mark.parametrize(
    ("outcome", "untouched", "left"),
    [
        (Outcome.APPLIED, False, True),
        (Outcome.UNKNOWN, False, False),
        (Outcome.FAILED, False, False),
        (Outcome.FAILED, True, None),
        (Outcome.NOT_ATTEMPTED, False, None),
    ],
)
def test_it_stays_begun_unless_nothing_came_of_it_for_certain(
    outcome: Outcome, *, untouched: bool, left: bool | None
) -> None:
    store = MemoryStore()
    run = journal(store)
    run.before([RESET])
    known = begun(store)
    assert known is not None
    assert (known.run, known.done) == (1, False)
    after(run, [ended(RESET, outcome)], {ORDERS: "id-1"}, [ORDERS] if untouched else ())
    known = begun(store)
    assert (known.done if known is not None else None) == left


def test_what_was_seen_to_be_done_without_being_sent_is_done() -> None:
    store = MemoryStore()
    after(journal(store), [ended(RESET, already=True)], {ORDERS: "id-1"})
    assert begun(store) == Begun(1, begun(store).day, done=True)  # type: ignore[union-attr]


def test_an_entry_that_does_not_read_was_begun() -> None:
    store = MemoryStore({once_key(DIGEST): "{"})
    assert begun(store) == Begun(0, "")


def test_another_id_resource_or_field_is_another_time() -> None:
    others = {
        digest_of_once(ORDERS, "resetTo", "OPS-2"),
        digest_of_once(Address("kafka", "groups", ("orders",)), "resetTo", "OPS-1"),
        digest_of_once(ORDERS, "other", "OPS-1"),
        DIGEST,
    }
    assert len(others) == 4
    assert begun_by(RESET) == (DIGEST,)
    assert digest_of_once(ORDERS.on("renamed"), "resetTo", "OPS-1") == DIGEST, "an alias may change"


def test_what_a_declaration_wants_is_told_by_its_id() -> None:
    spec = GroupSpec.model_validate({"topics": ["a"], "resetTo": {"to": "latest", "id": 5}})
    wanted = wanted_once(ORDERS, spec)
    assert wanted == {"resetTo": digest_of_once(ORDERS, "resetTo", "5")}
    assert wanted_once(ORDERS, GroupSpec()) == {}
    inventory = Inventory(begun={wanted["resetTo"]: Begun(3, "2026-11-29")})
    assert [(name, str(one)) for name, one in unfinished(wanted, inventory)] == [("resetTo", "apply 3 on 2026-11-29")]
    assert not list(unfinished(wanted, Inventory(begun={wanted["resetTo"]: Begun(3, "2026-11-29", done=True)})))


def test_what_another_apply_began_since_the_plan_is_stale() -> None:
    refuse_begun([RESET], {"kafka": Inventory("memory")})
    with pytest.raises(UserError, match="begun by apply 7 on 2026-11-29") as raised:
        refuse_begun([RESET], {"kafka": Inventory("memory", begun={DIGEST: Begun(7, "2026-11-29")})})
    assert raised.value.exit_code is ExitCode.STALE


@pytest.mark.parametrize("inventory", [Inventory(), Inventory("memory", unavailable="no right to read")])
def test_where_nothing_can_be_recorded_it_is_refused(inventory: Inventory) -> None:
    refuse_unrecorded([change(ORDERS)], {"kafka": inventory})
    refuse_unrecorded([RESET], {"kafka": Inventory("memory")})
    with pytest.raises(UserError, match="no record could say that it was") as raised:
        refuse_unrecorded([RESET], {"kafka": inventory})
    assert raised.value.exit_code is ExitCode.REFUSED


@pytest.mark.parametrize(
    ("store", "expected", "sent"),
    [(MemoryStore(), False, True), (MemoryStore(allowed=0), False, False), (MemoryStore(allowed=0), True, True)],
)
def test_what_could_not_be_recorded_is_not_sent_unless_its_digest_was_approved(
    store: MemoryStore, tmp_path: Path, *, expected: bool, sent: bool
) -> None:
    session = Misbehaving(tmp_path)
    (request,) = session.requests([creation(ORDERS)])
    session.send(request)
    both = replace(
        RESET, differences=(ONCE, FieldDifference(("partitions",), 2, 5)), identity="", after={"partitions": 5}
    )
    plan = Plan(tool_version="1", project="shop", environment="test", changes=(both,))
    kept = Journal(store, Inventory("memory", exists=True), KNOWN, Run(0, "a", "x", 1, ""), resting=[both])
    keeping = {"kafka": Keeping(journal=kept, expected=expected)}
    events = apply(plan, {"kafka": session}, {ORDERS: Recheck(both)}, threading.Event(), QUICK, keeping=keeping)
    (result,) = fold(events).results
    assert len(session.sent) == (2 if sent else 1)
    assert (result.outcome is Outcome.FAILED) != sent
    assert sent or "that it was begun could not be recorded: no right to write" in result.message
