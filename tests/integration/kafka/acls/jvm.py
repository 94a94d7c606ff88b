"""Kafka Streams and Kafka Connect, which only run on a JVM: what comes of them with some rights."""

from __future__ import annotations

import json
import subprocess
import time
import urllib.error
import urllib.request
from contextlib import contextmanager, suppress
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Any

from confluent_kafka import Consumer, ConsumerGroupTopicPartitions, TopicPartition
from confluent_kafka.admin import AdminClient

from tests.brokers.install import install_maven, install_once, require_program, run
from tests.brokers.kafka.node import LIMITED
from tests.brokers.ports import HOST, free_ports
from tests.integration.kafka.acls.clients import OK

if TYPE_CHECKING:
    from collections.abc import Iterator

    from tests.brokers.kafka.cluster import KafkaCluster

_HERE = Path(__file__).parent / "java"
_LOGIN = (
    "org.apache.kafka.common.security.scram.ScramLoginModule required "
    f'username="{LIMITED.name}" password="{LIMITED.password}";'
)
_SOURCES = ("StreamsProbe.java", "ConnectProbes.java")
_PLUGINS = {
    "org.apache.kafka.connect.source.SourceConnector": "ConnectProbes$Source",
    "org.apache.kafka.connect.sink.SinkConnector": "ConnectProbes$Sink",
}
STREAMS_SECONDS = 15
CONNECT_SECONDS = 25.0


@cache
def class_path() -> str:
    """Jars of Streams and Connect, and our probes, compiled."""
    jars = install_maven(_HERE / "pom.xml", "kafka-clients-4.4.0")
    require_program("javac", "default-jdk-headless")

    def compile_into(folder: Path) -> None:
        sources = [str(_HERE / name) for name in _SOURCES]
        run(["javac", "-cp", f"{jars}/*", "-d", str(folder), *sources], "the probes could not be compiled")
        services = folder / "META-INF" / "services"
        services.mkdir(parents=True)
        for service, plugin in _PLUGINS.items():
            (services / service).write_text(f"{plugin}\n")

    stamp = "".join((_HERE / name).read_text() for name in _SOURCES)
    return f"{install_once('kafka-probes-4.4.0', stamp, compile_into)}:{jars}/*"


def _java(*arguments: str) -> list[str]:
    tuning = ("-XX:TieredStopAtLevel=1", "-XX:+UseSerialGC", "-Xmx256m")
    return ["java", *tuning, f"-Dlog4j2.configurationFile={_HERE / 'log4j2.xml'}", "-cp", class_path(), *arguments]


def streams(cluster: KafkaCluster, application: str, source: str, target: str, guarantee: str, state: Path) -> str:
    """What comes of an application that counts: OK when there is an output and what it passed through is purged."""
    command = _java(
        "StreamsProbe",
        cluster.bootstrap,
        cluster.sasl_bootstrap,
        _LOGIN,
        application,
        source,
        target,
        guarantee,
        str(state),
        str(STREAMS_SECONDS),
    )
    done = subprocess.run(command, capture_output=True, text=True, timeout=90, check=False)
    lines = [line for line in done.stdout.splitlines() if line.startswith((OK, "FAILED"))]
    return lines[-1] if lines else f"FAILED {done.stderr[-500:]}"


class Worker:
    """A worker of Connect, and what can be seen of it.

    Attributes:
        group: its group, after which its topics are called.
    """

    def __init__(self, cluster: KafkaCluster, group: str, port: int, process: subprocess.Popen[bytes]) -> None:
        self.group = group
        self._port, self._process, self._cluster = port, process, cluster
        self._admin = AdminClient({"bootstrap.servers": cluster.bootstrap, "enable.metrics.push": False})

    def outcome(self, source: str, target: str) -> str:
        """OK when both connectors work, and it tells their offsets and status; else what is missing."""
        deadline = time.monotonic() + CONNECT_SECONDS
        missing = ["connectors"]
        seen = Consumer(
            {"bootstrap.servers": self._cluster.bootstrap, "group.id": "seen", "isolation.level": "read_committed"}
        )
        seen.assign([TopicPartition(target, 0, 0)])
        written = False
        try:
            while missing and time.monotonic() < deadline and self._process.poll() is None:
                written = written or ((message := seen.poll(0.2)) is not None and message.error() is None)
                with suppress(OSError, ValueError):
                    self._post(source, target)
                    missing = [what for what, there in self._seen(source, written=written).items() if not there]
        finally:
            seen.close()
        return OK if not missing else f"FAILED without {', '.join(missing)}"

    def _seen(self, source: str, *, written: bool) -> dict[str, bool]:
        """What there is to be seen of both connectors; an error of the worker's goes on to the caller."""
        return {
            "records": written,
            "offsets of the sink": self._read(source),
            "offsets of the source": bool(self._get("/connectors/src/offsets")["offsets"]),
            "status": self._get("/connectors/src/status")["connector"]["state"] == "RUNNING",
        }

    def _post(self, source: str, target: str) -> None:
        settings = {"connector.class": "ConnectProbes$Source", "tasks.max": "1", "topic": target}
        self._ask("PUT", "/connectors/src/config", settings)
        settings = {"connector.class": "ConnectProbes$Sink", "tasks.max": "1", "topics": source}
        self._ask("PUT", f"/connectors/snk-{self.group}/config", settings)

    def _read(self, source: str) -> bool:
        asked = self._admin.list_consumer_group_offsets([ConsumerGroupTopicPartitions(f"connect-snk-{self.group}")])
        found = next(iter(asked.values())).result()
        return any(place.topic == source and place.offset > 0 for place in found.topic_partitions)

    def _get(self, path: str) -> Any:
        return self._ask("GET", path)

    def _ask(self, method: str, path: str, body: dict[str, str] | None = None) -> Any:
        data = json.dumps(body).encode() if body is not None else None
        url = f"http://{HOST}:{self._port}{path}"
        asked = urllib.request.Request(url, data, {"Content-Type": "application/json"}, method=method)
        with urllib.request.urlopen(asked, timeout=5) as answer:  # noqa: S310
            return json.loads(answer.read())


@contextmanager
def connect(cluster: KafkaCluster, group: str, folder: Path, *, exactly_once: bool) -> Iterator[Worker]:
    """Run a worker; its topics are called after its group."""
    (port,) = free_ports(1)
    security = {"security.protocol": "SASL_PLAINTEXT", "sasl.mechanism": "SCRAM-SHA-256", "sasl.jaas.config": _LOGIN}
    converter = "org.apache.kafka.connect.storage.StringConverter"
    settings = {
        "bootstrap.servers": cluster.sasl_bootstrap,
        "group.id": group,
        "key.converter": converter,
        "value.converter": converter,
        "config.storage.topic": f"{group}-configs",
        "offset.storage.topic": f"{group}-offsets",
        "status.storage.topic": f"{group}-status",
        **{f"{what}.storage.replication.factor": "1" for what in ("config", "offset", "status")},
        "offset.storage.partitions": "1",
        "status.storage.partitions": "1",
        "offset.flush.interval.ms": "500",
        "plugin.discovery": "service_load",
        "listeners": f"http://{HOST}:{port}",
        "rest.advertised.host.name": HOST,
        "scheduled.rebalance.max.delay.ms": "0",
        "consumer.auto.offset.reset": "earliest",
        **({"exactly.once.source.support": "enabled"} if exactly_once else {}),
        **{
            f"{client}{key}": value
            for client in ("", "producer.", "consumer.", "admin.")
            for key, value in security.items()
        },
    }
    file = folder / f"{group}.properties"
    file.write_text("".join(f"{key}={value}\n" for key, value in settings.items()))
    command = _java("org.apache.kafka.connect.cli.ConnectDistributed", str(file))
    with (folder / f"{group}.log").open("wb") as log:
        process = subprocess.Popen(command, stdout=log, stderr=log)
        try:
            yield Worker(cluster, group, port, process)
        finally:
            process.kill()
            process.wait()
