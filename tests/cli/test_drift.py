"""`drift`: what somebody else did since the last apply, and nothing that the manifests did."""

import json

import pytest

from mqinfra.model.diagnostic import Diagnostic
from mqinfra.model.errors import UserError
from mqinfra.providers.base.records import Stored
from mqinfra.providers.sandbox.records import SandboxStore
from tests.cli.conftest import TOPOLOGY, Project

CREATED, CANCELLED = "kafka/topics/orders.created", "kafka/topics/orders.cancelled"


@pytest.fixture
def applied(project: Project) -> Project:
    assert project.mq("apply", "--auto-approve").code == 0
    return project


def test_without_drift_it_exits_0_whatever_the_manifests_say(applied: Project) -> None:
    applied.topics("    orders.created: {partitions: 24}\n    orders.cancelled: {partitions: 6}\n")
    ran = applied.mq("drift")
    assert (ran.code, ran.out) == (0, "No drift.\n")


def test_a_value_that_somebody_else_set_is_named_with_both_and_exits_2(applied: Project) -> None:
    def edit(live: dict[str, dict[str, object]]) -> None:
        live[CREATED]["spec"]["config"]["retention.ms"] = 5  # type: ignore[index]

    applied.by_hand(edit)
    ran = applied.mq("drift")
    assert ran.code == 2
    assert "config.retention.ms: 604800000 was applied, 5 is there" in ran.out
    found = json.loads(applied.mq("drift", "-o", "json").out)["resources"]
    assert [(item["address"], item["fields"]) for item in found] == [
        (CREATED, [{"path": ["config", "retention.ms"], "applied": 604800000, "live": 5}])
    ]


def test_what_was_deleted_or_made_again_drifted(applied: Project) -> None:
    def edit(live: dict[str, dict[str, object]]) -> None:
        del live[CREATED]
        live[CANCELLED]["identity"] = "another"

    applied.by_hand(edit)
    ran = applied.mq("drift")
    assert ran.code == 2
    assert f"{CREATED} was deleted\n" in ran.out
    assert f"{CANCELLED} was deleted and made again\n" in ran.out


def test_what_has_no_record_is_held_against_the_manifest_and_said_to_be(applied: Project) -> None:
    def edit(live: dict[str, dict[str, object]]) -> None:
        live["kafka/topics/orders.new"] = live[CREATED] | {"identity": "theirs"}

    applied.by_hand(edit)
    declared = TOPOLOGY.partition("topics:\n")[2]
    applied.topics(declared + "    orders.new: {partitions: 3}\n    orders.absent: {}\n")
    ran = applied.mq("drift")
    assert ran.code == 2
    assert "kafka/topics/orders.new differs from the manifest; no record tells why\n" in ran.out
    assert "partitions: 3 is declared, 12 is there" in ran.out
    assert "orders.absent" not in ran.out
    assert ran.out.endswith("1 resource without a record differs\n")
    (found,) = json.loads(applied.mq("drift", "-o", "json").out)["resources"]
    assert (found["recorded"], found["address"]) == (False, "kafka/topics/orders.new")


def test_where_records_can_not_be_read_everything_is_held_against_the_manifests(
    applied: Project, monkeypatch: pytest.MonkeyPatch
) -> None:
    def unreadable(_: SandboxStore) -> Stored:
        raise UserError([Diagnostic(code="MQ346", message="no right")])

    monkeypatch.setattr(SandboxStore, "load", unreadable)
    ran = applied.mq("drift")
    assert (ran.code, ran.out) == (
        1,
        "not known of kafka: its records can't be read; held against the manifests\nNo drift.\n",
    )

    def edit(live: dict[str, dict[str, object]]) -> None:
        live[CREATED]["spec"]["config"]["retention.ms"] = 5  # type: ignore[index]
        del live[CANCELLED]

    applied.by_hand(edit)
    ran = applied.mq("drift")
    assert ran.code == 2
    assert f"{CREATED} differs from the manifest; no record tells why\n" in ran.out
    assert f"{CANCELLED} is declared, and is not there\n" in ran.out
    assert ran.out.endswith("2 resources without a record differ\n")


def test_it_can_be_posted_as_a_comment(applied: Project) -> None:
    marker = "<!-- mqinfra:drift:shop/local -->\n"
    assert applied.mq("drift", "-o", "markdown").out == f"{marker}### `shop` / `local`: No drift.\n"

    def edit(live: dict[str, dict[str, object]]) -> None:
        live[CREATED]["spec"]["config"]["retention.ms"] = 5  # type: ignore[index]

    applied.by_hand(edit)
    ran = applied.mq("drift", "-o", "markdown")
    assert ran.code == 2
    assert ran.out.startswith(f"{marker}### `shop` / `local`: 1 resource drifted\n")
    assert "| what | was applied -> is there |\n" in ran.out
    assert "| `topic orders.created` | `retention.ms 604800000 -> 5` |\n" in ran.out


def test_a_plan_tells_drift_from_intent_in_its_comment_too(applied: Project) -> None:
    def edit(live: dict[str, dict[str, object]]) -> None:
        live[CREATED]["spec"]["config"]["retention.ms"] = 5  # type: ignore[index]

    applied.by_hand(edit)
    assert "drift: applied as 7d" in applied.mq("plan", "-o", "markdown").out
