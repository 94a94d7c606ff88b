"""Rights that are missing are named, nothing unseen is taken for absent, and no output ever holds the password."""

from __future__ import annotations

import re
from typing import Any

import pytest
from confluent_kafka.admin import AdminClient
from confluent_kafka.cimpl import NewPartitions

from tests.brokers.kafka.cluster import KafkaCluster
from tests.command import Ran
from tests.days import SOON
from tests.integration.kafka.e2e.hand import RECORDS, Hand, Topic
from tests.integration.kafka.e2e.rights import User
from tests.integration.kafka.e2e.shop import Shop, outcomes

VARIABLE = "SHOP_KAFKA_PASSWORD"


@pytest.fixture
def user(live: KafkaCluster, shop: Shop) -> User:
    """Somebody without any right but to the records, whom the project logs in as."""
    someone = User(live)
    someone.allow(RECORDS, "READ", "WRITE")
    shop.clusters(kafka=someone.block(VARIABLE))
    return someone


def run(shop: Shop, user: User, *arguments: str) -> Ran:
    """Run as the user; the password shows up nowhere."""
    running = shop.start(*arguments, env={VARIABLE: user.password, "MQINFRA_DEBUG": "1"})
    visible = running.arguments
    ran = running.end()
    files = [path.read_bytes() for path in shop.root.rglob("*") if path.is_file()]
    assert user.password not in ran.text + visible
    assert not any(user.password.encode() in content for content in files)
    return ran


def test_what_may_not_be_seen_is_never_planned_as_a_create(
    live: KafkaCluster, shop: Shop, hand: Hand, user: User, cell: set[str]
) -> None:
    hand.create("orders.there")
    shop.topics("orders.there: {}", "orders.absent: {}", removed=("orders.other: {}",))
    before = live.metadata_end_offset()
    for arguments in (("plan", "-o", "json"), ("apply", "--auto-approve", "-o", "json=report.json", "-v")):
        ran = run(shop, user, *arguments)
        assert ran.code == 3, ran.text
        for name in ("orders.there", "orders.absent", "orders.other"):
            assert f"topic `{name}` can't be seen: not allowed: this needs Describe on topic `{name}`" in ran.err
        assert ran.err.count("MQ304") >= 1
        if ran.out.startswith("{"):
            assert ran.json()["changes"] == []
    assert live.metadata_end_offset() == before
    cell.add(f"kafka-{live.line}/topics/e2e-unseen-is-not-absent")


def test_a_right_that_is_missing_blocks_before_anything_is_written_and_the_rest_can_go(
    live: KafkaCluster, shop: Shop, hand: Hand, user: User, cell: set[str]
) -> None:
    hand.create("orders.set", "orders.growing")
    user.allow("orders.set", "DESCRIBE_CONFIGS")
    user.allow("orders.growing", "DESCRIBE_CONFIGS")
    user.allow("orders.new", "DESCRIBE_CONFIGS", "CREATE")
    shop.topics("orders.set: {config: {retention.ms: 2h}}", "orders.growing: {partitions: 2}", "orders.new: {}")
    before = live.metadata_end_offset()
    ran = run(shop, user, "plan", "-o", "json")
    assert ran.code == 3, ran.text
    said = {
        found["address"].rpartition("/")[2]: found for found in ran.json()["diagnostics"] if found["code"] == "MQ352"
    }
    assert said.keys() == {"orders.set", "orders.growing"}
    assert "this needs AlterConfigs on topic `orders.set`" in said["orders.set"]["message"]
    assert "this needs Alter on topic `orders.growing`" in said["orders.growing"]["message"]
    granting = f"kafka-acls --add --allow-principal User:{user.name} --operation AlterConfigs --topic orders.set"
    assert granting in said["orders.set"]["help"][0]
    assert run(shop, user, "apply", "--auto-approve").code == 3
    # Somebody else may apply what this user can only plan; this user may not, and nothing was begun.
    ran = run(shop, user, "plan", "--skip-rights", "-o", "json=plan.json")
    assert ran.code == 0, ran.text
    assert "whoever applies the plan needs AlterConfigs on the topic" in ran.err
    ran = run(shop, user, "apply", "plan.json")
    assert ran.code == 3, ran.text
    assert "MQ352" in ran.err
    assert live.metadata_end_offset() == before
    assert "orders.new" not in hand.names()
    held = [word for name in said for word in ("--exclude", f"name:{name}")]
    ran = run(shop, user, "apply", "--auto-approve", *held, "-o", "json")
    assert (ran.code, outcomes(ran)) == (0, {"orders.new": "applied"}), ran.text
    user.allow("orders.set", "ALTER_CONFIGS")
    user.allow("orders.growing", "ALTER")
    ran = run(shop, user, "apply", "--auto-approve", "-o", "json")
    assert (ran.code, set(outcomes(ran).values())) == (0, {"applied"}), ran.text
    cell.add(f"kafka-{live.line}/topics/e2e-missing-right-is-named")


def test_a_right_that_is_withdrawn_before_the_write_fails_that_change_alone(
    shop: Shop, hand: Hand, user: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    hand.create("orders.growing", "orders.other")
    for name in ("orders.growing", "orders.other"):
        user.allow(name, "DESCRIBE_CONFIGS", "ALTER")
    shop.topics("orders.growing: {partitions: 2}", "orders.other: {partitions: 2}")
    create_partitions = AdminClient.create_partitions

    def once_refused(admin: AdminClient, new: list[NewPartitions], **settings: Any) -> Any:
        if not settings["validate_only"]:
            user.withdraw("orders.growing", "ALTER")
        return create_partitions(admin, new, **settings)

    monkeypatch.setattr(AdminClient, "create_partitions", once_refused)
    ran = shop.run("apply", "--auto-approve", "-o", "json", env={VARIABLE: user.password})
    assert ran.code == 4, ran.text
    assert outcomes(ran) == {"orders.growing": "failed", "orders.other": "applied"}
    said = {result["address"].rpartition("/")[2]: result["message"] for result in ran.json()["results"]}
    assert "not allowed" in said["orders.growing"]
    assert "Alter on topic `orders.growing`" in said["orders.growing"]
    assert {name: topic.partitions for name, topic in hand.live().items()} == {"orders.growing": 1, "orders.other": 2}


def test_what_could_be_made_and_not_be_read_back_is_not_made(shop: Shop, hand: Hand, user: User) -> None:
    user.allow("orders.new", "CREATE")
    shop.topics("orders.new: {}")
    ran = run(shop, user, "apply", "--auto-approve")
    assert ran.code == 3, ran.text
    assert "this needs DescribeConfigs on topic `orders.new`" in ran.err
    assert hand.names() == set()


def test_who_may_not_keep_the_lock_is_told_by_the_plan(live: KafkaCluster, shop: Shop) -> None:
    someone = User(live)
    someone.allow("orders.new", "CREATE", "DESCRIBE_CONFIGS")
    someone.allow(RECORDS, "READ")
    shop.clusters(kafka=someone.block(VARIABLE))
    shop.topics("orders.new: {}")
    ran = run(shop, someone, "plan")
    assert ran.code == 0, ran.text
    # Create and Read too where no apply made the topic yet.
    assert re.search(f"the lock and the records of an apply need [A-Za-z ]*Write on topic `{RECORDS}`", ran.err), (
        ran.err
    )
    assert re.search(f"--allow-principal User:{someone.name} [A-Za-z -]*--operation Write --topic {RECORDS}", ran.err)
    assert run(shop, someone, "apply", "--auto-approve").code == 1


def test_a_delete_whose_cost_may_not_be_seen_is_blocked(
    live: KafkaCluster, shop: Shop, hand: Hand, user: User, cell: set[str]
) -> None:
    hand.create("orders.legacy")
    user.allow("orders.legacy", "DESCRIBE_CONFIGS", "DELETE")
    shop.topics(removed=("orders.legacy: {reason: OPS-1}",))
    ran = run(shop, user, "apply", "--auto-approve")
    assert ran.code == 3, ran.text
    assert "MQ206" in ran.err
    assert "whether it has consumers is unknown" in ran.err
    assert hand.names() == {"orders.legacy"}
    shop.topics(removed=(f"orders.legacy: {{evenIf: [messages, consumers], until: {SOON}}}",))
    assert run(shop, user, "apply", "--auto-approve").code == 0
    assert hand.names() == set()
    cell.add(f"kafka-{live.line}/topics/e2e-unseen-cost-blocks")


def test_a_login_over_tls_with_all_rights_plans_and_applies(
    live: KafkaCluster, shop: Shop, hand: Hand, user: User, cell: set[str]
) -> None:
    shop.clusters(kafka=user.block(VARIABLE, tls=True))
    user.allow("orders.new", "CREATE", "DESCRIBE_CONFIGS")
    shop.topics("orders.new: {config: {retention.ms: 2h}}")
    assert run(shop, user, "plan", "-o", "json=plan.json").code == 0
    ran = run(shop, user, "apply", "plan.json", "-o", "json=report.json", "-v")
    assert ran.code == 0, ran.text
    assert hand.live() == {"orders.new": Topic(1, 1, {"retention.ms": "7200000"})}
    cell.add(f"kafka-{live.line}/topics/e2e-sasl-tls")


def test_an_export_that_leaves_out_what_may_not_be_read_says_so_and_fails(shop: Shop, hand: Hand, user: User) -> None:
    hand.create("orders.kept", "orders.hidden", "billing.hidden")
    user.allow("orders.kept", "DESCRIBE_CONFIGS")
    user.allow("orders.hidden")
    user.allow("billing.hidden")
    for command in ("export", "snapshot"):
        ran = run(shop, user, command)
        assert ran.code == 1, ran.text
        assert "orders.kept" in ran.out
        assert "MQ304" in ran.err
        assert "topic `orders.hidden` can't be seen: not allowed: this needs DescribeConfigs on topic" in ran.err
        assert "billing.hidden" not in ran.err
    ran = run(shop, user, "export", "--exclude", "name:orders.hidden")
    assert ran.code == 0, ran.text
