"""Groups on real brokers: where they begin, what moves them and what does not, settings, deletes and rights."""

from __future__ import annotations

import time
from collections.abc import Callable
from contextlib import ExitStack
from pathlib import Path

import pytest

from mqinfra.cli.main import run
from tests.brokers.kafka.cluster import KafkaCluster
from tests.brokers.kafka.protocol import KafkaRequest
from tests.command import Ran
from tests.days import SOON
from tests.faults.crash import Moment
from tests.integration.kafka.e2e.conftest import nothing_written
from tests.integration.kafka.e2e.groups import GroupShop, Readers
from tests.integration.kafka.e2e.hand import RECORDS, Hand
from tests.integration.kafka.e2e.rights import User
from tests.integration.kafka.e2e.shop import outcomes
from tests.waiting import until

ORDERS = "orders.created"
DEPLOYER = "SHOP_KAFKA_PASSWORD"
RESET = {"to": "earliest", "id": "OPS-1"}


@pytest.fixture
def shop(tmp_path: Path) -> GroupShop:
    return GroupShop(tmp_path / "shop")


@pytest.fixture
def readers(live: KafkaCluster) -> Readers:
    return Readers(live)


@pytest.fixture
def readers_4(live_4: KafkaCluster) -> Readers:
    return Readers(live_4)


def billing(**more: object) -> dict[str, object]:
    return {"billing": {"topics": [ORDERS], **more}}


def at(*offsets: int) -> dict[tuple[str, int], int]:
    return {(ORDERS, partition): offset for partition, offset in enumerate(offsets)}


def standing(hand: Hand, readers: Readers, offset: int) -> None:
    """Four records in one partition, and the group somewhere in them."""
    hand.create(ORDERS)
    readers.produce(ORDERS, 4)
    readers.commit("billing", ORDERS, offset)


def only(cluster: KafkaCluster, protocol: str, config: pytest.Config) -> None:
    """Each protocol of members on one version: on Kafka 4 the older one is for the matrix."""
    if protocol == "consumer" and cluster.line.startswith("3."):
        pytest.skip("that protocol came with Kafka 4")
    if protocol == "classic" and not cluster.line.startswith("3.") and not config.getoption("--matrix"):
        pytest.skip("on Kafka 4 in the matrix only: pytest --matrix")


def applied(ran: Ran) -> None:
    assert (ran.code, set(outcomes(ran).values())) == (0, {"applied"}), ran.text


def test_a_new_group_begins_where_the_plan_says_whatever_its_clients_say(
    live: KafkaCluster, shop: GroupShop, hand: Hand, readers: Readers, cell: set[str]
) -> None:
    hand.create(ORDERS, partitions=2)
    readers.produce(ORDERS, 3, 2)
    shop.groups(
        {
            **billing(startAt="earliest"),
            "billing.end": {"topics": [ORDERS], "startAt": "latest"},
            "billing.late": {"topics": [ORDERS], "startAt": "2020-01-01T00:00:00Z"},
            "billing.free": {"topics": [ORDERS]},
        }
    )
    plan = shop.run("plan", "-o", "json")
    assert plan.code == 0, plan.text
    fields = {
        (change["address"], ".".join(item["path"])): item["after"]
        for change in plan.json()["changes"]
        for item in change["differences"]
    }
    assert fields["kafka/groups/billing", f"offsets.{ORDERS}"] == [0, 0]
    assert fields["kafka/groups/billing.end", f"offsets.{ORDERS}"] == [3, 2]
    assert fields["kafka/groups/billing.late", f"offsets.{ORDERS}"] == [0, 0]
    assert not any(address == "kafka/groups/billing.free" for address, _ in fields), "its clients make it"
    text = shop.run("plan", "-v").text
    assert "fixed offsets: once retention deletes what is there" in " ".join(text.split())
    assert "up to 5 records of `orders.created` to read from there on" in " ".join(text.split())
    applied(shop.apply())
    assert readers.offsets("billing") == at(0, 0)
    assert readers.offsets("billing.end") == at(3, 2)
    with nothing_written(live):
        assert shop.apply().json()["results"] == []
    # These clients would begin at the end: it is the offsets that count.
    assert readers.read("billing", ORDERS, 5) == [(0, 0), (0, 1), (0, 2), (1, 0), (1, 1)]
    with nothing_written(live):
        again = shop.apply()
    assert (again.code, again.json()["results"]) == (0, []), again.text
    assert "has offsets of `orders.created`, left unchanged" in again.err
    assert readers.offsets("billing") == at(3, 2)
    exported = shop.run("export", "--select", "kind:groups")
    assert "offsets" not in exported.out
    assert "billing.end" in exported.out
    cell.add(f"kafka-{live.line}/groups/e2e-begins")


def test_a_group_and_its_topic_are_made_in_one_apply(live: KafkaCluster, shop: GroupShop, readers: Readers) -> None:
    shop.groups(billing(startAt="latest"), topics=(f"{ORDERS}: {{partitions: 3}}",))
    applied(shop.apply())
    assert readers.offsets("billing") == at(0, 0, 0)
    with nothing_written(live):
        assert shop.apply().json()["results"] == []


@pytest.mark.parametrize("protocol", ["classic", "consumer"])
def test_a_group_at_work_keeps_its_offsets_through_ten_applies(
    live: KafkaCluster,
    shop: GroupShop,
    hand: Hand,
    readers: Readers,
    protocol: str,
    monkeypatch: pytest.MonkeyPatch,
    pytestconfig: pytest.Config,
    cell: set[str],
) -> None:
    only(live, protocol, pytestconfig)
    hand.create(ORDERS, "orders.paid", partitions=2)
    readers.produce(ORDERS, 4, 4)
    monkeypatch.chdir(shop.root)
    with readers.working("billing", ORDERS, protocol):
        until(lambda: readers.offsets("billing") == at(4, 4))
        for number in range(10):
            place = "earliest" if number % 2 else "latest"
            shop.groups({"billing": {"topics": [ORDERS, "orders.paid"], "startAt": place}})
            assert run(["apply", "--auto-approve", "-q"]) == 0
            assert readers.offsets("billing") == at(4, 4)
        said = shop.run("plan").err
        assert "group `billing` has offsets of `orders.created`, left unchanged" in said
        assert "begins in `orders.paid` is left to `auto.offset.reset`: it has members" in said
        readers.produce(ORDERS, 1, 1)
        until(lambda: readers.offsets("billing") == at(5, 5))
    assert live.proxy.recorder.counts()["OffsetCommit"] == 0
    cell.add(f"kafka-{live.line}/groups/e2e-at-work-{protocol}")


@pytest.mark.parametrize("protocol", ["classic", "consumer"])
def test_a_reset_moves_a_group_once_exactly_as_planned_and_never_while_it_has_members(
    live: KafkaCluster,
    shop: GroupShop,
    hand: Hand,
    readers: Readers,
    protocol: str,
    pytestconfig: pytest.Config,
    cell: set[str],
) -> None:
    only(live, protocol, pytestconfig)
    hand.create(ORDERS, partitions=2)
    readers.produce(ORDERS, 6, 2)
    shop.groups(billing(resetTo=RESET))
    with readers.working("billing", ORDERS, protocol):
        until(lambda: readers.offsets("billing") == at(6, 2))
        with nothing_written(live):
            ran = shop.apply()
        assert ran.code == 3, ran.text
        assert "MQ220" in ran.err
        assert "group `billing` has members, and is not moved" in ran.err
    shop.groups(billing(resetTo={"to": 4, "id": "OPS-0"}))
    assert "topic `orders.created` has offsets 0 to 2 in partition 1" in shop.run("plan").err
    shop.groups(billing(resetTo=RESET))
    plan = shop.run("plan", "-v")
    assert plan.code == 0, plan.text
    assert "up to 8 records of `orders.created` are read again" in " ".join(plan.text.split())
    (change,) = shop.run("plan", "-o", "json").json()["changes"]
    moved = [(item["before"], item["after"]) for item in change["differences"] if item["path"][0] == "offsets"]
    assert moved == [([6, 2], [0, 0])]
    applied(shop.apply())
    assert readers.offsets("billing") == at(0, 0)
    assert readers.read("billing", ORDERS, 8)
    for _ in range(2):
        with nothing_written(live):
            assert shop.apply().json()["results"] == []
    assert readers.offsets("billing") == at(6, 2), "what has run stays run"
    # Also after the line went, and came back.
    shop.groups(billing())
    applied_nothing = shop.apply()
    assert applied_nothing.json()["results"] == []
    shop.groups(billing(resetTo=RESET))
    assert shop.apply().json()["results"] == []
    readers.commit("billing", ORDERS, 1, 1)
    shop.groups(billing(resetTo={"to": "latest", "id": "OPS-2"}))
    plan = shop.run("plan", "-v")
    assert "up to 6 records of `orders.created` are skipped: this group never gets them" in " ".join(plan.text.split())
    applied(shop.apply())
    assert readers.offsets("billing") == at(6, 2)
    cell.add(f"kafka-{live.line}/groups/e2e-reset-{protocol}")


def test_a_time_is_the_first_record_that_is_not_older(shop: GroupShop, hand_4: Hand, readers_4: Readers) -> None:
    hand_4.create(ORDERS, partitions=2)
    now = int(time.time() * 1_000)
    readers_4.produce(ORDERS, 3, 1, timestamp=now - 7_200_000)
    readers_4.produce(ORDERS, 2, timestamp=now - 60_000)
    readers_4.commit("billing", ORDERS, 5, 1)
    shop.groups(billing(resetTo={"to": "1h", "id": 1}))
    applied(shop.apply())
    assert readers_4.offsets("billing") == at(3, 1)


def test_a_saved_plan_moves_a_group_to_what_it_says_or_not_at_all(
    shop: GroupShop, hand_4: Hand, readers_4: Readers
) -> None:
    standing(hand_4, readers_4, 1)
    shop.groups(billing(resetTo={"to": "latest", "id": 1}))
    shop.save_plan()
    readers_4.produce(ORDERS, 1)
    ran = shop.apply_saved()
    assert ran.code == 5, ran.text
    assert "would become [5] now, and the plan says [4]" in ran.err
    shop.save_plan()
    readers_4.commit("billing", ORDERS, 2)
    ran = shop.apply_saved()
    assert ran.code == 5, ran.text
    shop.save_plan()
    applied(shop.apply_saved())
    assert readers_4.offsets("billing") == at(5)
    assert set(outcomes(shop.apply_saved()).values()) == {"already"}


def test_members_that_came_since_the_plan_keep_a_group_where_it_is_and_the_id_is_not_used_up(
    live_4: KafkaCluster, shop: GroupShop, hand_4: Hand, readers_4: Readers
) -> None:
    standing(hand_4, readers_4, 4)
    shop.groups(billing(resetTo=RESET))
    with ExitStack() as members:

        def join(_: int, request: KafkaRequest) -> None:
            if request.name == "OffsetCommit":
                live_4.proxy.on_request = None
                members.enter_context(readers_4.working("billing", ORDERS))

        live_4.proxy.on_request = join
        ran = shop.apply()
    assert ran.code != 0, ran.text
    assert outcomes(ran) == {"billing": "failed"}
    assert "has members, and is not moved" in ran.text
    assert readers_4.offsets("billing") == at(4)
    applied(shop.apply())
    assert readers_4.offsets("billing") == at(0)


@pytest.mark.parametrize("moment", [Moment.REQUEST, Moment.REPLY])
def test_an_apply_that_was_killed_over_a_reset_is_followed_by_no_second_one(
    live_4: KafkaCluster, shop: GroupShop, hand_4: Hand, readers_4: Readers, moment: Moment, cell: set[str]
) -> None:
    standing(hand_4, readers_4, 4)
    shop.groups(billing(resetTo=RESET))
    victim = shop.start("apply", "--auto-approve", "-q")

    def kill(_: int, request: KafkaRequest) -> None:
        if request.name == "OffsetCommit":
            victim.kill()
            live_4.proxy.cut_all()

    if moment is Moment.REQUEST:
        live_4.proxy.on_request = kill
    else:
        live_4.proxy.on_reply = kill
    assert victim.end().code == -9
    live_4.proxy.reset()
    there = at(4) if moment is Moment.REQUEST else at(0)
    assert readers_4.offsets("billing") == there, "it was recorded before it was sent"
    readers_4.commit("billing", ORDERS, 4)  # its clients have come to the end again
    with nothing_written(live_4, but_records=True):
        ran = shop.apply("--no-lock")
    assert (ran.code, ran.json()["results"]) == (0, []), ran.text
    assert "MQ219" in ran.err
    assert "not seen to be done" in ran.err
    assert readers_4.offsets("billing") == at(4)
    shop.groups(billing(resetTo={**RESET, "id": "OPS-2"}))
    applied(shop.apply("--no-lock"))
    assert readers_4.offsets("billing") == at(0)
    cell.add(f"kafka-{live_4.line}/groups/e2e-killed-over-a-reset")


def test_without_records_a_group_is_moved_under_its_digest_alone(
    live_4: KafkaCluster, shop: GroupShop, hand_4: Hand, readers_4: Readers
) -> None:
    standing(hand_4, readers_4, 3)
    user = User(live_4)
    user.allow_on_cluster("DESCRIBE", "DESCRIBE_CONFIGS")
    user.allow(ORDERS, "READ", "DESCRIBE_CONFIGS")
    user.allow_in_group("billing", "READ", "DESCRIBE_CONFIGS")
    shop.clusters(kafka=user.block(DEPLOYER))
    shop.groups(billing(resetTo=RESET))
    plan = as_(user, shop, "plan", "-o", "json")
    ran = as_(user, shop, "apply", "--auto-approve", "--no-lock")
    assert ran.code == 3, ran.text
    assert "MQ218" in ran.err
    assert readers_4.offsets("billing") == at(3)
    digest = plan.json()["digest"]
    ran = as_(user, shop, "apply", "--expect", digest, "--no-lock")
    assert ran.code == 0, ran.text
    assert readers_4.offsets("billing") == at(0)
    readers_4.commit("billing", ORDERS, 3)
    readers_4.commit("billing", ORDERS, 4)
    assert as_(user, shop, "apply", "--expect", digest, "--no-lock").code == 5, "the digest fits once"
    assert readers_4.offsets("billing") == at(4)


def as_(user: User, shop: GroupShop, *arguments: str) -> Ran:
    return shop.run(*arguments, env={DEPLOYER: user.password})


def test_a_group_is_deleted_only_without_members_and_with_consent_to_its_positions(
    live: KafkaCluster, shop: GroupShop, hand: Hand, readers: Readers, cell: set[str]
) -> None:
    hand.create(ORDERS)
    readers.produce(ORDERS, 4)
    line = "removed:\n  kafka/groups/billing: {evenIf: [positions], until: " + str(SOON) + ", reason: OPS-1}\n"
    shop.groups({}, topics=(f"{ORDERS}: {{}}",), more=line.replace("positions", "positions, consumers"))
    with readers.working("billing", ORDERS):
        until(lambda: readers.offsets("billing") == at(4))
        ran = shop.apply()
        assert ran.code == 3, ran.text
        assert "group `billing` has members, and Kafka deletes none that has any" in ran.err
    shop.groups({}, topics=(f"{ORDERS}: {{}}",), more="removed:\n  kafka/groups/billing: {reason: OPS-1}\n")
    ran = shop.apply()
    assert ran.code == 3, ran.text
    assert "where it stands in 1 partition would be lost" in ran.err
    assert "evenIf: [positions]" in ran.err
    shop.groups({}, topics=(f"{ORDERS}: {{}}",), more=line)
    applied(shop.apply())
    assert readers.names() == set()
    with nothing_written(live):
        assert shop.apply().json()["results"] == []
    cell.add(f"kafka-{live.line}/groups/e2e-deleted")


def test_rights_that_are_missing_are_named_before_anything_is_sent(
    live: KafkaCluster, shop: GroupShop, hand: Hand, readers: Readers
) -> None:
    hand.create(ORDERS, "orders.paid")
    readers.commit("billing.seen", ORDERS, 1)
    user = User(live)
    user.allow(RECORDS, "READ", "WRITE")
    user.allow(ORDERS, "READ", "DESCRIBE_CONFIGS")
    user.allow_in_group("billing", "DESCRIBE_CONFIGS")
    user.allow_in_group("billing.seen", "READ", "DESCRIBE_CONFIGS")
    shop.clusters(kafka=user.block(DEPLOYER))
    shop.groups(
        {
            **billing(startAt="earliest"),
            "billing.hidden": {"topics": [ORDERS], "startAt": "earliest"},
            "billing.seen": {"topics": [ORDERS], "startAt": "earliest"},
        }
    )
    ran = as_(user, shop, "apply", "--auto-approve")
    assert ran.code == 3, ran.text
    assert "this needs Read on group `billing`" in ran.err
    assert f"--allow-principal User:{user.name} --operation Read --group billing`" in ran.err
    assert "`billing.hidden` can't be seen: not allowed: this needs Describe on group `billing.hidden`" in ran.err
    assert readers.names() == {"billing.seen"}
    user.allow_in_group("billing", "READ")
    held = ("--exclude", "name:billing.hidden")
    ran = as_(user, shop, "apply", "--auto-approve", *held, "-o", "json")
    applied(ran)
    assert readers.offsets("billing") == at(0)
    assert readers.offsets("billing.seen") == at(1)


def test_offsets_that_may_not_be_seen_are_not_taken_for_none(
    live_4: KafkaCluster, shop: GroupShop, hand_4: Hand, readers_4: Readers
) -> None:
    standing(hand_4, readers_4, 3)
    user = User(live_4)
    user.allow(RECORDS, "READ", "WRITE")
    user.allow_in_group("billing", "READ", "DESCRIBE_CONFIGS")
    shop.clusters(kafka=user.block(DEPLOYER))
    shop.groups(billing(startAt="earliest"))
    ran = as_(user, shop, "apply", "--auto-approve")
    assert ran.code == 3, ran.text
    assert readers_4.offsets("billing") == at(3)


def test_settings_of_groups_are_set_read_back_and_taken_back(
    live_4: KafkaCluster, shop: GroupShop, readers_4: Readers, cell: set[str]
) -> None:
    shop.groups({"billing.share": {"type": "share", "config": {"share.auto.offset.reset": "earliest"}}})
    applied(shop.apply())
    assert readers_4.settings("billing.share") == {"share.auto.offset.reset": "earliest"}
    with nothing_written(live_4):
        assert shop.apply().json()["results"] == []
    shop.groups({"billing.share": {"type": "share", "config": {"consumer.session.timeout.ms": 1}}})
    ran = shop.run("plan")
    assert ran.code == 3, ran.text
    assert "must be in the range" in ran.err
    shop.groups({"billing.share": {"type": "share", "config": {"share.heartbeat.interval.ms": "6s"}}})
    applied(shop.apply())
    assert readers_4.settings("billing.share") == {"share.heartbeat.interval.ms": "6000"}, "what we set is unset"
    cell.add(f"kafka-{live_4.line}/groups/e2e-settings")


def test_a_share_group_is_seen_and_deleted_without_members(
    live_4: KafkaCluster, shop: GroupShop, hand_4: Hand, readers_4: Readers, cell: set[str]
) -> None:
    hand_4.create(ORDERS)
    readers_4.produce(ORDERS, 2)
    shop.groups({"billing.share": {"type": "share", "topics": [ORDERS]}})
    line = "removed:\n  kafka/groups/billing.share: {evenIf: [positions], until: " + str(SOON) + ", reason: OPS-1}\n"
    with readers_4.sharing("billing.share", ORDERS):
        until(lambda: "billing.share" in shop.run("export", "--select", "kind:groups").out)
        assert shop.apply().json()["results"] == []
        shop.groups({"billing.share": {"type": "consumer", "topics": [ORDERS]}})
        assert "MQ203" in shop.run("plan").err
        shop.groups({}, topics=(f"{ORDERS}: {{}}",), more=line)
        ran = shop.run("plan")
        assert ran.code == 3, ran.text
        assert "group `billing.share` has members" in ran.err
    shop.groups({}, topics=(f"{ORDERS}: {{}}",), more=line)
    applied(shop.apply())
    with nothing_written(live_4):
        assert shop.apply().json()["results"] == []
    cell.add(f"kafka-{live_4.line}/groups/e2e-share")


def test_kafka_3_has_no_settings_of_groups_and_that_is_said(live: KafkaCluster, shop: GroupShop) -> None:
    if not live.line.startswith("3."):
        pytest.skip("Kafka 4 has them")
    shop.groups({"billing": {"config": {"consumer.session.timeout.ms": "50s"}}})
    ran = shop.run("plan")
    assert ran.code == 3, ran.text
    assert "`consumer.session.timeout.ms`" in ran.err
    assert "4.0" in ran.err


def test_the_way_back_of_a_reset_is_where_the_group_was(
    shop: GroupShop, hand_4: Hand, readers_4: Readers, run_quietly: Callable[..., int]
) -> None:
    hand_4.create(ORDERS, partitions=2)
    readers_4.produce(ORDERS, 6, 2)
    readers_4.commit("billing", ORDERS, 5, 1)
    shop.groups(billing(resetTo=RESET))
    assert run_quietly("apply", "--auto-approve", "-o", "before=before.json") == 0
    assert readers_4.offsets("billing") == at(0, 0)
    assert run_quietly("apply", "--auto-approve", "--desired", "before.json") == 0
    assert readers_4.offsets("billing") == at(5, 1)


@pytest.fixture
def run_quietly(shop: GroupShop, monkeypatch: pytest.MonkeyPatch) -> Callable[..., int]:
    monkeypatch.chdir(shop.root)
    return lambda *arguments: run([*arguments, "-q"])
