"""What an apply writes of itself: never more than was seen, and nothing that keeps it from its work."""

from dataclasses import replace

import pytest

from mqinfra.engine.inventory.claiming import take_over
from mqinfra.engine.inventory.entries import unrecorded
from mqinfra.engine.inventory.journal import Beside, changed_since, not_recorded
from mqinfra.engine.inventory.texts import HEADER, once_key, use_key, written
from mqinfra.model.change import Action
from mqinfra.model.event import Outcome
from mqinfra.model.reading import Facts, Live, Reading
from mqinfra.model.record import Begun, Header, Inventory, Origin, Record, Run, Standing, Use
from mqinfra.providers.base.catalogue import installed
from tests.unit.engine.inventory.stores import BILLING, ORDERS, MemoryStore, after, change, declared, ended, journal

PENDING, APPLIED = Standing.PENDING, Standing.APPLIED
CREATE = change(ORDERS)
UPDATE = change(ORDERS, Action.UPDATE, identity="id-1")
KNOWN = declared(orders={"partitions": 2})


def held(origin: Origin = Origin.CREATED, **fields: object) -> MemoryStore:
    """A store with a record of one topic."""
    record = KNOWN.record(ORDERS, origin, "id-1")
    store = MemoryStore({ORDERS.key: written(record)})
    if fields:
        store.texts[ORDERS.key] = written(Record(origin, APPLIED, "id-1", ("cluster-1",), **fields))  # type: ignore[arg-type]
    return store


def applied(store: MemoryStore, *changes: object, outcome: Outcome = Outcome.APPLIED, identity: str = "id-1") -> None:
    run = journal(store, KNOWN)
    run.before(changes)  # type: ignore[arg-type]
    after(run, [ended(one, outcome) for one in changes], {ORDERS: identity})  # type: ignore[arg-type]
    run.finish([outcome])


def test_a_create_is_pending_before_it_is_sent_and_applied_once_it_was_seen() -> None:
    store = MemoryStore()
    run = journal(store, KNOWN)
    run.before([CREATE])
    assert (store.read().records[ORDERS].standing, store.read().records[ORDERS].identity) == (PENDING, "")
    after(run, [ended(CREATE)], {ORDERS: "id-1"})
    assert store.read().records[ORDERS] == Record(
        Origin.CREATED,
        APPLIED,
        "id-1",
        ("cluster-1",),
        topology="orders",
        file="topology/orders.yaml",
        labels={"team": "orders"},
        spec={"partitions": 2},
        protect=True,
    )


def test_a_wave_is_written_at_once_before_and_at_once_after() -> None:
    store, known = MemoryStore(), declared(orders={"partitions": 2}, billing={"partitions": 2})
    changes = [change(ORDERS), change(BILLING)]
    run = journal(store, known)
    run.before(changes)
    after(run, [ended(one) for one in changes], {})
    assert [set(texts) - {HEADER, "=run/01"} for texts in store.saved] == [{ORDERS.key, BILLING.key}] * 2


def test_a_run_is_written_at_its_beginning_and_ended_with_its_outcome() -> None:
    store = MemoryStore()
    run = journal(store, KNOWN)
    run.before([CREATE])
    began = store.read().runs[0]
    assert (began.number, began.who, began.digest, began.finished) == (1, "ann@host", "sha256:1", "")
    after(run, [ended(CREATE)], {})
    run.finish([Outcome.APPLIED, Outcome.FAILED])
    assert (dict(store.read().runs[0].outcome), bool(store.read().runs[0].finished)) == (
        {"applied": 1, "failed": 1},
        True,
    )
    applied(store, UPDATE)
    assert [known.number for known in store.read().runs] == [2, 1]


def test_an_apply_that_was_killed_after_it_sent_leaves_a_claim_that_the_next_one_completes() -> None:
    store = MemoryStore()
    journal(store, KNOWN).before([CREATE])
    again = journal(store, KNOWN)
    after(again, [ended(CREATE, already=True)], {ORDERS: "id-1"})
    record = store.read().records[ORDERS]
    assert (record.origin, record.standing, record.identity) == (Origin.CREATED, APPLIED, "id-1")


def test_what_was_there_already_and_nobody_claimed_is_found() -> None:
    store = MemoryStore()
    after(journal(store, KNOWN), [ended(CREATE, already=True)], {ORDERS: "id-1"})
    assert store.read().records[ORDERS].origin is Origin.FOUND


def test_what_somebody_else_made_again_is_no_longer_what_was_created() -> None:
    store = held()
    after(journal(store, KNOWN), [ended(CREATE, already=True)], {ORDERS: "id-2"})
    assert store.read().records[ORDERS].origin is Origin.FOUND


@pytest.mark.parametrize(("before", "after"), [(Origin.CREATED, Origin.CREATED), (Origin.FOUND, Origin.ADOPTED)])
def test_an_update_keeps_what_was_made_and_takes_what_was_found(before: Origin, after: Origin) -> None:
    store = held(before)
    applied(store, UPDATE)
    assert store.read().records[ORDERS].origin is after


def test_until_an_update_was_seen_what_an_earlier_one_set_is_still_ours() -> None:
    store = held(spec={"partitions": 1, "config": {"retention.ms": 5}})
    run = journal(store, KNOWN)
    run.before([UPDATE])
    assert store.read().records[ORDERS].spec == {"partitions": 2, "config": {"retention.ms": 5}}
    after(run, [ended(UPDATE)], {ORDERS: "id-1"})
    assert store.read().records[ORDERS].spec == {"partitions": 2}


@pytest.mark.parametrize("outcome", [Outcome.FAILED, Outcome.NOT_ATTEMPTED])
def test_a_create_that_came_to_nothing_claims_nothing(outcome: Outcome) -> None:
    store = MemoryStore()
    applied(store, CREATE, outcome=outcome)
    assert not store.read().records


def test_a_create_of_which_nobody_knows_stays_pending() -> None:
    store = MemoryStore()
    applied(store, CREATE, outcome=Outcome.UNKNOWN)
    assert store.read().records[ORDERS].standing is PENDING


@pytest.mark.parametrize(("outcome", "standing"), [(Outcome.NOT_ATTEMPTED, APPLIED), (Outcome.FAILED, PENDING)])
def test_a_failed_update_may_have_been_done_in_part_and_one_that_was_not_sent_has_not(
    outcome: Outcome, standing: Standing
) -> None:
    store = held()
    applied(store, UPDATE, outcome=outcome)
    assert store.read().records[ORDERS].standing is standing


def test_a_record_goes_only_when_the_delete_was_seen() -> None:
    store, delete = held(), change(ORDERS, Action.DELETE, identity="id-1")
    run = journal(store, declared())
    run.before([delete])
    after(run, [ended(delete, Outcome.UNKNOWN)], {})
    assert ORDERS in store.read().records
    after(run, [ended(delete)], {})
    assert ORDERS not in store.read().records


def test_what_a_wave_came_to_is_written_with_what_the_next_begins_and_the_last_with_the_end_of_the_run() -> None:
    store, known = MemoryStore(), declared(orders={"partitions": 2}, billing={"partitions": 2})
    run, create_billing = journal(store, known), change(BILLING)
    run.before([CREATE])
    run.after([ended(CREATE)], {})
    run.before([create_billing])
    records = store.read().records
    assert (records[ORDERS].standing, records[BILLING].standing) == (APPLIED, PENDING)
    run.after([ended(create_billing)], {})
    run.finish([Outcome.APPLIED] * 2)
    assert store.read().records[BILLING].standing is APPLIED
    assert len(store.saved) == 3


def test_a_store_that_refuses_keeps_nothing_from_being_applied_and_is_said_once_with_what_is_not_recorded() -> None:
    store = MemoryStore(allowed=0)
    run = journal(store, KNOWN)
    run.before([CREATE])
    after(run, [ended(CREATE)], {ORDERS: "id-1"})
    run.finish([Outcome.APPLIED])
    assert not_recorded(run.problem, run.unwritten) == (
        "records could not be written: no right to write; 1 resource is not recorded"
    )
    assert not store.saved


def test_records_that_could_not_be_read_are_not_written_over() -> None:
    store = MemoryStore()
    run = journal(store, KNOWN, unavailable="no right to read")
    run.before([CREATE])
    after(run, [ended(CREATE)], {})
    assert (store.saved, run.problem) == ([], "they can't be read: no right to read")


def test_whoever_lost_the_lock_writes_no_more_records() -> None:
    store = MemoryStore()
    run = journal(store, KNOWN, lost="its connection broke")
    run.before([CREATE])
    assert (store.saved, run.problem) == ([], "the lock was lost: its connection broke")


def test_without_a_store_nothing_is_written_and_nothing_is_wrong() -> None:
    run = journal(None, KNOWN)
    run.before([CREATE])
    run.finish([Outcome.APPLIED])
    assert not run.problem


def reading(identity: str = "id-1") -> Reading:
    spec = installed().providers["kafka"].kinds["topics"].spec.model_validate({"partitions": 2})
    return Reading("kafka", "kafka", Facts(cluster_id="cluster-1"), resources={ORDERS: Live(spec, identity)})


def test_what_is_equal_and_unclaimed_is_found_and_what_is_recorded_is_left() -> None:
    found = unrecorded(KNOWN, reading(), {}, [ORDERS, BILLING], ())
    assert {address: record.origin for address, record in found.items()} == {ORDERS: Origin.FOUND}
    assert not unrecorded(KNOWN, reading(), found, [ORDERS], ())
    assert not unrecorded(KNOWN, reading(), {}, [ORDERS], [ORDERS])


def test_what_a_record_says_of_an_entry_follows_the_entry() -> None:
    before = {ORDERS: Record(Origin.CREATED, PENDING, "", ("cluster-1",), file="old.yaml")}
    found = unrecorded(KNOWN, reading(), before, [ORDERS], ())[ORDERS]
    assert (found.origin, found.standing, found.file) == (Origin.CREATED, APPLIED, "topology/orders.yaml")


def test_a_record_of_another_thing_of_the_name_is_no_reason_to_claim_this_one() -> None:
    before = {ORDERS: KNOWN.record(ORDERS, Origin.CREATED, "id-0")}
    assert unrecorded(KNOWN, reading(), before, [ORDERS], ())[ORDERS].origin is Origin.FOUND


def test_what_is_beside_the_changes_is_written_with_them() -> None:
    store = MemoryStore({BILLING.key: written(Record(Origin.FOUND, APPLIED))})
    record = KNOWN.record(ORDERS, Origin.FOUND, "id-1")
    journal(store, KNOWN, Beside({ORDERS: record}, [BILLING])).save()
    assert dict(store.read().records) == {ORDERS: record}
    assert not store.read().runs


def test_another_run_or_record_since_the_plan_is_noticed_and_so_is_not_knowing() -> None:
    one = Inventory("memory", True, {}, {}, Header("1.0"), (Run(1, "ann", "", 1, ""),))
    other = Inventory("memory", True, {}, {}, Header("1.0"), (Run(2, "bob", "", 1, ""), *one.runs))
    assert not changed_since(one, one)
    assert changed_since(one, other)
    assert changed_since(Inventory(), Inventory())


def test_what_a_project_began_once_is_begun_under_its_next_name_whoever_took_its_run_s_number() -> None:
    begun, use = Begun(7, "2026-01-02", done=True), Use(7, "2026-01-02")
    store, other = MemoryStore(), MemoryStore({once_key("reset"): written(begun), use_key("line"): written(use)})
    take_over(store, Inventory(), other, "kafka", lambda _: True)
    assert store.read().begun == {"reset": replace(begun, run=0)}
    assert store.read().uses == {"line": replace(use, run=0)}
    again = Inventory(begun={"reset": Begun(1, "2026-01-03")})
    take_over(store, again, other, "kafka", lambda _: True)
    assert once_key("reset") not in store.saved[-1]
