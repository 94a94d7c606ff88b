"""Servers that go away: a node of a Cluster that is down, a slot that moves, a master that becomes a replica."""

import pytest
from pydantic import JsonValue

from mqinfra.model.address import Address
from mqinfra.providers.base.catalogue import installed
from mqinfra.providers.base.provider import Cluster
from mqinfra.providers.base.request import Accepted, Request
from mqinfra.providers.redis.api.connection import RedisConnection
from mqinfra.providers.redis.api.replies import pairs
from tests.brokers.redis.deployment import RedisDeployment
from tests.brokers.redis.node import RedisNode
from tests.integration.redis.provider.conftest import Shop, no_secrets
from tests.waiting import until

USERS = {"feed": {"commands": ["+ping"]}}


def test_a_node_that_is_down_is_left_out_and_said_to_be(shop: Shop, redis_7_cluster: RedisDeployment) -> None:
    redis_7_cluster.wipe()
    shop.on(redis_7_cluster)
    gone, seen_by = redis_7_cluster.nodes[-1], redis_7_cluster.nodes[0].admin
    gone.kill()
    try:
        until(lambda: any(" slave,fail " in line for line in str(seen_by.call("CLUSTER", "NODES")).splitlines()))
        shop.declare(users=USERS)
        assert shop.codes() == ["MQ413", "MQ424"]
        assert f"not on {gone.address}, which is down" in shop.apply().text
        assert shop.changes() == {}
        gone.start()
        until(lambda: "fail" not in str(seen_by.call("CLUSTER", "NODES")).replace("pfail", ""))
        notes = {item["note"] for item in shop.changes()["users/feed"]["differences"]}
        assert f"missing on {gone.address}" in notes
        shop.apply()
        shop.settled(redis_7_cluster)
    finally:
        redis_7_cluster.wipe()


@pytest.mark.parametrize("index", [1, 0], ids=["replica", "failover"])
def test_a_replica_that_a_sentinel_lost_is_missed(shop: Shop, redis_7_sentinel: RedisDeployment, index: int) -> None:
    redis_7_sentinel.wipe()
    shop.on(redis_7_sentinel)
    gone = redis_7_sentinel.nodes[index]
    shop.declare(users={**USERS, "old": {}})
    shop.apply()
    gone.kill()
    try:
        until(lambda: all("s_down" in flags for flags in lost_replicas(redis_7_sentinel, gone)))
        shop.declare(users={"feed": {"commands": ["+ping", "+get"]}}, removed={"redis/users/old": {}})
        found = {item["code"]: item for item in shop.plan()["diagnostics"]}
        assert found["MQ413"]["message"] == f"`{gone.address}` is down: its users are neither compared nor changed"
        assert f"not on {gone.address}, which is down: plan again when it is up" in shop.apply().text
        gone.start()
        until(lambda: gone.admin.role() == "slave" and gone.admin.info("replication")["master_link_status"] == "up")
        until(lambda: all("down" not in flags for flags in lost_replicas(redis_7_sentinel, gone)))
        changes = shop.changes()
        assert changes.keys() == {"users/feed", "users/old"}
    finally:
        redis_7_sentinel.wipe()


def lost_replicas(deployment: RedisDeployment, node: RedisNode) -> list[str]:
    """The flags of a node at every sentinel; `down` where one does not know it as a replica."""
    told = []
    for sentinel in deployment.sentinels:
        rows = [pairs(row) for row in sentinel.admin.call("SENTINEL", "REPLICAS", deployment.master_name)]
        told.append(next((str(row["flags"]) for row in rows if row["name"] == node.address), "not s-down yet"))
    return told


def test_a_server_that_the_block_names_is_asked_for(shop: Shop, pair: RedisDeployment) -> None:
    shop.on(pair, nodes=[node.address for node in pair.nodes], topology="replicas")
    shop.declare(users=USERS)
    replica = pair.nodes[1]
    replica.kill()
    try:
        plan = shop.plan()
        assert plan["changes"] == []
        assert [item["code"] for item in plan["diagnostics"]] == ["MQ304", "MQ413"]
        assert shop.mq("apply", "--auto-approve").code != 0
    finally:
        pair.wipe()
    shop.apply()
    assert replica.admin.call("ACL", "USERS") == ["default", "feed"]
    shop.settled(pair)


def test_a_server_under_two_names_is_taken_once(shop: Shop, pair: RedisDeployment) -> None:
    addresses = [node.address for node in pair.nodes]
    shop.on(pair, nodes=[*addresses, *(address.replace("127.0.0.1", "localhost") for address in addresses)])
    assert shop.mq("plan").code == 0
    shop.declare(users=USERS)
    assert shop.plan()["clusters"][0]["brokers"] == 2
    shop.apply()
    shop.settled(pair)


def test_another_master_is_no_replica_of_the_first(shop: Shop, pair: RedisDeployment) -> None:
    shop.on(pair, nodes=[node.address for node in pair.nodes])
    shop.declare(users=USERS)
    pair.nodes[1].admin.call("REPLICAOF", "NO", "ONE")
    try:
        said = " ".join(item["message"] for item in shop.plan()["diagnostics"])
        assert f"`{pair.nodes[1].address}` is a master itself, not a replica of `{pair.nodes[0].address}`" in said
    finally:
        pair.wipe()


def test_a_replica_that_joins_during_an_apply_is_said_to_be_left_out(pair: RedisDeployment) -> None:
    replica = pair.nodes[1]
    connection = RedisConnection.model_validate(pair.block)
    feed = Address("it", "users", ("feed",))
    body: dict[str, JsonValue] = {"user": "feed", "rules": ["reset", "on", "+ping"], "passwords": None}
    replica.kill()
    try:
        until(lambda: pair.nodes[0].admin.info("replication")["connected_slaves"] == "0")
        with installed().providers["redis"].connect(Cluster("it", connection), no_secrets, 10.0) as session:
            replica.start()
            until(lambda: pair.nodes[0].admin.info("replication")["connected_slaves"] == "1")
            result = session.send(Request("users", "ACL SETUSER", {feed: body}))[feed]
        assert result == Accepted(f"not on {replica.address}, which joined during the apply: plan again")
    finally:
        pair.wipe()


def test_a_key_whose_slot_moved_is_found_at_its_new_place(redis_7_cluster: RedisDeployment) -> None:
    redis_7_cluster.wipe()
    stream = Address("it", "streams", ("orders",))
    seen_by = redis_7_cluster.nodes[0].admin
    slot = str(seen_by.call("CLUSTER", "KEYSLOT", "orders"))
    connection = RedisConnection.model_validate(redis_7_cluster.block)
    with installed().providers["redis"].connect(Cluster("it", connection), no_secrets, 10.0) as session:
        assert session.read({"streams": [stream]}).resources == {}
        old = next(n for n in redis_7_cluster.primaries if _serves(n.admin.call("CLUSTER", "NODES"), int(slot)))
        new = next(n for n in redis_7_cluster.primaries if n is not old)
        give(redis_7_cluster, slot, new)
        try:
            new.admin.call("XADD", "orders", "1-0", "n", "1")
            assert session.read({"streams": [stream]}).resources[stream].inherited["length",] == 1
        finally:
            new.admin.call("DEL", "orders")
            give(redis_7_cluster, slot, old)


def give(deployment: RedisDeployment, slot: str, owner: RedisNode) -> None:
    for node in deployment.primaries:
        node.admin.call("CLUSTER", "SETSLOT", slot, "NODE", str(owner.admin.call("CLUSTER", "MYID")))


def test_users_are_not_planned_without_a_replica_and_streams_are(shop: Shop, pair: RedisDeployment) -> None:
    shop.on(pair)
    shop.declare(streams={"orders": {}}, users=USERS)
    replica = pair.replicas[0]
    replica.pause()
    try:
        plan = shop.plan()
    finally:
        replica.resume()
    assert [change["address"] for change in plan["changes"]] == ["redis/streams/orders"]
    said = [found["message"] for found in plan["diagnostics"]]
    assert any(f"`{replica.address}` accepts connections, but does not answer" in text for text in said), said


def test_a_master_that_became_a_replica_refuses_and_nothing_is_lost(shop: Shop, pair: RedisDeployment) -> None:
    shop.on(pair)
    shop.declare(streams={"orders": {}})
    before = pair.nodes[0].admin
    before.call("REPLICAOF", pair.nodes[1].host, str(pair.nodes[1].port))
    try:
        ran = shop.mq("plan")
        assert ran.code == 1
        assert "is a replica, which accepts no writes" in ran.text
    finally:
        pair.wipe()


def _serves(nodes: object, slot: int) -> bool:
    mine = next(line for line in str(nodes).splitlines() if "myself" in line)
    ranges = [part.partition("-") for part in mine.split()[8:] if not part.startswith("[")]
    return any(int(first) <= slot <= int(last or first) for first, _, last in ranges)
