"""The Redis and Valkey test servers themselves: what other tests take for granted about them."""

from __future__ import annotations

import time
from contextlib import contextmanager
from typing import TYPE_CHECKING

import pytest
import redis
from redis.backoff import NoBackoff
from redis.retry import Retry

from tests.brokers.ports import HOST, accepts
from tests.brokers.process import is_process
from tests.brokers.redis.deployment import RedisDeployment
from tests.brokers.redis.release import DEFAULT, installed
from tests.brokers.redis.settings import Settings

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path


def client(port: int, password: str | None = None, username: str | None = None, ca: Path | None = None) -> redis.Redis:
    return redis.Redis(
        host=HOST,
        port=port,
        username=username,
        password=password,
        decode_responses=True,
        socket_timeout=1,
        # The library's own ten retries take seconds, even over a wrong password.
        retry=Retry(NoBackoff(), 0),
        ssl=ca is not None,
        ssl_ca_certs=None if ca is None else str(ca),
    )


@contextmanager
def started(folder: Path, settings: Settings) -> Iterator[RedisDeployment]:
    deployment = RedisDeployment(installed(DEFAULT), folder, settings)
    try:
        deployment.start()
        yield deployment
    finally:
        deployment.close()


def test_each_release_starts_and_is_what_it_says(redis_each: RedisDeployment) -> None:
    with client(redis_each.port) as connection:
        told = connection.info("server")
        version = told.get("valkey_version", told["redis_version"])
    assert version == redis_each.version
    assert redis_each.version.startswith(redis_each.line.removeprefix("valkey-"))


def test_a_node_counts_what_was_sent_and_tells_changes_from_reads(redis_each: RedisDeployment) -> None:
    redis_each.wipe()
    assert {"xadd", "xgroup|create", "flushall"} <= redis_each.write_commands()
    assert not {"xinfo|stream", "acl|list", "get"} & redis_each.write_commands()
    before = redis_each.commandstats()
    with client(redis_each.port) as connection:
        connection.exists("orders")
        connection.acl_list()
        connection.config_get("maxmemory")
        assert redis_each.changes_since(before) == {}
        connection.xgroup_create("orders", "billing", mkstream=True)
        connection.acl_setuser("alice", enabled=True, commands=["+get"])
        connection.config_set("maxmemory-policy", "noeviction")
    sent = {"xgroup|create": 1, "acl|setuser": 1, "config|set": 1}
    assert redis_each.changes_since(before) == {f"{HOST}:{redis_each.port}": sent}


def test_a_refused_write_counts_as_sent(redis_7: RedisDeployment) -> None:
    redis_7.wipe()
    with client(redis_7.port) as connection:
        connection.acl_setuser("reader", enabled=True, nopass=True, commands=["+get"], keys=["*"])
    before = redis_7.commandstats()
    with (
        client(redis_7.port, username="reader", password="any") as connection,
        pytest.raises(redis.exceptions.NoPermissionError),
    ):
        connection.set("orders", "1")
    assert redis_7.changes_since(before) == {f"{HOST}:{redis_7.port}": {"set": 1}}


def test_wipe_leaves_no_key_user_function_or_setting(redis_each: RedisDeployment) -> None:
    with client(redis_each.port) as connection:
        connection.set("orders", "1")
        connection.acl_setuser("alice", enabled=True)
        connection.config_set("maxmemory", "1gb")
        connection.config_rewrite()
        connection.function_load("#!lua name=shop\nredis.register_function('f', function() return 1 end)")
        redis_each.wipe()
        assert connection.dbsize() == 0
        assert connection.acl_users() == ["default"]
        assert connection.config_get("maxmemory") == {"maxmemory": "0"}
        assert connection.function_list() == []
    redis_each.restart()
    with client(redis_each.port) as connection:
        assert connection.acl_users() == ["default"]


def test_wipe_gets_back_in_after_a_test_locked_everybody_out(redis_7: RedisDeployment) -> None:
    with client(redis_7.port) as connection:
        connection.acl_setuser("default", reset=True)
    with client(redis_7.port) as connection, pytest.raises(redis.AuthenticationError):
        connection.ping()
    redis_7.wipe()
    with client(redis_7.port) as connection:
        assert connection.ping()


def test_data_outlive_a_stop_and_not_a_kill(tmp_path: Path) -> None:
    with started(tmp_path, Settings()) as node:
        port, pid = node.port, node.nodes[0].pid
        with client(port) as connection:
            connection.set("kept", "1")
            connection.acl_setuser("forgotten", enabled=True)
        node.stop()
        assert pid is not None
        assert not is_process(pid, str(tmp_path))
        assert not accepts(port)
        node.start()
        with client(port) as connection:
            assert connection.get("kept") == "1"
            assert connection.acl_users() == ["default"]
            connection.set("lost", "1")
            node.kill()
            node.start()
            assert (connection.get("kept"), connection.get("lost")) == ("1", None)


def test_a_saved_acl_file_outlives_a_restart_and_no_wipe(tmp_path: Path) -> None:
    settings = Settings(acl_file=True, password="secret", users=("alice on >word ~orders:* +@read",))
    with started(tmp_path, settings) as node:
        with client(node.port, password="secret") as connection:
            assert sorted(connection.acl_users()) == ["alice", "default"]
            connection.acl_setuser("bob", enabled=True)
            connection.acl_save()
        node.restart()
        for left in (["alice", "bob", "default"], ["alice", "default"]):
            with client(node.port, password="secret") as connection:
                assert sorted(connection.acl_users()) == left
            node.wipe()
            node.restart()


def test_a_paused_node_accepts_and_stays_silent(redis_7: RedisDeployment) -> None:
    redis_7.pause()
    try:
        assert accepts(redis_7.port)
        with client(redis_7.port) as connection, pytest.raises(redis.TimeoutError):
            connection.ping()
    finally:
        redis_7.resume()
    with client(redis_7.port) as connection:
        assert connection.ping()


def test_a_node_speaks_tls_beside_plain_text(tmp_path: Path) -> None:
    with started(tmp_path, Settings(tls=True)) as node:
        with client(node.tls_ports[0], ca=node.ca_file) as connection:
            assert connection.ping()
        with client(node.port) as connection:
            assert connection.ping()


def test_a_replica_follows_its_primary_and_wipe_reaches_both(redis_7_pair: RedisDeployment) -> None:
    redis_7_pair.wipe()
    primary, replica = redis_7_pair.nodes
    assert (redis_7_pair.primaries, redis_7_pair.replicas) == ([primary], [replica])
    with client(primary.port) as writer, client(replica.port) as reader:
        writer.xadd("orders", {"n": "1"})
        assert writer.wait(1, 1000) == 1
        assert reader.xlen("orders") == 1
        reader.acl_setuser("alice", enabled=True)
        redis_7_pair.wipe()
        assert reader.dbsize() == 0
        assert reader.acl_users() == ["default"]


def test_wipe_undoes_a_change_of_roles(redis_7_pair: RedisDeployment) -> None:
    primary, replica = redis_7_pair.nodes
    with client(replica.port) as connection:
        connection.replicaof("NO", "ONE")
    assert redis_7_pair.primaries == [primary, replica]
    redis_7_pair.wipe()
    assert redis_7_pair.primaries == [primary]


def test_a_cluster_covers_all_slots_with_a_replica_each(redis_7_cluster: RedisDeployment) -> None:
    assert [node.name for node in redis_7_cluster.primaries] == ["master-1", "master-2", "master-3"]
    with redis.RedisCluster(host=HOST, port=redis_7_cluster.port, decode_responses=True) as connection:
        for number in range(30):
            connection.xadd(f"orders-{number}", {"n": "1"})
        assert len(connection.get_nodes()) == 6
    assert all(node.admin.call("DBSIZE") for node in redis_7_cluster.primaries)
    redis_7_cluster.wipe()
    assert not any(node.admin.call("DBSIZE") for node in redis_7_cluster.nodes)


def test_sentinels_know_the_primary_and_move_it(redis_7_sentinel: RedisDeployment) -> None:
    def known() -> list[int]:
        return [
            int(sentinel.admin.call("SENTINEL", "GET-MASTER-ADDR-BY-NAME", redis_7_sentinel.master_name)[1])
            for sentinel in redis_7_sentinel.sentinels
        ]

    primary, replica = redis_7_sentinel.nodes
    assert known() == [primary.port] * 3
    redis_7_sentinel.sentinels[0].admin.call("SENTINEL", "FAILOVER", redis_7_sentinel.master_name)
    deadline = time.monotonic() + 15
    while known() != [replica.port] * 3:
        assert time.monotonic() < deadline
        time.sleep(0.05)
    redis_7_sentinel.wipe()
    assert known() == [primary.port] * 3
    assert redis_7_sentinel.primaries == [primary]
