"""Logins and rights of a stranger, and groups that are watched, on real brokers."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from mqinfra.providers.kafka.api.acl import Acl
from tests.brokers.kafka.node import ADMIN
from tests.integration.kafka.e2e.groups import GroupShop, Readers
from tests.integration.kafka.e2e.hand import Hand
from tests.integration.kafka.e2e.shop import Shop
from tests.integration.kafka.verification.verified import verify
from tests.integration.verified import results

if TYPE_CHECKING:
    from tests.brokers.kafka.cluster import KafkaCluster

RIGHTS = ("V29", "V30", "V31", "V32")
ONLY = tuple(word for check in RIGHTS for word in ("--only", check))
TOPIC = "orders.new: {partitions: 1, replicationFactor: 1}"


def secure(shop: Shop, cluster: KafkaCluster) -> None:
    sasl = f"{{mechanism: SCRAM-SHA-512, username: {ADMIN.name}, password: {{env: ADMIN}}}}"
    shop.clusters(
        kafka=f'{{type: kafka, bootstrap: "{cluster.sasl_bootstrap}", '
        f"security: {{allowPlaintextCredentials: true, sasl: {sasl}}}}}"
    )


@pytest.fixture
def secured(live_4: KafkaCluster, shop: Shop, monkeypatch: pytest.MonkeyPatch) -> Iterator[KafkaCluster]:
    """The project logs in as a super user, where others are held to their ACLs."""
    monkeypatch.setenv("ADMIN", ADMIN.password)
    secure(shop, live_4)
    shop.topics(TOPIC)
    ran = shop.apply()
    assert ran.code == 0, ran.text
    yield live_4
    live_4.wipe_acls()


def test_a_stranger_is_denied_what_it_is_not_granted_and_leaves_no_trace(secured: KafkaCluster, shop: Shop) -> None:
    hand = Hand(secured)
    before = hand.acls()
    found = verify(shop, *ONLY)
    assert results(found) == {f"{check} orders.new": "pass" for check in RIGHTS}
    assert found["V32 orders.new"]["evidence"] == (
        "4 operations denied (GROUP_AUTHORIZATION_FAILED, TOPIC_AUTHORIZATION_FAILED)"
    )
    assert hand.acls() == before
    assert "nothing to delete" in shop.run("verify", "--gc", "--older-than", "0s").text
    old = "User:__mqinfra_canary.20200101T000000Z-abcdef.nobody"
    hand.create_acls(Acl("topic", "orders.new", "literal", old, "*", "Read", "allow"))
    assert f"deleted kafka: acl {old} Read topic" in shop.run("verify", "--gc").text
    assert hand.acls() == before


def test_a_declared_user_is_denied_what_nobody_granted_it_and_fails_with_a_right_on_every_topic(
    secured: KafkaCluster, shop: Shop, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("BILLING", "billing-of-a-test")
    shop.scope = '{topics: ["orders.*"], principals: ["User:billing"]}'
    secure(shop, secured)
    shop.topology("kafka:\n  users:\n    billing: {password: {env: BILLING}}\n", "users")
    assert shop.apply().code == 0
    found = verify(shop, "--only", "V31:billing")
    assert results(found) == {"V31 billing": "pass"}, found
    hand = Hand(secured)
    hand.create_acls(Acl("topic", "*", "literal", "User:billing", "*", "Read", "allow"))
    found = verify(shop, "--only", "V31:billing", code=7)
    assert found["V31 billing"]["offenders"] == ["read beside the grant"]


@pytest.mark.slow_faults
def test_an_acl_for_everybody_and_every_topic_fails(secured: KafkaCluster, shop: Shop) -> None:
    hand = Hand(secured)
    hand.create_acls(Acl("topic", "*", "literal", "User:*", "*", "Read", "allow"))
    found = verify(shop, *ONLY, code=7)
    assert (found["V31 orders.new"]["offenders"], found["V32 orders.new"]["offenders"]) == (
        ["read beside the grant"],
        ["read as a stranger"],
    )
    hand.create_acls(Acl("topic", "*", "literal", "User:*", "*", "Write", "deny"))
    found = verify(shop, *ONLY, code=7)
    assert found["V30 orders.new"]["offenders"] == ["write with a grant"]


def test_a_group_that_reads_passes_and_one_that_stands_still_fails(live_4: KafkaCluster, tmp_path: Path) -> None:
    shop, readers = GroupShop(tmp_path / "groups"), Readers(live_4)
    shop.clusters(kafka=f'{{type: kafka, bootstrap: "{live_4.bootstrap}"}}')
    shop.groups({"billing": {"topics": ["orders.new"]}}, topics=(TOPIC,))
    assert shop.apply().code == 0
    only = ("--only", "V37", "--only", "V38")
    assert set(results(verify(shop, *only, code=8)).values()) == {"inconclusive"}
    readers.produce("orders.new", 5)
    with readers.working("billing", "orders.new"):
        readers_done = verify(shop, *only)
        assert results(readers_done) == {"V37 billing": "pass", "V38 billing": "pass"}
    readers.produce("orders.new", 5)
    found = verify(shop, *only, code=7)
    assert results(found) == {"V37 billing": "inconclusive", "V38 billing": "fail"}


def test_a_group_that_is_behind_for_longer_than_promised_fails(live_4: KafkaCluster, tmp_path: Path) -> None:
    shop, readers = GroupShop(tmp_path / "groups"), Readers(live_4)
    shop.clusters(kafka=f'{{type: kafka, bootstrap: "{live_4.bootstrap}"}}')

    def promise(most: str) -> None:
        shop.groups({"billing": {"topics": ["orders.new"], "promises": {"maxDelay": most}}}, topics=(TOPIC,))

    promise("1h")
    assert shop.apply().code == 0
    only = ("--only", "V38b")
    assert results(verify(shop, *only, code=8)) == {"V38b billing": "inconclusive"}
    readers.produce("orders.new", 5)
    readers.commit("billing", "orders.new", 0)
    found = verify(shop, *only)["V38b billing"]
    assert (found["result"], found["evidence"]) == ("pass", "5 waiting, none longer than `1h`")
    promise("1ms")
    found = verify(shop, *only, code=7)["V38b billing"]
    assert (found["result"], found["evidence"]) == ("fail", "5 waiting, 5 of them longer than `1ms`")
