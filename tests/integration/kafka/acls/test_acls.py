"""ACLs of every type on real brokers, what can't be seen, and what others have."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, cast

from mqinfra.model.address import Address
from mqinfra.model.secret import SecretRef, SecretValue
from mqinfra.providers.base.provider import Cluster
from mqinfra.providers.kafka.acls.spec import acl_at
from mqinfra.providers.kafka.api.acl import Acl, AclList
from mqinfra.providers.kafka.api.connection import KafkaConnection
from mqinfra.providers.kafka.api.second_client import SecondClient, Unavailable
from mqinfra.providers.kafka.provider import KafkaProvider
from tests.integration.kafka.acls.conftest import RightsShop
from tests.integration.kafka.e2e.conftest import nothing_written, proxied
from tests.integration.kafka.e2e.hand import Hand
from tests.integration.kafka.e2e.rights import User

if TYPE_CHECKING:
    import pytest

    from mqinfra.providers.kafka.session import KafkaSession
    from tests.brokers.kafka.cluster import KafkaCluster

EVERY_TYPE = """\
  acls:
    - {principal: "User:shop-x", resource: topic, name: orders., pattern: prefixed, operation: Read}
    - {principal: "User:shop-x", resource: topic, name: orders.a, operation: Write, permission: deny, host: 10.0.0.7}
    - {principal: "User:shop-x", resource: group, name: orders.g, operation: Describe}
    - {principal: "User:shop-x", resource: transactionalId, name: shop-x-, pattern: prefixed, operation: Write}
    - {principal: "User:shop-x", resource: cluster, operation: IdempotentWrite}
    - {principal: "User:shop-x", resource: delegationToken, name: token, operation: Describe}
    - {principal: "User:shop-x", resource: user, name: "User:ann", operation: CreateTokens}
"""


def acl(name: str, principal: str = "User:other", operation: str = "Read", permission: str = "allow") -> Acl:
    return Acl("topic", name, "literal", principal, "*", operation, permission)


def test_every_type_is_made_read_back_and_taken_away(live: KafkaCluster, hand: Hand, shop: RightsShop) -> None:
    shop.declare(topics=("orders.a",), more=EVERY_TYPE)
    ran = shop.apply()
    assert ran.code == 0, ran.text
    assert len(hand.acls("User:shop-x")) == 5, "librdkafka sees those that it has words for"
    with nothing_written(live):
        ran = shop.apply()
    assert ran.code == 0, ran.text
    exported = shop.run("export", "--select", "kind:acls")
    assert exported.code == 0, exported.text
    assert exported.out.count("principal: User:shop-x") == 7
    assert "resource: delegationToken" in exported.out
    shop.declare(topics=("orders.a",), more="removed:\n  kafka/acls: {}\n")
    plan = shop.run("plan", "-o", "json", "--max-deletes", "kafka/acls=7").json()
    gone = {change["address"] for change in plan["changes"]}
    assert len(gone) == 6, "the DENY needs a line of its own"
    denied = (
        "kafka/acls/host=10.0.0.7,name=orders.a,operation=Write,permission=deny,principal=User:shop-x,resource=topic"
    )
    assert denied not in gone
    ran = shop.run("apply", "--expect", plan["digest"], "--max-deletes", "kafka/acls=7")
    assert ran.code == 0, ran.text
    shop.declare(topics=("orders.a",), more=f"removed:\n  {denied}: {{}}\n")
    ran = shop.run("plan")
    assert ran.code == 0, ran.text
    assert "widens: `User:shop-x` is no longer denied to Write topic `orders.a`" in ran.out
    ran = shop.apply()
    assert ran.code == 0, ran.text
    assert hand.acls("User:shop-x") == set()


def test_others_acls_are_left_alone_and_listed_where_they_are_in_scope(live_4: KafkaCluster, shop: RightsShop) -> None:
    hand = Hand(live_4)
    others, in_scope = acl("theirs"), acl("orders.a", "User:shop-y")
    hand.create_acls(others, in_scope)
    shop.declare(topics=("orders.a",), access={"shop-x": "{produces: [orders.a]}"})
    plan = shop.run("plan", "-o", "json").json()
    assert [acl_at(Address.parse(one["address"])) for one in plan["undeclared"]] == [in_scope]
    assert shop.apply().code == 0
    assert {others, in_scope} <= hand.acls()


def test_a_right_that_two_projects_need_goes_with_the_last(
    live_4: KafkaCluster, shop: RightsShop, tmp_path: Path
) -> None:
    hand = Hand(live_4)
    hand.create("orders.a")
    other = RightsShop(tmp_path / "other", "other")
    other.clusters(kafka=proxied(live_4))
    shared = {"shop-x": "{produces: [{topic: orders.a, external: true}]}"}
    stays = {"shop-y": "{produces: [{topic: orders.a, external: true}]}"}
    wanted = acl("orders.a", "User:shop-x", "Write")
    for project in (shop, other):
        project.declare(access=shared | stays)
        ran = project.apply()
        assert ran.code == 0, ran.text
    shop.declare(access=stays)
    plan = shop.run("plan", "-o", "json").json()
    assert plan["changes"] == []
    ran = shop.run("apply", "--expect", plan["digest"])
    assert ran.code == 0, ran.text
    assert wanted in hand.acls()
    other.declare(access=stays)
    plan = other.run("plan", "-o", "json").json()
    assert [change["action"] for change in plan["changes"]] == ["delete"]
    ran = other.run("apply", "--expect", plan["digest"])
    assert ran.code == 0, ran.text
    assert wanted not in hand.acls()


def test_without_describe_on_the_cluster_nothing_is_planned_for_them(live_4: KafkaCluster, shop: RightsShop) -> None:
    user = User(live_4)
    user.allow("orders.a", "DESCRIBE_CONFIGS", "CREATE", "ALTER", "ALTER_CONFIGS")
    shop.clusters(kafka=user.block("PASSWORD"))
    shop.declare(topics=("orders.a",), access={"shop-x": "{produces: [orders.a]}"})
    ran = shop.run("plan", "-o", "json", env={"PASSWORD": user.password})
    assert not [change for change in ran.json()["changes"] if "/acls/" in change["address"]]
    said = [found for found in ran.json()["diagnostics"] if "can't be seen" in found["message"]]
    assert ["this needs Describe on the cluster" in found["message"] for found in said] == [True]


def test_without_kafka_python_the_same_acls_are_read(kafka: KafkaCluster, monkeypatch: pytest.MonkeyPatch) -> None:
    kafka.wipe()
    hand = Hand(kafka)
    some = [acl(f"t{number}", operation="Read" if number % 2 else "Write") for number in range(50)]
    prefixed = Acl("group", "g.", "prefixed", "User:*", "10.0.0.7", "All", "deny")
    cluster = Acl("cluster", "kafka-cluster", "literal", "User:a", "*", "ClusterAction", "allow")
    hand.create_acls(*some, prefixed, cluster)
    with opened(kafka) as session:
        monkeypatch.setattr(SecondClient, "ask", lambda *_: Unavailable("is not possible here"))
        found = session._client.acls.all()
        assert isinstance(found, AclList)
        assert set(found.acls) == {*some, prefixed, cluster}
        assert len(found.acls) == len(set(found.acls))
        assert "is not possible here" in found.missing
        few = session._client.acls.of(["User:a"])
        assert isinstance(few, AclList)
        assert set(few.acls) == {cluster}


def opened(kafka: KafkaCluster) -> KafkaSession:
    def no_secrets(_: SecretRef) -> SecretValue:
        raise AssertionError

    block = KafkaConnection.model_validate({"type": "kafka", "bootstrap": kafka.bootstrap})
    return cast("KafkaSession", KafkaProvider().connect(Cluster("kafka", block), no_secrets, 20.0))
