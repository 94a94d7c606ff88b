"""Records in a hash of the deployment's own: what was saved is loaded, whatever the names, and by whoever may."""

import pytest

from mqinfra.model.errors import UserError
from mqinfra.model.exit_code import ExitCode
from mqinfra.model.record import Owner
from mqinfra.providers.base.records import RecordStore, Stored
from mqinfra.providers.base.session import Session
from mqinfra.providers.redis.records.names import PROJECTS, records_key
from tests.brokers.redis.deployment import RedisDeployment
from tests.integration.redis.provider.conftest import Shop
from tests.integration.redis.provider.sessions import limited, session_on

SHOP, STOCK = Owner("shop", "it"), Owner("stock", "it")
THOUSAND = {f"streams/orders.{number}": f'{{"origin":"created","n":{number}}}' * 10 for number in range(1_000)}


def store_of(session: Session, owner: Owner = SHOP) -> RecordStore:
    store = session.records(owner)
    assert store is not None
    return store


def test_a_deployment_without_records_has_no_place_for_them_and_gets_none_by_reading(
    deployment: RedisDeployment,
) -> None:
    with session_on(deployment) as session:
        assert store_of(session).load() == Stored()
        assert store_of(session).others(["streams/orders"]) == {}
    assert all(node.admin.call("DBSIZE") == 0 for node in deployment.nodes)


def test_a_thousand_records_are_loaded_as_they_were_saved(deployment: RedisDeployment) -> None:
    with session_on(deployment) as session:
        store_of(session).save(THOUSAND)
    with session_on(deployment) as session:
        assert store_of(session).load() == Stored(exists=True, texts=THOUSAND)
        store_of(session).save(THOUSAND)
        assert store_of(session).load().texts == THOUSAND


def test_each_release_keeps_records(redis_each: RedisDeployment) -> None:
    redis_each.wipe()
    with session_on(redis_each) as session:
        store = store_of(session)
        store.save(THOUSAND)
        store.save(dict.fromkeys(list(THOUSAND)[1:]))
        assert store.load().texts == dict(list(THOUSAND.items())[:1])
        store_of(session, STOCK).save({"streams/orders.0": "theirs"})
        assert store.others(["streams/orders.0"]) == {STOCK: {"streams/orders.0": "theirs"}}


def test_removing_a_record_that_is_not_there_is_harmless(single: RedisDeployment) -> None:
    with session_on(single) as session:
        store = store_of(session)
        store.save({"a": "1", "b": "2"})
        for _ in range(2):
            store.save({"a": None, "never there": None})
            assert store.load().texts == {"b": "2"}


ODD = (
    Owner("shop}", "it"),
    Owner("shop/it", "it"),
    Owner("shop", "it/it"),
    Owner("{mqinfra", "x}:records"),
    Owner("50%", "25%25"),
    Owner("größe", "日本"),
    Owner("a b", "c\nd"),
    Owner("*", "[a]?\\"),
)
KEYS = ("groups/a%2Fb/c", "=project", "a\r\nb", "größe/日本", "half\ud83d", "\udcff", "", "{}", "*")


def test_owners_and_keys_may_have_any_letters(deployment: RedisDeployment) -> None:
    with session_on(deployment) as session:
        for number, owner in enumerate(ODD):
            store_of(session, owner).save({key: f"{number} {key}" for key in KEYS})
    with session_on(deployment) as session:
        for number, owner in enumerate(ODD):
            assert store_of(session, owner).load().texts == {key: f"{number} {key}" for key in KEYS}
        found = store_of(session).others(KEYS)
        assert found == {owner: {key: f"{number} {key}" for key in KEYS} for number, owner in enumerate(ODD)}


def test_others_are_asked_for_the_keys_alone_and_owners_without_them_are_left_out(deployment: RedisDeployment) -> None:
    with session_on(deployment) as session:
        store_of(session).save({"a": "mine", "b": "mine"})
        store_of(session, STOCK).save({"b": "theirs", "c": "theirs"})
        store_of(session, Owner("stock", "prod")).save({"c": "elsewhere"})
        assert store_of(session).others(["a", "b"]) == {STOCK: {"b": "theirs"}}


def test_bytes_that_are_no_text_are_left_out(single: RedisDeployment) -> None:
    with session_on(single) as session:
        store_of(session).save({"good": "yes"})
        call = single.nodes[0].admin.call
        call("HSET", records_key(SHOP), "bad \udcff\udcfe", "x")
        call("HSET", records_key(SHOP), "broken", "\udced\udca0")
        call("SADD", PROJECTS, "\udcff", "no slash%zz", "%FF/it")
        assert store_of(session).load() == Stored(exists=True, texts={"good": "yes"})
        assert store_of(session, STOCK).others(["good"]) == {SHOP: {"good": "yes"}}


def test_a_key_of_another_type_in_the_place_is_said(single: RedisDeployment) -> None:
    single.nodes[0].admin.call("SET", records_key(SHOP), "something else")
    with session_on(single) as session:
        for act in (store_of(session).load, lambda: store_of(session).save({"a": "b"})):
            with pytest.raises(UserError, match="WRONGTYPE"):
                act()
    assert single.nodes[0].admin.call("GET", records_key(SHOP)) == "something else"


def test_the_rights_that_are_listed_are_enough(deployment: RedisDeployment) -> None:
    with session_on(deployment) as session:
        limited(deployment, "recorder", store_of(session).rights)
        store_of(session, STOCK).save({"a": "theirs"})
    with session_on(deployment, "recorder") as session:
        store = store_of(session)
        store.save({"a": "1", "b": "2"})
        store.save({"b": None})
        assert store.load().texts == {"a": "1"}
        assert store.others(["a"]) == {STOCK: {"a": "theirs"}}


def test_without_a_right_the_records_are_not_read_and_it_says_what_to_grant(single: RedisDeployment) -> None:
    limited(single, "nobody", ())
    with session_on(single, "nobody") as session:
        store = store_of(session)
        for act in (store.load, lambda: store.save({"a": "b"}), lambda: store.others(["a"])):
            with pytest.raises(UserError) as told:
                act()
            (found,) = told.value.diagnostics
            assert (found.code, told.value.exit_code) == ("MQ346", ExitCode.ERROR)
            assert "has no permissions to run" in found.message
            assert f"ACL SETUSER nobody {' '.join(store.rights)}" in found.help[0]


def test_others_whose_records_may_not_be_read_are_not_named(single: RedisDeployment) -> None:
    with session_on(single) as session:
        store_of(session, STOCK).save({"a": "theirs"})
        mine, listing, _ = store_of(session).rights
        limited(single, "recorder", (mine, listing))
    with session_on(single, "recorder") as session:
        assert store_of(session).others(["a"]) == {}


def test_memory_that_is_full_is_said_and_what_was_there_stays(single: RedisDeployment) -> None:
    with session_on(single) as session:
        store_of(session).save({"a": "before"})
        single.configure(maxmemory="1", maxmemory_policy="noeviction")
        with pytest.raises(UserError, match="not all of the records are known to be written: command not allowed"):
            store_of(session).save({"a": "after"})
        single.configure(maxmemory="0")
        assert store_of(session).load().texts == {"a": "before"}


def test_records_and_locks_are_no_resources(shop: Shop, single: RedisDeployment) -> None:
    with session_on(single) as session:
        store_of(session).save({"streams/orders": "{}"})
    single.nodes[0].admin.call("XADD", "{mqinfra:shop/it}:stream", "*", "a", "b")
    shop.on(single)
    shop.declare(users={"feed": {"commands": ["+ping"]}})
    exported = shop.mq("export", "-o", "yaml")
    assert exported.code == 0
    assert "mqinfra:shop" not in exported.out
    shop.declare(streams={"{mqinfra:shop/it}:records": {}}, users={"feed": {"commands": ["+ping"]}})
    said = shop.plan()["diagnostics"]
    assert any("mqinfra keeps its records and locks in keys of this name" in found["message"] for found in said), said


def test_a_snapshot_has_the_records_that_the_deployment_has(shop: Shop, single: RedisDeployment) -> None:
    with session_on(single) as session:
        store_of(session).save({"users/feed": '{"origin":"created","standing":"applied"}'})
    shop.on(single)
    shop.declare(users={"feed": {"commands": ["+ping"]}})
    saved = shop.mq("snapshot", "-o", "json").json()["clusters"]["redis"]["records"]
    assert [(held["project"], held["environment"], list(held["texts"])) for held in saved] == [
        ("shop", "it", ["users/feed"])
    ]


def test_records_are_found_after_their_slot_moved(redis_7_cluster: RedisDeployment) -> None:
    redis_7_cluster.wipe()
    key = records_key(SHOP)
    slot = str(redis_7_cluster.nodes[0].admin.call("CLUSTER", "KEYSLOT", key))
    with session_on(redis_7_cluster) as session:
        store = store_of(session)
        store.save({"a": "old"})
        old = next(node for node in redis_7_cluster.primaries if _has(node.admin.call("CLUSTER", "NODES"), int(slot)))
        new = next(node for node in redis_7_cluster.primaries if node is not old)
        old.admin.call("DEL", key)
        _give(redis_7_cluster, slot, new.admin.call("CLUSTER", "MYID"))
        try:
            new.admin.call("HSET", key, "a", "new")
            assert store.load().texts == {"a": "new"}
            store.save({"b": "too"})
            assert new.admin.call("HGET", key, "b") == "too"
        finally:
            new.admin.call("DEL", key)
            _give(redis_7_cluster, slot, old.admin.call("CLUSTER", "MYID"))


def _give(deployment: RedisDeployment, slot: str, identity: object) -> None:
    for node in deployment.primaries:
        node.admin.call("CLUSTER", "SETSLOT", slot, "NODE", str(identity))


def _has(nodes: object, slot: int) -> bool:
    mine = next(line for line in str(nodes).splitlines() if "myself" in line)
    ranges = [part.partition("-") for part in mine.split()[8:] if not part.startswith("[")]
    return any(int(first) <= slot <= int(last or first) for first, _, last in ranges)


def test_others_records_are_read_and_of_those_that_cannot_be_why(single: RedisDeployment) -> None:
    with session_on(single) as session:
        store_of(session).save({"a": "mine"})
        store_of(session, STOCK).save({"b": "theirs"})
        hidden = Owner("hidden", "it")
        store_of(session, hidden).save({"c": "hidden"})
        call = single.nodes[0].admin.call
        call("DEL", records_key(hidden))
        call("SET", records_key(hidden), "something else")
        found = store_of(session).load_others()
    assert {owner: stored.texts for owner, stored in found.items()} == {STOCK: {"b": "theirs"}, hidden: {}}
    assert {owner for owner, stored in found.items() if stored.unavailable} == {hidden}
    assert "WRONGTYPE" in found[hidden].unavailable
