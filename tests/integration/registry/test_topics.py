"""Topics that name their schemas: one change set over a log of records and a registry, linked by references alone."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING

import pytest

from tests.command import inside

if TYPE_CHECKING:
    from pathlib import Path

    from tests.brokers.registry.confluent import Confluent

PROJECT = """\
apiVersion: mqinfra/v1
kind: Project
metadata: {{name: shop}}
manifests: [topology.yaml]
scope: {{kafka: {{wholeCluster: true}}, registry: {{wholeCluster: true}}}}
environments:
  it:
    clusters:
      kafka: {{type: kafka, sandbox: true}}
{registries}
"""
HEAD = "apiVersion: mqinfra/v1\nkind: Topology\nmetadata: {name: shop}\n"
ORDER = '{"type": "record", "name": "Order", "fields": [{"name": "id", "type": "long"}]}'
SUBJECTS = f"registry:\n  subjects:\n    NAME: {{type: avro, schema: '{ORDER}'}}\n"


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, confluent: Confluent) -> Path:
    monkeypatch.chdir(tmp_path)
    write(tmp_path, f'      registry: {{type: registry, url: "{confluent.url}"}}')
    return tmp_path


def write(folder: Path, registries: str) -> None:
    (folder / "mqinfra.yaml").write_text(PROJECT.format(registries=registries), encoding="utf-8")


def declare(folder: Path, topic: str, subject: str = "", more: str = "") -> None:
    subjects = SUBJECTS.replace("NAME", subject) if subject else ""
    (folder / "topology.yaml").write_text(
        f"{HEAD}kafka:\n  topics:\n    orders: {{partitions: 1, {topic}}}\n{subjects}{more}", encoding="utf-8"
    )


def mq(folder: Path, *arguments: str) -> tuple[int, str]:
    ran = inside(folder, *arguments)
    return ran.code, " ".join(ran.text.split())


@pytest.mark.parametrize(
    ("said", "subject"),
    [
        ("valueSchema: true", "orders-value"),
        ("keySchema: true", "orders-key"),
        ("valueSchema: orders.created-value", "orders.created-value"),
        ("valueSchema: {strategy: record, record: shop.Order}", "shop.Order"),
        ("valueSchema: {strategy: topicRecord, record: shop.Order}", "orders-shop.Order"),
        ("valueSchema: [{strategy: record, record: shop.Order}]", "shop.Order"),
    ],
)
def test_a_topic_needs_its_subject_which_goes_first(folder: Path, said: str, subject: str) -> None:
    declare(folder, said)
    code, told = mq(folder, "plan")
    assert code == 0
    assert f"`registry/subjects/{subject}` (schema) is not declared" in told
    declare(folder, said, subject)
    code, told = mq(folder, "apply", "--auto-approve")
    assert code == 0, told
    lines = told.partition("sent ")[2]
    assert lines.index(f"registry/subjects/{subject}") < lines.index("kafka/topics/orders")
    assert mq(folder, "plan", "--detailed-exitcode")[0] == 0
    folder_without = f'removed: {{"registry/subjects/{subject}": null}}\n'
    declare(folder, said, more=folder_without)
    code, told = mq(folder, "plan")
    assert code == 3, told
    assert f"`registry/subjects/{subject}` (schema) is deleted by `removed:`" in told


def test_without_a_registry_it_is_said_that_nothing_can_be_checked(folder: Path) -> None:
    write(folder, "")
    (folder / "mqinfra.yaml").write_text(
        (folder / "mqinfra.yaml").read_text().replace(", registry: {wholeCluster: true}", ""), encoding="utf-8"
    )
    declare(folder, "valueSchema: true")
    code, told = mq(folder, "validate")
    assert code == 0
    assert "the environment has no registry cluster, so `orders-value` (schema) can't be checked" in told


def test_of_several_registries_the_topic_names_one(folder: Path) -> None:
    write(folder, "      one: {type: registry, sandbox: true}\n      two: {type: registry, sandbox: true}")
    declare(folder, "valueSchema: true")
    code, told = mq(folder, "validate")
    assert code == 1
    assert "has 2 registry clusters, and `orders-value` (schema) names none of them" in told
    declare(folder, "valueSchema: {cluster: two}")
    code, told = mq(folder, "validate")
    assert "`two/subjects/orders-value` (schema) is not declared" in told
    declare(folder, "valueSchema: {cluster: tow}")
    assert mq(folder, "validate")[0] == 1
    declare(folder, "valueSchema: {strategy: record}")
    code, told = mq(folder, "validate")
    assert "`record` is the full name of a record" in told


def test_a_schema_s_file_stays_in_the_project(folder: Path) -> None:
    for name, words in (
        ("/etc/passwd", "is outside the project's folder"),
        ("../../x.avsc", "is outside the project's folder"),
        ("link.avsc", "is outside the project's folder"),
        ("missing.avsc", "does not exist"),
        ("pipe", "it is not a regular file"),
        ("bytes.avsc", "it is not UTF-8"),
        ("", "not a path"),
    ):
        (folder / "link.avsc").unlink(missing_ok=True)
        (folder / "link.avsc").symlink_to("/etc/hostname")
        (folder / "bytes.avsc").write_bytes(b"\xff\xfe{}")
        if not (folder / "pipe").exists():
            os.mkfifo(folder / "pipe")
        text = f'{HEAD}registry:\n  subjects:\n    orders: {{type: avro, file: "{name}"}}\n'
        (folder / "topology.yaml").write_text(text, encoding="utf-8")
        code, told = mq(folder, "validate")
        assert code == 1, told
        assert words in told
        assert "1 error" in told
    text = f"{HEAD}registry:\n  subjects:\n    orders: {{type: avro, file: a.avsc, schema: '{{}}'}}\n"
    (folder / "topology.yaml").write_text(text, encoding="utf-8")
    assert "`file` and `schema` can't be used together" in mq(folder, "validate")[1]


def test_a_finding_in_a_block_of_the_manifest_names_its_line(folder: Path) -> None:
    text = (
        f"{HEAD}registry:\n  subjects:\n    orders:\n      type: json\n      schema: |\n        {{\n"
        '          "type": "strng"\n        }\n'
    )
    (folder / "topology.yaml").write_text(text, encoding="utf-8")
    assert "topology.yaml:10:11" in mq(folder, "validate")[1]
