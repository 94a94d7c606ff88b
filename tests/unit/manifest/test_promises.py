"""`promises:` of entries: layered like everything else, told from settings, and nothing that a plan or broker sees."""

import re
from pathlib import Path
from typing import Any

import pytest

from mqinfra.engine.desired import desired_digest
from mqinfra.manifest.loader import Loaded, load
from mqinfra.manifest.writer import write_topology
from mqinfra.model.address import Address
from mqinfra.model.promises import NO_PROMISES, PROMISES, Promises
from mqinfra.providers.base.catalogue import installed

PROJECT = """
apiVersion: mqinfra/v1
kind: Project
metadata: {name: shop}
manifests: [topology]
defaults:
  kafka/topics:
    promises: {delivery: at-least-once, latency: {p50: 5ms, p99: 50ms}}
environments:
  dev:
    clusters: {kafka: {type: kafka, sandbox: true}, redis: {type: redis, sandbox: true}}
    overrides:
      - match: "label:tier=gold"
        set: {promises: {throughput: 10000/s, maxLag: 1000}}
"""
TOPOLOGY = """apiVersion: mqinfra/v1
kind: Topology
metadata: {name: shop}
kafka:
  topics:
    orders:
      partitions: 3
      labels: {tier: gold}
      promises:
        latency: {p50: null, p99.9: 1s}
        survives: restart
        deadLetterAfter: 4
    plain: {partitions: 3, promises: {delivery: null, latency: null}}
  groups:
    billing: {topics: [orders], labels: {tier: gold}, promises: {maxDelay: 1h30m, batch: true}}
  users:
    bob: {mechanisms: [SCRAM-SHA-512], password: {env: BOB}, labels: {tier: gold}}
redis:
  streams:
    jobs:
      promises: {canary: accept}
      groups: {workers: {promises: {maxLag: 50}}}
"""


@pytest.fixture
def loaded(tmp_path: Path) -> Loaded:
    return loaded_of(tmp_path, TOPOLOGY)


def loaded_of(folder: Path, topology: str) -> Loaded:
    folder.joinpath("mqinfra.yaml").write_text(PROJECT, encoding="utf-8")
    folder.joinpath("topology").mkdir(exist_ok=True)
    folder.joinpath("topology/a.yaml").write_text(topology, encoding="utf-8")
    return load(folder, "dev", installed())


def promised(loaded: Loaded, address: str) -> Promises:
    return loaded.desired.declarations[Address.parse(address)].promises


def place(loaded: Loaded, address: str, *path: str) -> str:
    span = loaded.desired.declarations[Address.parse(address)].positions.span(("promises", *path))
    return f"{span.file}:{span.line}" if span is not None else ""


def test_defaults_entry_and_override_are_merged_and_a_null_takes_back(loaded: Loaded) -> None:
    assert [one.message for one in loaded.diagnostics if one.code != "MQ600"] == []
    orders = promised(loaded, "kafka/topics/orders")
    assert orders.written() == {
        "delivery": "at-least-once",
        "throughput": "10000/s",
        "latency": {"p99": "50ms", "p99.9": "1s"},
        "deadLetterAfter": 4,
        "survives": ["restart"],
        "maxLag": 1000,
    }
    assert (orders.throughput, orders.latency) == (10_000, {"p99": 50, "p99.9": 1_000})
    assert promised(loaded, "kafka/topics/plain") == NO_PROMISES


def test_an_override_by_a_label_promises_of_each_what_it_can(loaded: Loaded) -> None:
    billing = promised(loaded, "kafka/groups/billing")
    assert (billing.max_lag, billing.max_delay, billing.batch) == (1_000, 5_400_000, True)
    assert billing.throughput is None
    assert promised(loaded, "kafka/users/bob") == NO_PROMISES


def test_groups_in_a_stream_promise_for_themselves(loaded: Loaded) -> None:
    assert promised(loaded, "redis/groups/jobs/workers") == Promises(max_lag=50)
    assert promised(loaded, "redis/streams/jobs") == Promises(canary="accept")
    assert place(loaded, "redis/groups/jobs/workers", "maxLag") == "topology/a.yaml:22"


def test_every_promise_has_the_line_that_makes_it(loaded: Loaded) -> None:
    lines = {name: place(loaded, "kafka/topics/orders", name) for name in ("delivery", "throughput", "deadLetterAfter")}
    assert lines == {
        "delivery": "mqinfra.yaml:8",
        "throughput": "mqinfra.yaml:14",
        "deadLetterAfter": "topology/a.yaml:12",
    }
    assert place(loaded, "kafka/topics/orders", "latency", "p99") == "mqinfra.yaml:8"
    assert place(loaded, "kafka/topics/orders", "latency", "p99.9") == "topology/a.yaml:10"


def test_promises_are_no_part_of_what_is_desired_of_a_broker(tmp_path: Path, loaded: Loaded) -> None:
    bare = re.sub(r"      promises:\n        lat.*\n.*\n.*\n", "", TOPOLOGY)
    other = loaded_of(tmp_path, bare)
    assert promised(other, "kafka/topics/orders") != promised(loaded, "kafka/topics/orders")
    assert desired_digest(other.desired) == desired_digest(loaded.desired)
    assert other.desired.state == loaded.desired.state


def test_what_is_written_promises_the_same(tmp_path: Path, loaded: Loaded) -> None:
    declared = loaded.desired.declarations
    text = write_topology(
        "shop",
        [(address, item.spec, item.labels, item.lifecycle) for address, item in declared.items()],
        loaded.desired.clusters,
        placements=installed().placements,
        defaults=loaded.defaults,
        promises={address: item.promises for address, item in declared.items()},
    )
    again = loaded_of(tmp_path, text).desired.declarations
    assert {address: item.promises for address, item in again.items()} == {
        address: item.promises for address, item in declared.items()
    }


def test_equal_resources_that_promise_otherwise_are_a_conflict(tmp_path: Path) -> None:
    twice = "\n---\n".join(
        f"apiVersion: mqinfra/v1\nkind: Topology\nmetadata: {{name: {name}}}\nkafka: {{topics: {{orders: "
        f"{{partitions: 3, promises: {{deadLetterAfter: {number}}}}}}}}}\n"
        for name, number in (("a", 3), ("b", 4))
    )
    found = [one.message for one in loaded_of(tmp_path, twice).diagnostics if one.code == "MQ118"]
    assert found == ["`kafka/topics/orders` is declared twice, and the two differ in `promises.deadLetterAfter`"]


@pytest.mark.parametrize("name", PROMISES)
def test_every_promise_is_written_as_it_is_read(name: str) -> None:
    values: dict[str, Any] = {
        "delivery": "exactly-once",
        "order": "total",
        "throughput": "250/s",
        "latency": {"p99.9": "1500ms"},
        "deadLetterAfter": 5,
        "survives": ["restart", "node-loss"],
        "maxLag": 0,
        "maxDelay": "5m",
        "batch": True,
        "canary": "accept",
    }
    assert Promises.model_validate({name: values[name]}).written() == {name: values[name]}
