"""Brokers that outlive the command that started them, noted in a file for the command that stops them."""

from __future__ import annotations

import json
import shutil
import time
from dataclasses import asdict, dataclass
from pathlib import Path

from tests.brokers.errors import BrokerError
from tests.brokers.install import CACHE, locked
from tests.brokers.kafka.cluster import KafkaCluster, Settings
from tests.brokers.kafka.release import installed
from tests.brokers.process import is_process, stop_pid

_NOTE = CACHE / "running.json"


@dataclass(frozen=True)
class Running:
    """One cluster in the background."""

    name: str
    version: str
    folder: str
    pids: list[int]
    bootstrap: str
    sasl_bootstrap: str
    tls_bootstrap: str
    ca_file: str

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


def up(line: str, nodes: int) -> Running:
    """Start a cluster in the background, or return the one of that kind which runs."""
    name = f"kafka-{line}-{nodes}"
    with locked(CACHE / "running.lock"):
        for known in running():
            if known.name == name and len(known.alive) == nodes:
                return known
        _stop([known for known in running() if known.name == name])
        folder = CACHE / "run" / f"{name}-{time.time_ns()}"
        folder.mkdir(parents=True)
        cluster = KafkaCluster(installed(line), folder, Settings(nodes=nodes, proxied=False))
        cluster.start(detached=True)
        started = Running(
            name=name,
            version=cluster.version,
            folder=str(folder),
            pids=[node.pid for node in cluster.nodes if node.pid is not None],
            bootstrap=cluster.bootstrap,
            sasl_bootstrap=cluster.sasl_bootstrap,
            tls_bootstrap=cluster.tls_bootstrap,
            ca_file=str(cluster.ca_file),
        )
        _write([*running(), started])
        return started


def down(line: str | None, nodes: int | None) -> list[Running]:
    """Stop the clusters of a kind, or all; those stopped are returned."""
    with locked(CACHE / "running.lock"):
        chosen = [
            known
            for known in running()
            if (line is None or known.name.startswith(f"kafka-{line}-"))
            and (nodes is None or known.name.endswith(f"-{nodes}"))
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
