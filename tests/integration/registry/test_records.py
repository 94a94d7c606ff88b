"""Records of a registry on another cluster: a sandbox keeps those of a registry that behaves as Confluent's does."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

import pytest

from tests.integration.registry.project import Project

if TYPE_CHECKING:
    from pathlib import Path

    from tests.brokers.registry.confluent import Confluent
    from tests.command import Ran

LONG = {"type": "avro", "schema": '"long"'}
TEXT = {"type": "avro", "schema": '"string"'}


class Kept(Project):
    """A project whose registry keeps its records on `kafka`, which is a sandbox."""

    def said(self, ran: Ran) -> str:
        return " ".join(ran.text.split())


@pytest.fixture
def kept(confluent: Confluent, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Kept:
    block = f'{{type: registry, url: "{confluent.url}", records: kafka}}\n      kafka: {{type: kafka, sandbox: true}}'
    project = Kept(tmp_path / "shop", block, lambda: confluent.written, monkeypatch)
    text = (project.root / "mqinfra.yaml").read_text(encoding="utf-8")
    lines = [line for line in text.splitlines() if not line.startswith("defaults:")]
    (project.root / "mqinfra.yaml").write_text("\n".join(lines) + "\n", encoding="utf-8")
    return project


def test_what_is_no_longer_declared_is_ours_and_needs_a_line(kept: Kept) -> None:
    kept.declare({"orders": LONG, "old": LONG})
    kept.converge()
    kept.declare({"orders": LONG})
    told = kept.said(kept.plan("--undeclared"))
    assert "no longer declared; left in place" in told
    assert "removed: {registry/subjects/old: {}}" in told
    kept.declare({"orders": LONG}, {"registry/subjects/old": {}})
    kept.converge()
    kept.declare({"orders": LONG})
    assert "old" not in kept.said(kept.plan("--undeclared"))


def test_drift_is_told_from_intent(kept: Kept, confluent: Confluent) -> None:
    kept.declare({"orders": {**LONG, "compatibility": "FULL"}, "others": {**LONG, "compatibility": "FULL"}})
    kept.converge()
    confluent.registry.levels["orders"] = {"compatibilityLevel": "NONE"}
    told = kept.mq("drift", "-o", "json", code=2)
    assert "registry/subjects/orders" in told.out
    assert "registry/subjects/others" not in told.out
    kept.mq("apply", "--auto-approve")
    kept.declare({"orders": {**LONG, "compatibility": "FORWARD"}, "others": {**LONG, "compatibility": "FULL"}})
    assert "registry/subjects/orders" not in kept.mq("drift").out


def test_metadata_that_we_set_and_nobody_declares_any_more_is_unset(kept: Kept, confluent: Confluent) -> None:
    owner, tags = {"properties": {"owner": "shop"}}, {"tags": {"Order.id": ["PII"]}}
    kept.declare({"orders": {**LONG, "metadata": {**owner, **tags}}})
    kept.converge()
    kept.declare({"orders": {**LONG, "metadata": owner}})
    assert "not declared any more" in kept.said(kept.converge())
    assert confluent.registry.live("orders")[-1].body["metadata"] == owner


def test_what_nobody_made_is_adopted_only_when_asked(kept: Kept, confluent: Confluent) -> None:
    confluent.registry.register("orders", {"schema": '"long"'})
    confluent.registry.register("same", {"schema": '"long"'})
    kept.declare({"orders": {**LONG, "compatibility": "NONE"}, "same": LONG})
    told = kept.said(kept.plan(code=3))
    assert "subject `orders` exists, differs, and no project claims it" in told
    assert "1 to record" in told
    kept.mq("apply", "--auto-approve", "--adopt")
    assert "claims" not in kept.said(kept.plan("--detailed-exitcode"))
    status = json.loads(kept.mq("status", "-o", "json").out)
    (registry,) = [one for one in status["clusters"] if one["alias"] == "registry"]
    assert registry["records"] == {"created": 0, "adopted": 1, "found": 1}
    assert registry["place"].endswith("on `kafka`")


def test_what_another_project_claims_is_refused_by_name(kept: Kept, confluent: Confluent) -> None:
    kept.declare({"orders": LONG})
    kept.converge()
    text = (kept.root / "mqinfra.yaml").read_text(encoding="utf-8")
    (kept.root / "mqinfra.yaml").write_text(text.replace("name: shop", "name: billing"), encoding="utf-8")
    confluent.registry.levels["orders"] = {"compatibilityLevel": "NONE"}
    kept.declare({"orders": TEXT})
    assert "subject `orders` is claimed by `shop/it`" in kept.said(kept.plan(code=3))


def test_each_cluster_has_the_lock_of_its_own_records(kept: Kept) -> None:
    topics = "apiVersion: mqinfra/v1\nkind: Topology\nmetadata: {name: topics}\nkafka: {topics: {a: {partitions: 1}}}\n"
    (kept.root / "topology" / "kafka.yaml").write_text(topics, encoding="utf-8")
    text = (kept.root / "mqinfra.yaml").read_text(encoding="utf-8")
    text = text.replace("scope: {", "scope: {kafka: {wholeCluster: true}, ")
    (kept.root / "mqinfra.yaml").write_text(text, encoding="utf-8")
    kept.declare({"orders": LONG})
    kept.converge()
    status = json.loads(kept.mq("status", "-o", "json").out)
    assert {one["alias"]: one["records"]["created"] for one in status["clusters"]} == {"kafka": 1, "registry": 1}


def test_a_keeper_that_can_t_be_reached_takes_no_plan_along(kept: Kept) -> None:
    kept.declare({"orders": LONG})
    kept.converge()
    text = (kept.root / "mqinfra.yaml").read_text(encoding="utf-8")
    (kept.root / "mqinfra.yaml").write_text(
        text.replace("{type: kafka, sandbox: true}", '{type: redis, nodes: ["127.0.0.1:1"]}'), encoding="utf-8"
    )
    kept.declare({})
    told = kept.said(kept.plan("--timeout", "3"))
    assert "whether anything of this project is left over is not known" in told
    kept.declare({"orders": LONG})
    assert "the records can't be read, so that nothing goes by itself" in kept.said(kept.plan("--timeout", "3"))
    kept.declare({"orders": LONG, "more": LONG})
    refused = kept.said(kept.mq("apply", "--auto-approve", "--timeout", "3", code=1))
    assert "127.0.0.1:1" in refused
    assert "applied create" not in refused
    told = kept.said(kept.mq("apply", "--auto-approve", "--timeout", "3", "--no-lock"))
    assert "applied create registry/subjects/more" in told
    assert "1 resource is not recorded" in told


def test_without_a_keeper_it_is_said_once_that_only_tombstones_delete(other_project: Project) -> None:
    other_project.declare({"orders": LONG, "old": LONG})
    other_project.mq("apply", "--auto-approve")
    other_project.declare({"orders": LONG})
    told = " ".join(other_project.plan().text.split())
    assert told.count("only `removed:` deletes anything") == 1
    assert "`records: CLUSTER` in its block names a cluster that keeps them" in told
    assert "subjects: 1" in told, "it is counted all the same"
