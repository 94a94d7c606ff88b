"""A cluster that keeps the records and the lock of another: neither meets its own."""

import threading
from pathlib import Path

import pytest

from mqinfra.model.address import Address
from mqinfra.model.errors import UserError
from mqinfra.model.exit_code import ExitCode
from mqinfra.model.record import Owner
from mqinfra.providers.base.keeper import Keeper, kept_name
from mqinfra.providers.sandbox.session import SandboxSession
from tests.unit.sandbox.opened import create, opened

SHOP, STOCK = Owner("shop", "local"), Owner("stock", "local")
EAST, WEST = kept_name("registry", "east:8081"), kept_name("registry", "west:8081")


def keeper(folder: Path, kept: str = EAST) -> Keeper:
    return Keeper("kafka", lambda: opened(folder), kept)


def test_nothing_is_asked_of_the_keeper_before_its_records_are(tmp_path: Path) -> None:
    def never() -> SandboxSession:
        raise AssertionError

    store = Keeper("kafka", never, EAST).records(SHOP)
    assert store.place == "cluster `kafka`"
    assert store.rights == ()
    kept = keeper(tmp_path)
    assert not kept.connected
    kept.records(SHOP).load()
    assert kept.records(SHOP).place == "file `kafka.json` on `kafka`"


def test_records_of_two_clusters_and_the_keeper_s_own_do_not_meet(tmp_path: Path) -> None:
    own = opened(tmp_path).records(SHOP)
    east, west = keeper(tmp_path).records(SHOP), keeper(tmp_path, WEST).records(SHOP)
    for store, text in ((own, "own"), (east, "east"), (west, "west")):
        assert store is not None
        store.save({"subjects/a": text})
    for store, text in ((own, "own"), (east, "east"), (west, "west")):
        assert store is not None
        assert store.load().texts == {"subjects/a": text}


def test_claims_of_others_are_those_on_the_same_cluster(tmp_path: Path) -> None:
    theirs = opened(tmp_path).records(STOCK)
    assert theirs is not None
    theirs.save({"subjects/a": "of the keeper"})
    keeper(tmp_path, WEST).records(STOCK).save({"subjects/a": "of west"})
    mine = keeper(tmp_path).records(SHOP)
    assert mine.others(["subjects/a"]) == {}
    keeper(tmp_path).records(STOCK).save({"subjects/a": "of east"})
    assert mine.others(["subjects/a"]) == {STOCK: {"subjects/a": "of east"}}


def test_the_lock_of_each_cluster_is_its_own(tmp_path: Path) -> None:
    with (
        opened(tmp_path).lock(SHOP, "ann", 0),
        keeper(tmp_path).lock(SHOP, "ann", 0),
        keeper(tmp_path, WEST).lock(SHOP, "ann", 0),
        pytest.raises(UserError) as told,
    ):
        keeper(tmp_path).lock(SHOP, "ben", 0).__enter__()
    assert told.value.exit_code is ExitCode.LOCKED


def test_who_keeps_none_is_named(tmp_path: Path) -> None:
    class Recordless(SandboxSession):
        def records(self, owner: Owner) -> None:
            """It has none."""

    held = opened(tmp_path)
    session = Recordless(tmp_path / "kafka.json", held.snapshot, held.kinds)
    with pytest.raises(UserError, match="`other` keeps no records"):
        Keeper("other", lambda: session, EAST).records(SHOP).load()


def test_sessions_side_by_side_on_one_file_lose_nothing(tmp_path: Path) -> None:
    kept, own = keeper(tmp_path).records(SHOP), opened(tmp_path)

    def record() -> None:
        for number in range(60):
            kept.save({f"subjects/{number}": "x"})

    thread = threading.Thread(target=record)
    thread.start()
    topics = [Address("kafka", "topics", (f"t{number}",)) for number in range(60)]
    for address in topics:
        create(own, address)
    thread.join()
    assert set(opened(tmp_path).read({"topics": None}).resources) == set(topics)
    assert len(keeper(tmp_path).records(SHOP).load().texts) == 60
