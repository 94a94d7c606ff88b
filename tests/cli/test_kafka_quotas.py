"""Quotas on Kafka through the command line, on the sandbox."""

import json
from collections.abc import Callable

import pytest

from tests.cli.conftest import Project

PROJECT = """\
apiVersion: mqinfra/v1
kind: Project
metadata: {name: shop}
manifests: [topology/]
scope: {kafka: {principals: ["User:billing"], quotas: ["clientId=web-*"]}}
environments:
  local:
    clusters:
      kafka: {type: kafka, sandbox: {brokers: 3}}
"""
HEAD = "apiVersion: mqinfra/v1\nkind: Topology\nmetadata: {name: t}\nkafka:\n  quotas:\n"
MINE = "    of billing: {user: billing, limits: {producer_byte_rate: 10MB, request_percentage: 50}}\n"
BOTH = "    backfill: {user: billing, clientId: web, limits: {consumer_byte_rate: 1MiB}}\n"
WEB = "    web: {clientId: web-1, limits: {consumer_byte_rate: 1MiB}}\n"
USER = "kafka/quotas/user=billing"


@pytest.fixture
def shop(begin: Callable[[str], Project]) -> Project:
    return begin(PROJECT)


def test_entries_stand_under_labels_and_are_named_by_whom_they_are_about(shop: Project) -> None:
    shop.topology(HEAD + MINE + BOTH + WEB)
    assert shop.mq("apply", "--auto-approve").code == 0
    addresses = [USER, "kafka/quotas/clientId=web,user=billing", "kafka/quotas/clientId=web-1"]
    assert sorted(shop.live()) == sorted(addresses)
    shop.topology(HEAD + MINE.replace("of billing", "another label") + BOTH + WEB)
    assert "No changes." in shop.mq("plan").out


def test_an_export_has_labels_and_is_what_there_is(shop: Project) -> None:
    shop.topology(HEAD + MINE + BOTH + WEB)
    assert shop.mq("apply", "--auto-approve").code == 0
    exported = shop.mq("export").out
    assert "\n    billing:\n      user: billing\n      limits:\n" in exported
    assert "\n    billing-web:\n      user: billing\n      clientId: web\n" in exported
    shop.topology(exported)
    assert "No changes." in shop.mq("plan").out


def test_two_entries_about_the_same_say_where_both_are(shop: Project) -> None:
    shop.topology(HEAD + MINE + MINE.replace("of billing", "again").replace("10MB", "5MB"))
    ran = shop.mq("validate")
    assert ran.code == 1
    assert "orders.yaml:6" in ran.out
    assert "orders.yaml:7" in ran.out


@pytest.mark.parametrize(
    ("entry", "owned"),
    [
        ("{user: billing, limits: {request_percentage: 5}}", True),
        ("{user: billing, clientId: x, limits: {request_percentage: 5}}", True),
        ("{clientId: web-2, limits: {request_percentage: 5}}", True),
        ("{user: mail, limits: {request_percentage: 5}}", False),
        ("{user: <default>, limits: {request_percentage: 5}}", False),
        ("{clientId: mail, limits: {request_percentage: 5}}", False),
        ("{clientId: User:billing, limits: {request_percentage: 5}}", False),
        ("{ip: 10.0.0.1, limits: {connection_creation_rate: 5}}", False),
    ],
)
def test_a_quota_is_owned_with_its_user_or_by_its_own_pairs(shop: Project, entry: str, owned: bool) -> None:  # noqa: FBT001 - a case
    shop.topology(f"{HEAD}    x: {entry}\n")
    ran = shop.mq("validate")
    assert ("MQ600" in ran.out) is not owned, ran.out


def test_a_quota_goes_by_a_line_only_and_a_limit_that_is_dropped_with_what_it_opens(shop: Project) -> None:
    shop.topology(HEAD + MINE + WEB)
    assert shop.mq("apply", "--auto-approve").code == 0
    shop.topology(HEAD + MINE.replace(", request_percentage: 50", "") + WEB)
    assert "opens: nothing limits the request time of user `billing` any more" in shop.mq("plan", "-v").out
    assert shop.mq("apply", "--auto-approve").code == 0
    assert shop.live()[USER]["spec"] == {"user": "billing", "limits": {"producer_byte_rate": 10_000_000}}
    shop.topology(HEAD + WEB)
    plan = json.loads(shop.mq("plan", "-o", "json").out)
    assert plan["changes"] == []
    assert [one["address"] for one in plan["undeclared"]] == [USER]
    assert USER in shop.live()
    shop.topology(HEAD + WEB + f"removed: {{{USER}: {{}}}}\n")
    assert shop.mq("apply", "--auto-approve").code == 0
    assert USER not in shop.live()


def test_limits_of_others_on_ours_are_left_and_shown(shop: Project) -> None:
    shop.topology(HEAD + MINE)
    assert shop.mq("apply", "--auto-approve").code == 0

    def by_others(live: dict[str, dict[str, object]]) -> None:
        spec = live[USER]["spec"]
        assert isinstance(spec, dict)
        spec["limits"]["consumer_byte_rate"] = 7

    shop.by_hand(by_others)
    ran = shop.mq("plan", "-v")
    assert "No changes" in ran.out
    assert "consumer_byte_rate" in ran.out
    shop.topology(HEAD + MINE.replace("10MB", "5MB"))
    assert shop.mq("apply", "--auto-approve").code == 0
    assert "7" in json.dumps(shop.live()[USER])
