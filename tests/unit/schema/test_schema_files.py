"""The schema files in the repository: current, valid, and in agreement with every example."""

import json
from pathlib import Path
from typing import Any

import pytest
from jsonschema import Draft202012Validator

from mqinfra.cli.main import run
from mqinfra.manifest.text.encoding import decode
from mqinfra.manifest.text.limits import Limits
from mqinfra.manifest.text.reader import read
from mqinfra.providers.base.catalogue import installed
from mqinfra.schema.files import schema_files, written_schema_files
from tests.ours import OURS

ROOT = Path(__file__).parents[3]
SCHEMAS = {
    name.partition(".")[0]: json.loads(text)
    for name, text in (schema_files(installed()) | written_schema_files()).items()
}
CURRENT = schema_files(OURS) | written_schema_files()


def documents(folder: Path) -> list[Any]:
    """The topologies and projects of a folder, each read as the loader reads it."""
    params = []
    for path in sorted([*folder.rglob("*.yaml"), *folder.rglob("*.yml")]):
        source, problem = decode(path.name, path.read_bytes())
        found = [problem] if problem is not None else []
        for number, (root, _) in enumerate(read(source, Limits(), found)):
            if isinstance(root, dict) and root.get("kind") in ("Topology", "Project"):
                params.append(pytest.param(root, id=f"{path.relative_to(ROOT)}#{number}"))
        assert found == []
    return params


# A case of the loader without findings is a good manifest.
CASES = [path.parent for path in (ROOT / "tests/cases/manifest").glob("*/expected.txt") if not path.read_text()]
EXAMPLES = documents(ROOT / "examples")
DOCUMENTS = EXAMPLES + [document for case in sorted(CASES) for document in documents(case)]

GOOD: dict[str, dict[str, Any]] = {
    "everything a topic can have": {
        "partitions": 12,
        "replicationFactor": "${replicas}",
        "config": {
            "retention.ms": "7d",
            "cleanup.policy": ["compact", "delete"],
            "retention.bytes": -1,
            "preallocate": True,
            "compression.type": "${codec}",
            "max.message.bytes": None,
            "vendor.key": "x",
        },
        "deadLetter": {"retention": "30d", "partitions": 1, "config": {"segment.ms": "1h"}},
        "labels": {"tier": "gold"},
        "lifecycle": {"protect": "${protect}", "replace": "recreate", "ignore": ["config.retention.ms"]},
    },
    "nothing": {},
    "variables": {"config": "${standard}", "labels": "${labels}", "deadLetter": "${letters}", "lifecycle": "${life}"},
    "a convention": {"deadLetter": True, "partitions": None},
}
BAD: dict[str, dict[str, Any]] = {
    "unknown field": {"particions": 12},
    "text for a number": {"partitions": "12"},
    "no partitions": {"partitions": 0},
    "fraction": {"partitions": 2.5},
    "unknown unit": {"config": {"retention.ms": "7 dayz"}},
    "below the minimum": {"config": {"min.insync.replicas": 0}},
    "unknown word": {"config": {"cleanup.policy": "deleted"}},
    "unknown codec": {"config": {"compression.type": "rar"}},
    "a mapping for a setting": {"config": {"retention.ms": {"days": 7}}},
    "unknown field below": {"deadLetter": {"retension": "7d"}},
    "unknown lifecycle": {"lifecycle": {"replace": "always"}},
}
CLUSTERS: dict[str, dict[str, Any]] = {
    "sandbox": {"type": "kafka", "sandbox": True},
    "sized sandbox": {"type": "kafka", "sandbox": {"brokers": 5, "version": "4.1"}},
    "one line": {"type": "kafka", "bootstrap": "a:9092,b:9092"},
    "login": {
        "type": "kafka",
        "bootstrap": ["a:9092"],
        "security": {
            "tls": {"ca": "ca.pem"},
            "sasl": {"mechanism": "SCRAM-SHA-512", "username": "me", "password": {"env": "PASSWORD"}},
        },
    },
}


def problems(kind: str, document: object) -> list[str]:
    return [
        f"{error.json_path}: {error.message}" for error in Draft202012Validator(SCHEMAS[kind]).iter_errors(document)
    ]


def topology(entry: object) -> dict[str, Any]:
    return {
        "apiVersion": "mqinfra/v1",
        "kind": "Topology",
        "metadata": {"name": "orders"},
        "defaults": {"kafka/topics": entry},
        "kafka": {"topics": {"orders": entry}},
        "removed": {
            "kafka/topics/orders.legacy": {"evenIf": ["messages"], "until": "2026-12-20", "reason": "OPS-812"},
            "kafka/topics/x": None,
        },
    }


def project(cluster: object) -> dict[str, Any]:
    return {
        "apiVersion": "mqinfra/v1",
        "kind": "Project",
        "metadata": {"name": "shop"},
        "manifests": ["topology/"],
        "scope": {"kafka": {"topics": ["orders.*", "billing"], "wholeCluster": False}},
        "environments": {
            "prod": {
                "clusters": {"kafka": cluster},
                "variables": {"size": 3},
                "overrides": [{"match": "kind:topics", "set": {"partitions": 24}}],
            },
            "other": {"clusters": "clusters/other.yaml"},
        },
        "limits": {"nodes": 5_000_000},
    }


@pytest.mark.parametrize("name", sorted(CURRENT))
def test_file_is_what_our_catalogue_gives(name: str, request: pytest.FixtureRequest) -> None:
    path, current = ROOT / "schemas" / name, CURRENT[name]
    if request.config.getoption("--update-golden"):
        path.write_text(current, encoding="utf-8")
    assert path.read_text(encoding="utf-8") == current, "run `make docs`"


def test_files_are_written_into_a_new_folder(tmp_path: Path) -> None:
    assert run(["schema", "--write", str(tmp_path / "new")]) == 0
    written = {path.name: path.read_text(encoding="utf-8") for path in (tmp_path / "new").iterdir()}
    assert written == schema_files(installed()) | written_schema_files()


@pytest.mark.parametrize("schema", SCHEMAS.values(), ids=SCHEMAS)
def test_schema_is_valid_itself(schema: dict[str, Any]) -> None:
    Draft202012Validator.check_schema(schema)


def test_there_are_examples_and_good_cases() -> None:
    assert EXAMPLES
    assert len(DOCUMENTS) > len(EXAMPLES)


@pytest.mark.parametrize("document", DOCUMENTS)
def test_good_document_agrees_with_its_schema(document: dict[str, Any]) -> None:
    assert problems(document["kind"].lower(), document) == []


@pytest.mark.parametrize("entry", GOOD.values(), ids=GOOD)
def test_good_entry_is_taken(entry: dict[str, Any]) -> None:
    assert problems("topology", topology(entry)) == []


def test_entry_may_be_left_empty() -> None:
    assert problems("topology", topology(None)) == []


@pytest.mark.parametrize("entry", BAD.values(), ids=BAD)
def test_bad_entry_is_refused(entry: dict[str, Any]) -> None:
    assert problems("topology", topology(entry)) != []


@pytest.mark.parametrize("cluster", CLUSTERS.values(), ids=CLUSTERS)
def test_good_cluster_is_taken(cluster: dict[str, Any]) -> None:
    assert problems("project", project(cluster)) == []


@pytest.mark.parametrize(
    "cluster",
    [{}, {"type": "kafak"}, {"type": "kafka", "boostrap": "a:1"}, {"type": "kafka", "sandbox": {"nodes": 3}}],
    ids=["no type", "unknown type", "unknown field", "unknown field below"],
)
def test_bad_cluster_is_refused(cluster: dict[str, Any]) -> None:
    assert problems("project", project(cluster)) != []


@pytest.mark.parametrize("field", ["apiVersion", "kind", "metadata"])
def test_document_without_its_head_is_refused(field: str) -> None:
    document = topology({})
    del document[field]
    assert problems("topology", document) != []


@pytest.mark.parametrize("pattern", ["*", "orders*", "or*ders", ""])
def test_scope_refuses_patterns_that_own_too_much(pattern: str) -> None:
    document = project({"type": "kafka", "sandbox": True})
    document["scope"]["kafka"]["topics"] = [pattern]
    assert problems("project", document) != []
