"""Brokers that outlive the command that started them, noted in a file for the command that stops them."""

from __future__ import annotations

import json
import shutil
import time
from dataclasses import asdict, dataclass
from pathlib import Path

from tests.brokers.errors import BrokerError
from tests.brokers.install import CACHE, locked
from tests.brokers.lines import Line
from tests.brokers.process import is_process, stop_pid

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


def up(line: Line) -> Running:
    """Start a server in the background, or return the one of that line which runs."""
    name = f"{line.broker}-{line.release}-{line.form}"
    with locked(CACHE / "running.lock"):
        for known in running():
            if known.name == name and len(known.alive) == len(known.pids):
                return known
        _stop([known for known in running() if known.name == name])
        folder = CACHE / "run" / f"{name}-{time.time_ns()}"
        folder.mkdir(parents=True)
        server = line.make(folder, proxied=False)
        server.start(detached=True)
        started = Running(name, server.title, str(folder), server.pids, dict(server.endpoints))
        _write([*running(), started])
        return started


def down(broker: str | None, line: str | None, form: str) -> list[Running]:
    """Stop the clusters of a kind, or all; those stopped are returned. `form` is a number of nodes or a topology."""
    with locked(CACHE / "running.lock"):
        chosen = [
            known
            for known in running()
            if (broker is None or known.name.startswith(f"{broker}-"))
            and (line is None or f"-{line}-" in known.name)
            and (not form or known.name.endswith(f"-{form}"))
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
