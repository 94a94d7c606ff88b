"""Brokers that outlive the command that started them, noted in a file for the command that stops them."""

from __future__ import annotations

import json
import shutil
import time
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from tests.brokers.errors import BrokerError
from tests.brokers.install import CACHE, locked
from tests.brokers.kafka.cluster import KafkaCluster
from tests.brokers.kafka.cluster import Settings as KafkaSettings
from tests.brokers.kafka.node import ADMIN, LIMITED
from tests.brokers.kafka.release import installed as installed_kafka
from tests.brokers.process import is_process, stop_pid
from tests.brokers.rabbitmq.release import installed as installed_rabbitmq
from tests.brokers.rabbitmq.server import RabbitServer
from tests.brokers.rabbitmq.server import Settings as RabbitSettings
from tests.brokers.redis.deployment import RedisDeployment
from tests.brokers.redis.release import installed as installed_redis
from tests.brokers.redis.settings import Settings as RedisSettings

if TYPE_CHECKING:
    from collections.abc import Callable

    from tests.brokers.redis.topology import Topology

_NOTE = CACHE / "running.json"


@dataclass(frozen=True)
class Running:
    """One cluster in the background."""

    name: str
    title: str
    folder: str
    pids: list[int]
    # What it is -> where it is, as shown to a person.
    endpoints: dict[str, str]

    @property
    def alive(self) -> list[int]:
        return [pid for pid in self.pids if is_process(pid, self.folder)]


def running() -> list[Running]:
    """The clusters noted, the dead ones among them too."""
    try:
        noted = json.loads(_NOTE.read_text())
    except FileNotFoundError:
        return []
    return [Running(**entry) for entry in noted]


def up_kafka(line: str, nodes: int) -> Running:
    """Start a Kafka cluster in the background, or return the one of that kind which runs."""

    def start(name: str, folder: Path) -> Running:
        cluster = KafkaCluster(installed_kafka(line), folder, KafkaSettings(nodes=nodes, proxied=False))
        cluster.start(detached=True)
        users = ", ".join(f"{user.name}/{user.password}" for user in (ADMIN, LIMITED))
        endpoints = {
            "plaintext (super user)": cluster.bootstrap,
            "SASL_PLAINTEXT, SCRAM": cluster.sasl_bootstrap,
            "SASL_SSL, SCRAM": f"{cluster.tls_bootstrap}  CA {cluster.ca_file}",
            "users": f"{users} (the first is a super user, the other has no rights)",
        }
        pids = [node.pid for node in cluster.nodes if node.pid is not None]
        return Running(name, f"Kafka {cluster.version}", str(folder), pids, endpoints)

    return _up(f"kafka-{line}-{nodes}", start)


def up_redis(line: str, topology: Topology) -> Running:
    """Start a Redis deployment in the background, or return the one of that kind which runs."""

    def start(name: str, folder: Path) -> Running:
        deployment = RedisDeployment(installed_redis(line), folder, RedisSettings(topology=topology, proxied=False))
        deployment.start(detached=True)
        everyone = [*deployment.nodes, *deployment.sentinels]
        endpoints = {node.name: node.address for node in everyone}
        if deployment.sentinels:
            endpoints["name of the primary"] = deployment.master_name
        pids = [node.pid for node in everyone if node.pid is not None]
        return Running(name, deployment.title, str(folder), pids, endpoints)

    return _up(f"redis-{line}-{topology}", start)


def up_rabbitmq(line: str) -> Running:
    """Start a RabbitMQ server in the background, or return the one of that kind which runs."""

    def start(name: str, folder: Path) -> Running:
        server = RabbitServer(installed_rabbitmq(line), folder, RabbitSettings(proxied=False))
        server.start(detached=True)
        endpoints = {
            "AMQP": f"{server.host}:{server.amqp_port}",
            "management API": server.http_url,
            "user": f"{server.user}/{server.password}",
        }
        return Running(name, server.title, str(folder), server.node.pids, endpoints)

    return _up(f"rabbitmq-{line}-1", start)


def _up(name: str, start: Callable[[str, Path], Running]) -> Running:
    with locked(CACHE / "running.lock"):
        for known in running():
            if known.name == name and len(known.alive) == len(known.pids):
                return known
        _stop([known for known in running() if known.name == name])
        folder = CACHE / "run" / f"{name}-{time.time_ns()}"
        folder.mkdir(parents=True)
        started = start(name, folder)
        _write([*running(), started])
        return started


def down(broker: str | None, line: str | None, form: str | None) -> list[Running]:
    """Stop the clusters of a kind, or all; those stopped are returned. `form` is a number of nodes or a topology."""
    with locked(CACHE / "running.lock"):
        chosen = [
            known
            for known in running()
            if (broker is None or known.name.startswith(f"{broker}-"))
            and (line is None or f"-{line}-" in known.name)
            and (form is None or known.name.endswith(f"-{form}"))
        ]
        _stop(chosen)
        return chosen


def _stop(chosen: list[Running]) -> None:
    for known in chosen:
        for pid in known.pids:
            stop_pid(pid, known.folder)
        if CACHE / "run" not in Path(known.folder).parents:
            raise BrokerError(f"{_NOTE} names a folder that is not a broker's: {known.folder}")
        shutil.rmtree(known.folder, ignore_errors=True)
    gone = {known.folder for known in chosen}
    _write([known for known in running() if known.folder not in gone])


def _write(clusters: list[Running]) -> None:
    CACHE.mkdir(parents=True, exist_ok=True)
    partial = _NOTE.with_suffix(".partial")
    partial.write_text(json.dumps([asdict(cluster) for cluster in clusters], indent=2) + "\n")
    partial.rename(_NOTE)
