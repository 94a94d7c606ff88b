"""The sandbox's records stand in its file beside its state, and a snapshot carries them."""

import errno
from pathlib import Path

import pytest

from mqinfra.model.change import Action, Change, Reason
from mqinfra.model.errors import UserError
from mqinfra.model.record import Owner
from mqinfra.providers.base import disk
from mqinfra.providers.base.catalogue import installed
from mqinfra.providers.base.records import RecordStore, Stored
from mqinfra.providers.base.request import Refused
from mqinfra.providers.base.snapshot import Snapshot
from mqinfra.providers.base.snapshot_file import from_json, to_json
from mqinfra.providers.sandbox.model_session import ModelSession
from mqinfra.providers.sandbox.session import SandboxSession
from tests.unit.sandbox.opened import ONE, OTHER, create, opened

SHOP, STOCK = Owner("shop", "local"), Owner("stock", "local")


def store_of(session: SandboxSession | ModelSession, owner: Owner = SHOP) -> RecordStore:
    store = session.records(owner)
    assert store is not None
    return store


def test_a_sandbox_without_records_has_no_place_for_them_yet(tmp_path: Path) -> None:
    assert store_of(opened(tmp_path)).load() == Stored()
    assert not (tmp_path / "kafka.json").exists()


def test_what_was_saved_is_loaded_by_another_run(tmp_path: Path) -> None:
    texts = {"topics/orders": '{"origin":"created"}', "=project": "{}", "topics/a%2Fb é": "…"}
    store_of(opened(tmp_path)).save(texts)
    assert store_of(opened(tmp_path)).load() == Stored(exists=True, texts=texts)


def test_a_key_without_text_is_removed_and_its_place_stays(tmp_path: Path) -> None:
    store = store_of(opened(tmp_path))
    store.save({"one": "1", "two": "2"})
    store.save({"one": None, "never there": None})
    assert store.load() == Stored(exists=True, texts={"two": "2"})
    store.save({"two": None})
    assert store.load() == Stored(exists=True)


def test_a_write_of_state_keeps_the_records_and_a_write_of_records_keeps_the_state(tmp_path: Path) -> None:
    session = opened(tmp_path)
    create(session, ONE)
    store_of(session).save({"topics/one": "{}"})
    create(session, OTHER)
    again = opened(tmp_path)
    assert set(again.read({"topics": None}).resources) == {ONE, OTHER}
    assert store_of(again).load().texts == {"topics/one": "{}"}


def test_what_another_process_wrote_meanwhile_is_kept(tmp_path: Path) -> None:
    first, second = opened(tmp_path), opened(tmp_path)
    create(first, ONE)
    store_of(first, STOCK).save({"k": "stock's"})
    store_of(second).save({"k": "shop's"})
    create(first, OTHER)
    last = opened(tmp_path)
    assert set(last.read({"topics": None}).resources) == {ONE, OTHER}
    assert (store_of(last).load().texts, store_of(last, STOCK).load().texts) == ({"k": "shop's"}, {"k": "stock's"})


def test_owners_see_what_others_have_under_the_keys_that_they_ask_for(tmp_path: Path) -> None:
    session = opened(tmp_path)
    store_of(session).save({"a": "mine", "b": "mine"})
    store_of(session, STOCK).save({"b": "theirs", "c": "theirs"})
    store_of(session, Owner("stock", "prod")).save({"c": "elsewhere"})
    assert store_of(session).others(["a", "b"]) == {STOCK: {"b": "theirs"}}
    assert store_of(session).others([]) == {}


def test_records_that_cannot_be_written_are_no_records(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def full(*_: object, **__: object) -> None:
        raise OSError(errno.ENOSPC, "")

    store = store_of(opened(tmp_path))
    store.save({"a": "before"})
    monkeypatch.setattr(disk, "replace_in", full)
    with pytest.raises(UserError, match=r"can't be written: the disk is full"):
        store.save({"a": "after"})
    assert store.load().texts == {"a": "before"}


def test_a_damaged_file_refuses_the_write_that_would_undo_it(tmp_path: Path) -> None:
    session = opened(tmp_path)
    create(session, ONE)
    (tmp_path / "kafka.json").write_text("half of a fi")
    change = Change(address=OTHER, action=Action.CREATE, reason=Reason.ABSENT, after={"partitions": 1})
    (request,) = session.requests([change])
    assert isinstance(session.send(request)[OTHER], Refused)
    with pytest.raises(UserError, match="does not read as a snapshot"):
        store_of(session).save({"a": "b"})
    assert (tmp_path / "kafka.json").read_text() == "half of a fi"


def test_the_place_is_the_file_below_the_project(tmp_path: Path) -> None:
    assert store_of(opened(tmp_path)).place == "file `kafka.json`"


def planned_against(session: SandboxSession, records: dict[Owner, Stored]) -> ModelSession:
    text = to_json({"kafka": Snapshot(session.read({"topics": None}), records=records)})
    return ModelSession("kafka", session.kinds, from_json(text, installed())["kafka"])


def test_a_snapshot_carries_the_records_of_its_project(tmp_path: Path) -> None:
    held = Stored(exists=True, texts={"topics/one": '{"origin":"created"}'})
    store = store_of(planned_against(opened(tmp_path), {SHOP: held}))
    assert store.load() == held


def test_a_snapshot_of_a_cluster_that_had_no_records_says_that_it_had_none(tmp_path: Path) -> None:
    assert store_of(planned_against(opened(tmp_path), {SHOP: Stored()})).load() == Stored()


@pytest.mark.parametrize("records", [{}, {STOCK: Stored(exists=True)}], ids=["none at all", "another project's"])
def test_a_snapshot_without_the_records_does_not_pass_for_one_in_which_nothing_is_recorded(
    tmp_path: Path, records: dict[Owner, Stored]
) -> None:
    with pytest.raises(UserError) as told:
        store_of(planned_against(opened(tmp_path), records)).load()
    (found,) = told.value.diagnostics
    assert found.message == "no longer declared: not known: the snapshot was taken without records"


def test_a_snapshot_cannot_tell_of_other_owners(tmp_path: Path) -> None:
    with pytest.raises(UserError, match="claims of other projects are not known"):
        store_of(planned_against(opened(tmp_path), {SHOP: Stored()})).others(["topics/one"])


def test_others_records_are_read_at_once(tmp_path: Path) -> None:
    session = opened(tmp_path)
    assert store_of(session).load_others() == {}
    store_of(session).save({"a": "mine"})
    store_of(session, STOCK).save({"b": "theirs"})
    found = {owner: (stored.exists, stored.texts) for owner, stored in store_of(session).load_others().items()}
    assert found == {STOCK: (True, {"b": "theirs"})}
