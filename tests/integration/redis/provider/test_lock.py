"""The lock: one holder at a time, named to whoever waits, gone with him, and known to be lost when it is."""

import time
from collections.abc import Callable

import pytest

from mqinfra.model.errors import UserError
from mqinfra.model.exit_code import ExitCode
from mqinfra.model.record import Owner
from mqinfra.providers.redis.api.connect import connect
from mqinfra.providers.redis.api.connection import RedisConnection
from mqinfra.providers.redis.records.lock import take
from mqinfra.providers.redis.records.names import lock_key, lock_rights
from tests.brokers.faults import Faults
from tests.brokers.redis.deployment import RedisDeployment
from tests.integration.redis.provider.conftest import no_secrets
from tests.integration.redis.provider.holder import OWNER, Holder
from tests.integration.redis.provider.sessions import limited, session_on
from tests.late import LATE
from tests.waiting import until

KEY = lock_key(OWNER)


def test_a_second_apply_is_told_who_holds_the_lock(deployment: RedisDeployment) -> None:
    with session_on(deployment) as first, session_on(deployment) as second:
        with first.lock(OWNER, "ann@büro applying shop/it", 0) as lock:
            assert lock.lost() == ""
            assert "best effort" in lock.caveat
            with pytest.raises(UserError) as told, second.lock(OWNER, "ben", 0.2):
                pytest.fail("two hold the lock")
            assert told.value.exit_code is ExitCode.LOCKED
            assert (
                told.value.diagnostics[0].message == "another apply of `shop/it` is running: ann@büro applying shop/it"
            )
        assert lock.lost() == "the lock was released"
        with second.lock(OWNER, "ben", 0) as again:
            assert again.lost() == ""
    assert all(node.admin.call("DBSIZE") == 0 for node in deployment.primaries)


def test_each_release_of_the_server_keeps_locks(redis_each: RedisDeployment) -> None:
    redis_each.wipe()
    with Holder(redis_each, "ann", lifetime=0.8) as first:
        assert first.said().startswith("held")
        time.sleep(2.0)  # it is renewed meanwhile
        assert first.ask() == ""
        with session_on(redis_each) as second, pytest.raises(UserError, match="ann"), second.lock(OWNER, "ben", 0):
            pytest.fail("two hold the lock")
        first.end()
    assert redis_each.nodes[0].admin.call("EXISTS", KEY) == 0


def test_other_projects_and_environments_have_locks_of_their_own(single: RedisDeployment) -> None:
    with session_on(single) as session, session_on(single) as other:
        with session.lock(OWNER, "ann", 0), other.lock(Owner("shop", "prod"), "ben", 0) as one:
            assert one.lost() == ""
        with session.lock(OWNER, "ann", 0), other.lock(Owner("stock", "it"), "ben", 0) as one:
            assert one.lost() == ""


def test_waiting_ends_when_the_holder_does(single: RedisDeployment) -> None:
    with Holder(single, "ann", lifetime=5.0) as first:
        assert first.said().startswith("held")
        with Holder(single, "ben", lifetime=5.0, timeout=30.0) as second:
            time.sleep(0.5)
            first.end()
            assert second.said().startswith("held")
            assert second.ask() == ""


def test_the_lock_of_a_holder_that_was_killed_goes_by_itself(single: RedisDeployment) -> None:
    with Holder(single, "ann", lifetime=2.0) as first:
        assert first.said().startswith("held")
        time.sleep(2.5)
        assert first.ask() == ""
        first.kill()
        killed = time.monotonic()
        assert single.nodes[0].admin.call("EXISTS", KEY) == 1
        with session_on(single) as session, session.lock(OWNER, "ben", 10.0):
            assert 0.5 < time.monotonic() - killed < 2.0 + LATE


def test_only_one_of_many_that_begin_at_once_holds_the_lock(single: RedisDeployment) -> None:
    holders = [Holder(single, f"holder {number}", lifetime=10.0) for number in range(6)]
    try:
        said = [holder.said() for holder in holders]
        held = [number for number, text in enumerate(said) if text.startswith("held")]
        assert len(held) == 1, said
        refusal = f"another apply of `shop/it` is running: holder {held[0]}"
        assert [text for text in said if not text.startswith("held")] == [refusal] * 5
    finally:
        for holder in holders:
            holder.kill()


def test_a_lock_that_somebody_deleted_or_took_is_lost_and_is_left_to_its_new_holder(single: RedisDeployment) -> None:
    call = single.nodes[0].admin.call
    with Holder(single, "ann", lifetime=0.8) as first:
        assert first.said().startswith("held")
        call("DEL", KEY)
        until(lambda: first.ask() == "it expired, or was evicted or deleted")
        first.end()
    with Holder(single, "ann", lifetime=0.8) as first:
        assert first.said().startswith("held")
        call("SET", KEY, "token ben")
        until(lambda: first.ask() == "now it is held by ben")
        first.end()
    assert call("GET", KEY) == "token ben"


def test_a_server_that_does_not_answer_loses_the_lock_before_it_expires(single: RedisDeployment) -> None:
    with Holder(single, "ann", lifetime=4.0) as first:
        assert first.said().startswith("held")
        node = single.nodes[0]
        node.pause()
        paused = time.monotonic()
        try:
            until(lambda: "could not be renewed in time" in first.ask())
            assert time.monotonic() - paused < 4.0
        finally:
            node.resume()
            first.kill()


def test_a_restart_of_the_server_loses_the_lock(single: RedisDeployment) -> None:
    with Holder(single, "ann", lifetime=30.0) as first:
        assert first.said().startswith("held")
        single.nodes[0].restart()
        until(lambda: "was restarted, or is another server now" in first.ask())


def test_a_failover_loses_the_lock(redis_7_sentinel: RedisDeployment) -> None:
    redis_7_sentinel.wipe()
    name = redis_7_sentinel.master_name
    try:
        with Holder(redis_7_sentinel, "ann", lifetime=4.0) as first:
            assert first.said().startswith("held")
            redis_7_sentinel.sentinels[0].admin.call("SENTINEL", "FAILOVER", name)
            until(lambda: "no longer the master" in first.ask() or "was restarted" in first.ask())
    finally:
        redis_7_sentinel.wipe()


def test_a_failover_of_a_cluster_loses_the_lock(redis_7_cluster: RedisDeployment) -> None:
    redis_7_cluster.wipe()
    try:
        with Holder(redis_7_cluster, "ann", lifetime=4.0) as first:
            assert first.said().startswith("held")
            slot = int(str(redis_7_cluster.nodes[0].admin.call("CLUSTER", "KEYSLOT", KEY)))
            row = next(
                row for row in redis_7_cluster.nodes[0].admin.call("CLUSTER", "SLOTS") if row[0] <= slot <= row[1]
            )
            replica = next(node for node in redis_7_cluster.nodes if node.port == row[3][1])
            replica.admin.call("CLUSTER", "FAILOVER")
            until(lambda: "slot moved" in first.ask() or "no longer the master" in first.ask())
    finally:
        redis_7_cluster.wipe()


def test_replicas_have_the_lock_when_it_is_taken(pair: RedisDeployment) -> None:
    with session_on(pair) as session, session.lock(OWNER, "ann", 0) as lock:
        assert str(pair.nodes[1].admin.call("GET", KEY)).endswith(" ann")
        assert lock.caveat == "best effort: a failover or an eviction can lose it"


def test_a_lock_that_no_replica_confirms_says_so(pair: RedisDeployment) -> None:
    pair.nodes[1].pause()
    try:
        # The paused replica can't be connected to either, which the session says of users alone.
        with session_on(pair) as session, session.lock(OWNER, "ann", 0) as lock:
            assert lock.caveat.endswith("; no replica has confirmed it yet")
    finally:
        pair.nodes[1].resume()


def test_the_rights_that_are_listed_are_enough(deployment: RedisDeployment) -> None:
    limited(deployment, "locker", lock_rights(OWNER))
    with session_on(deployment, "locker") as session, session.lock(OWNER, "ann", 0) as lock:
        assert lock.lost() == ""
    assert all(node.admin.call("DBSIZE") == 0 for node in deployment.primaries)


@pytest.mark.parametrize("missing", ["+get", "+set", "+pexpire", "+watch", "+multi"])
def test_without_a_right_no_lock_is_left_and_it_says_what_to_grant(single: RedisDeployment, missing: str) -> None:
    (rights,) = lock_rights(OWNER)
    limited(single, "locker", (rights.replace(f" {missing}", ""),))
    with session_on(single, "locker") as session:
        with pytest.raises(UserError) as told, session.lock(OWNER, "ann", 5):
            pytest.fail("it is locked")
        assert told.value.exit_code is ExitCode.ERROR
        (found,) = told.value.diagnostics
        assert found.code == "MQ347"
        assert f"ACL SETUSER locker {rights}" in found.help[0]
        assert "--no-lock" in found.help[1]
    assert single.nodes[0].admin.call("EXISTS", KEY) == 0


FAULTS: dict[str, Callable[[Faults, int, str], None]] = {
    "reply": lambda faults, nth, of: faults.swallow_reply(nth, of),
    "command": lambda faults, nth, of: faults.drop_request(nth, of),
    "connection": lambda faults, nth, of: faults.cut_after(nth, of),
}


@pytest.mark.parametrize("what", FAULTS)
@pytest.mark.parametrize(("command", "nth"), [("get", 1), ("set", 1), ("pexpire", 1), ("exec", 1), ("exec", 2)])
def test_what_is_lost_on_the_way_is_made_up_for_and_leaves_no_lock(
    what: str, command: str, nth: int, single: RedisDeployment
) -> None:
    block = RedisConnection.model_validate({"nodes": [single.proxied_address]})
    client, _ = connect(block, "it", no_secrets, 10.0)
    try:
        FAULTS[what](single.proxy.faults, nth, command)
        lock = take(client, OWNER, "ann", 0, lifetime=2.0)
        assert lock.lost() == ""
        lock.release()
    finally:
        client.close()
    assert single.nodes[0].admin.call("EXISTS", KEY) == 0
