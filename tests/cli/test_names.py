"""An environment with names of its own, through all commands: what they say, and what they take."""

import json
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from tests.command import Ran
from tests.unit.names.project import CLUSTERS, NAMES, PROJECT, TOPOLOGY

TEXT = (
    TOPOLOGY.partition("rabbitmq:")[0]
    .replace("topics:\n", "topics:\n    orders.old: {partitions: 1}\n", 1)
    .replace('    - {principal: "User:CN=x", resource: transactionalId, name: tx, operation: Write}\n', "")
)
POLICY = """\
policy:
  rules:
    names: {match: "kind:topics", names: "orders[.][a-z]+([.]dlq)?"}
    few: {match: "name:orders.old", limits: {partitions: {max: 0}}}
"""


@pytest.fixture
def shop(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    tmp_path.joinpath("mqinfra.yaml").write_text(PROJECT.format(clusters=CLUSTERS, names=NAMES), encoding="utf-8")
    tmp_path.joinpath("shop.yaml").write_text(TEXT, encoding="utf-8")
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("MQINFRA_ENV", "staging")
    monkeypatch.setenv("P", "secret")
    return tmp_path


def test_an_apply_makes_real_names_once(shop: Path, mq: Callable[..., Ran]) -> None:
    ran = mq("apply", "--auto-approve")
    assert ran.code == 0, ran.err + ran.out
    assert mq("plan", "--detailed-exitcode").code == 0
    assert "stg.orders.created.dlq" in shop.joinpath(".mqinfra/sandbox/staging/kafka.json").read_text(encoding="utf-8")
    assert mq("drift").code == 0


@pytest.mark.usefixtures("shop")
@pytest.mark.parametrize("selector", ["name:orders.old", "name:stg.orders.old", "kafka/topics/stg.orders.old"])
def test_a_selection_takes_real_and_declared_names(selector: str, mq: Callable[..., Ran]) -> None:
    ran = mq("plan", "--select", selector, "-o", "json")
    assert ran.code == 0, ran.err
    assert [item["address"] for item in json.loads(ran.out)["changes"]] == ["kafka/topics/stg.orders.old"]


def test_the_line_that_a_plan_prints_deletes_what_it_is_about(shop: Path, mq: Callable[..., Ran]) -> None:
    assert mq("apply", "--auto-approve").code == 0
    less = TEXT.replace("    orders.old: {partitions: 1}\n", "")
    shop.joinpath("shop.yaml").write_text(less, encoding="utf-8")
    plan = mq("plan", "--undeclared")
    assert "removed: {kafka/topics/orders.old: {}}" in plan.out
    shop.joinpath("shop.yaml").write_text(less + "removed: {kafka/topics/orders.old: {}}\n", encoding="utf-8")
    changes = json.loads(mq("plan", "-o", "json").out)["changes"]
    assert [(item["address"], item["action"]) for item in changes] == [("kafka/topics/stg.orders.old", "delete")]


def test_what_is_there_from_before_gets_a_line_that_says_so(shop: Path, mq: Callable[..., Ran]) -> None:
    project = PROJECT.format(clusters=CLUSTERS, names="{}")
    shop.joinpath("mqinfra.yaml").write_text(project, encoding="utf-8")
    assert mq("apply", "--auto-approve").code == 0
    project = PROJECT.format(clusters=CLUSTERS, names="{kafka/topics: {prefix: stg.}}")
    wider = project.replace("scope:\n  kafka: {", "scope:\n  kafka: {wholeCluster: true, ")
    shop.joinpath("mqinfra.yaml").write_text(wider, encoding="utf-8")
    line = "kafka/topics/orders.old: {asWritten: true}"
    assert f"removed: {{{line}}}" in mq("plan", "--undeclared").out
    shop.joinpath("shop.yaml").write_text(TEXT + f"removed: {{{line}}}\n", encoding="utf-8")
    changes = json.loads(mq("plan", "-o", "json").out)["changes"]
    assert ("kafka/topics/orders.old", "delete") in [(item["address"], item["action"]) for item in changes]


def test_an_export_has_declared_names_and_sugar_and_plans_nothing(shop: Path, mq: Callable[..., Ran]) -> None:
    assert mq("apply", "--auto-approve").code == 0
    ran = mq("export", "-o", "yaml=shop.yaml")
    assert ran.code == 0, ran.err
    assert "left out" not in ran.err
    text = shop.joinpath("shop.yaml").read_text(encoding="utf-8")
    assert "stg" not in text
    assert "    orders.created:\n      deadLetter: true\n" in text
    assert "topic: shared\n          external: true" in text
    again = mq("plan", "-o", "json")
    assert again.code == 0, again.err
    assert json.loads(again.out)["changes"] == []


def test_an_export_says_what_it_leaves_out_for_its_name(shop: Path, mq: Callable[..., Ran]) -> None:
    deny = '    - {principal: "User:billing", resource: topic, name: theirs, operation: Write, permission: deny}\n'
    shop.joinpath("shop.yaml").write_text(TEXT.replace("  acls:\n", f"  acls:\n{deny}"), encoding="utf-8")
    names = NAMES.replace('kafka/topics: {prefix: "stg."}', 'kafka/topics: {prefix: "stg.", except: [shared, theirs]}')
    shop.joinpath("mqinfra.yaml").write_text(PROJECT.format(clusters=CLUSTERS, names=names), encoding="utf-8")
    ran = mq("apply", "--auto-approve")
    assert ran.code == 0, ran.err
    assert "permission: deny" in mq("export").out
    shop.joinpath("mqinfra.yaml").write_text(PROJECT.format(clusters=CLUSTERS, names=NAMES), encoding="utf-8")
    ran = mq("export")
    assert ran.code == 0, ran.err
    assert "left out 1 without the prefix or suffix of staging" in ran.err
    assert "permission: deny" not in ran.out


def test_policies_and_suppressions_speak_of_declared_names(shop: Path, mq: Callable[..., Ran]) -> None:
    project = PROJECT.format(clusters=CLUSTERS, names=NAMES).replace("environments:\n", POLICY + "environments:\n")
    shop.joinpath("mqinfra.yaml").write_text(project, encoding="utf-8")
    ran = mq("validate")
    assert "does not match" not in ran.out
    assert ran.code != 0
    assert "kafka/topics/stg.orders.old" in ran.out
    known = "suppressed: {'name:orders.old': {checks: [few], reason: OPS-1, until: UNTIL}}\n"
    until = str((datetime.now(UTC) + timedelta(days=5)).date())
    shop.joinpath("shop.yaml").write_text(TEXT + known.replace("UNTIL", until), encoding="utf-8")
    assert mq("validate").code == 0


def test_the_scope_to_write_has_declared_names(shop: Path, mq: Callable[..., Ran]) -> None:
    shop.joinpath("shop.yaml").write_text(TEXT.replace("orders.old:", "others.old:"), encoding="utf-8")
    ran = mq("validate")
    assert "`stg.others.old` is outside" in ran.out
    assert '`topics: ["orders.*", "app-*", others.old]`' in ran.out
