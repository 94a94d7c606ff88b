"""The floor on a schema registry: the standard library's HTTP client alone, as a program of its own.

`registry_raw.py WORK JSON` prints what it took, as JSON. It imports nothing of mqinfra.
"""

from __future__ import annotations

import http.client
import json
import sys
import threading
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

_WIDTHS = (2, 4, 8, 16)


@dataclass(frozen=True)
class Job:
    """What to work on: how many subjects, at which port and base, and how many calls at once."""

    port: int
    base: str
    subjects: int
    width: int = 8

    @property
    def names(self) -> list[str]:
        return [f"bench.orders.v{number:05d}-value" for number in range(self.subjects)]


def schema_of(number: int) -> str:
    """The schema of a subject."""
    fields = [{"name": "id", "type": "long"}, {"name": f"note{number}", "type": "string", "default": ""}]
    return json.dumps({"type": "record", "name": f"Order{number}", "namespace": "bench", "fields": fields})


class _Client(threading.local):
    """A connection per thread, kept."""

    def __init__(self, job: Job) -> None:
        self.job = job
        self.connection = http.client.HTTPConnection("127.0.0.1", job.port, timeout=60)

    def call(self, method: str, path: str, body: Any = None) -> Any:
        text = None if body is None else json.dumps(body)
        self.connection.request(method, self.job.base + path, text, {"Content-Type": "application/json"})
        return json.loads(self.connection.getresponse().read() or b"null")


def _each(job: Job, work: Callable[[_Client, int, str], None], names: Sequence[str]) -> int:
    client, todo, lock = _Client(job), iter(enumerate(names)), threading.Lock()
    done = [0]
    errors: list[Exception] = []

    def run() -> None:
        while not errors:
            with lock:
                item = next(todo, None)
            if item is None:
                return
            try:
                work(client, *item)
            except (OSError, http.client.HTTPException, ValueError) as error:
                errors.append(error)  # raised again below: a thread that ends of itself would only do less
                return
            with lock:
                done[0] += 1

    threads = [threading.Thread(target=run) for _ in range(job.width)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    if errors:
        raise errors[0]
    return done[0]


def _look(client: _Client, _number: int, name: str) -> None:
    client.call("GET", f"/subjects/{name}/versions/latest")


def _look_at_all(client: _Client, _number: int, name: str) -> None:
    for path in (f"/subjects/{name}/versions/latest", f"/config/{name}", f"/mode/{name}"):
        client.call("GET", path)


def _register(client: _Client, number: int, name: str) -> None:
    client.call("POST", f"/subjects/{name}/versions", {"schema": schema_of(number), "schemaType": "AVRO"})


def main(work: str, job: Job) -> dict[str, Any]:
    """Do some work, and say how much was done and how long it took."""
    if work == "sweep":
        spent = {}
        for width in _WIDTHS:
            began = time.perf_counter()
            _each(Job(job.port, job.base, job.subjects, width), _look_at_all, job.names[:200])
            spent[width] = time.perf_counter() - began
        return {"width": min(spent, key=lambda width: spent[width])}
    began, cpu = time.perf_counter(), time.process_time()
    done = 0
    if work == "plan-creates":
        done = _each(job, _look, job.names)
    elif work == "plan-nothing":
        done = _each(job, _look_at_all, job.names)
    elif work == "apply-creates":
        done = _each(job, _register, job.names)
        _each(job, _look_at_all, job.names)
    return {"done": done, "wall": time.perf_counter() - began, "cpu": time.process_time() - cpu}


if __name__ == "__main__":
    sys.stdout.write(json.dumps(main(sys.argv[1], Job(**json.loads(sys.argv[2])))) + "\n")
