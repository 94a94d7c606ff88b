"""The floor on RabbitMQ: an HTTP client by itself, doing the reads or writes that mqinfra does, as its own program.

`rabbitmq_raw.py WORK JSON` prints what it took, as JSON. It imports nothing of mqinfra.
"""

from __future__ import annotations

import base64
import http.client
import json
import sys
import time
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, replace
from itertools import pairwise
from typing import Any
from urllib.parse import quote

import requests

EXCHANGES = 50
CONNECTIONS = (1, 2, 4, 8, 16, 32)
_SAMPLE = 300
_TERRAFORM = 16
"""Connections of a tool that reads every resource by itself."""
_COLUMNS = "?disable_stats=true&columns=name,type,durable,auto_delete,arguments"
_AUTHORIZATION = "Basic " + base64.b64encode(b"guest:guest").decode()
_WAIT = 120


@dataclass(frozen=True)
class Call:
    """One call: method, path after `/api/`, and what is sent; `ok` are the statuses that say it worked."""

    method: str
    path: str
    body: Mapping[str, Any] | None = None
    ok: tuple[int, ...] = (200, 201, 204)


@dataclass(frozen=True)
class Job:
    """What to work on, and how.

    Attributes:
        port: of the management API.
        queues: how many there are; without dead letters, with two bindings each to the topic exchanges.
        letters: how dead letters are sent on: `policy`, `argument`, or not at all.
        changed: number of bindings that a change exchanges for others.
        vhost: the vhost of all of them.
        connections: calls on their way at once.
        library: `requests`, with a session for each connection, or `http.client`.
    """

    port: int
    queues: int
    letters: str = ""
    changed: int = 0
    vhost: str = "bench"
    connections: int = 8
    library: str = "requests"

    @property
    def names(self) -> list[str]:
        return [f"orders.v{number:05d}" for number in range(self.queues)]

    @property
    def total(self) -> int:
        """Resources, without the vhost."""
        if self.letters:
            return self.queues * (3 if self.letters == "policy" else 2)
        return EXCHANGES + 3 * self.queues


def exchange(number: int) -> str:
    return f"events.{number % EXCHANGES:02d}"


def bindings(number: int, *, changed: bool = False) -> tuple[tuple[str, str], tuple[str, str]]:
    """Exchange and routing key of the two bindings of a queue, and the second one after the change."""
    word = "refunded" if changed else "paid"
    return (exchange(number), f"orders.created.v{number:05d}"), (exchange(7 * number + 1), f"orders.{word}.*.v{number}")


# --- the calls


def put_exchanges(job: Job) -> Iterator[Call]:
    for number in range(0 if job.letters else EXCHANGES):
        yield Call("PUT", f"exchanges/{job.vhost}/{exchange(number)}", {"type": "topic", "durable": True})


def put_queues(job: Job) -> Iterator[Call]:
    for name in job.names:
        arguments: dict[str, Any] = {}
        if job.letters:
            yield Call("PUT", f"queues/{job.vhost}/{name}.dlq", {"durable": True, "arguments": {}})
        if job.letters == "argument":
            arguments = {"x-dead-letter-exchange": "", "x-dead-letter-routing-key": f"{name}.dlq"}
        yield Call("PUT", f"queues/{job.vhost}/{name}", {"durable": True, "arguments": arguments})


def put_policies(job: Job) -> Iterator[Call]:
    for name in job.names if job.letters == "policy" else ():
        definition = {"dead-letter-exchange": "", "dead-letter-routing-key": f"{name}.dlq"}
        pattern = f"^{name.replace('.', '[.]')}$"
        body = {"pattern": pattern, "apply-to": "queues", "priority": 1, "definition": definition}
        yield Call("PUT", f"policies/{job.vhost}/{name}.policy", body)


def post_bindings(job: Job) -> Iterator[Call]:
    for number, name in enumerate(() if job.letters else job.names):
        for source, key in bindings(number):
            yield _bind(job, source, name, key)


def definitions(job: Job) -> dict[str, Any]:
    """Exchanges, queues and bindings as a file of definitions has them."""
    usual = {"durable": True, "auto_delete": False, "arguments": {}}
    return {
        "exchanges": [{"name": exchange(n), "type": "topic", "internal": False, **usual} for n in range(EXCHANGES)],
        "queues": [{"name": name, **usual} for name in job.names],
        "bindings": [
            {
                "source": source,
                "destination": name,
                "destination_type": "queue",
                "routing_key": key,
                "arguments": {},
            }
            for number, name in enumerate(job.names)
            for source, key in bindings(number)
        ],
    }


def changes(job: Job) -> Iterator[Call]:
    """Make the new bindings; their order among the deletes does not matter to the server."""
    for number, name in enumerate(job.names[: job.changed]):
        source, key = bindings(number, changed=True)[1]
        yield _bind(job, source, name, key)
    for number, name in enumerate(job.names[: job.changed]):
        source, key = bindings(number)[1]
        yield Call("DELETE", f"bindings/{job.vhost}/e/{source}/q/{name}/{quote(key, safe='')}")


def _bind(job: Job, source: str, queue: str, key: str) -> Call:
    return Call("POST", f"bindings/{job.vhost}/e/{source}/q/{queue}", {"routing_key": key, "arguments": {}})


def lists(job: Job) -> list[Call]:
    """What tells how everything stands; a vhost that is not there yet has nothing."""
    found = (200, 404)
    some = [f"queues/{job.vhost}{_COLUMNS}"]
    some += [f"policies/{job.vhost}"] if job.letters == "policy" else []
    some += [] if job.letters else [f"bindings/{job.vhost}", f"exchanges/{job.vhost}{_COLUMNS}"]
    return [Call("GET", path, ok=found) for path in some]


def each(job: Job) -> Iterator[Call]:
    """One call per resource; all bindings between an exchange and a queue are one call, as the API has it."""
    yield from (Call("GET", call.path) for call in (*put_exchanges(job), *put_queues(job)))
    yield from (Call("GET", call.path) for call in post_bindings(job))


# --- sending them


def sent(job: Job, calls: Iterable[Call], connections: int = 0) -> list[Any]:
    """Send calls side by side, one thread per connection; what was answered, in order."""
    some = list(calls)
    width = min(connections or job.connections, len(some)) or 1
    shares = [round(part * len(some) / width) for part in range(width + 1)]
    send = _by_requests if job.library == "requests" else _by_http_client
    with ThreadPoolExecutor(width) as pool:
        parts = pool.map(lambda ends: send(job, some[ends[0] : ends[1]]), pairwise(shares))
        return [answer for part in parts for answer in part]


def _by_requests(job: Job, calls: Sequence[Call]) -> list[Any]:
    answers = []
    with requests.Session() as session:
        session.trust_env = False
        session.headers["Authorization"] = _AUTHORIZATION
        for call in calls:
            url = f"http://127.0.0.1:{job.port}/api/{call.path}"
            answer = session.request(call.method, url, json=call.body, timeout=_WAIT)
            answers.append(_checked(call, answer.status_code, answer.content))
    return answers


def _by_http_client(job: Job, calls: Sequence[Call]) -> list[Any]:
    connection = http.client.HTTPConnection("127.0.0.1", job.port, timeout=_WAIT)
    headers = {"Authorization": _AUTHORIZATION, "Content-Type": "application/json"}
    answers = []
    for call in calls:
        body = None if call.body is None else json.dumps(call.body)
        connection.request(call.method, f"/api/{call.path}", body, headers)
        answer = connection.getresponse()
        answers.append(_checked(call, answer.status, answer.read()))
    connection.close()
    return answers


def _checked(call: Call, status: int, body: bytes) -> Any:
    if status not in call.ok:
        raise RuntimeError(f"{call.method} {call.path} was answered with {status}: {body[:200]!r}")
    return json.loads(body) if body and status == 200 else None


# --- the works


def read(job: Job) -> int:
    """Who the server is, then the lists, side by side; how many resources of ours are in them."""
    sent(job, [Call("GET", "whoami"), Call("GET", "overview")], 1)
    listed = sent(job, lists(job), 4)
    return sum(row.get("source") != "" and not _its_own(row) for rows in listed for row in rows or ())


def _its_own(row: Mapping[str, Any]) -> bool:
    return str(row.get("name", "")).startswith("amq.") or row.get("name") == ""


def write(job: Job) -> int:
    """Make everything, and read it back once."""
    sent(job, [Call("PUT", f"vhosts/{job.vhost}", {})])
    for calls in (put_policies, put_exchanges, put_queues, post_bindings):
        sent(job, calls(job))
    return read(job)


def late_policies(job: Job) -> int:
    """The same, policies last."""
    sent(job, [Call("PUT", f"vhosts/{job.vhost}", {})])
    sent(job, put_queues(job))
    sent(job, put_policies(job))
    return read(job)


def change(job: Job) -> int:
    """Exchange bindings, and read back once."""
    sent(job, changes(job))
    return read(job)


def import_all(job: Job) -> int:
    """Make everything with one call: the server's own import of a file of definitions."""
    sent(job, [Call("PUT", f"vhosts/{job.vhost}", {})])
    sent(job, [Call("POST", f"definitions/{job.vhost}", definitions(job))])
    return job.total


def one_by_one(job: Job) -> int:
    return len(sent(job, each(job), _TERRAFORM))


def sweep(job: Job) -> int:
    """The number of connections with which a sample is made fastest; the vhosts that it is made in stay."""
    took: dict[int, float] = {}
    for connections in CONNECTIONS:
        sample = replace(
            job, queues=min(_SAMPLE, job.queues // 4), vhost=f"sweep-{connections}", connections=connections
        )
        sent(sample, [Call("PUT", f"vhosts/{sample.vhost}", {})])
        sent(sample, put_exchanges(sample))
        begun = time.perf_counter()
        sent(sample, put_queues(sample))
        sent(sample, post_bindings(sample))
        took[connections] = time.perf_counter() - begun
    return min(took, key=lambda connections: took[connections])


WORKS: Mapping[str, Callable[[Job], int]] = {
    "sweep": sweep,
    "read": read,
    "write": write,
    "late-policies": late_policies,
    "change": change,
    "import": import_all,
    "one-by-one": one_by_one,
}


def main(arguments: Sequence[str]) -> None:
    work, text = arguments
    job = Job(**json.loads(text))
    begun, cpu = time.perf_counter(), time.process_time()
    answer: dict[str, Any] = {"done": WORKS[work](job)}
    answer |= {"wall": time.perf_counter() - begun, "cpu": time.process_time() - cpu}
    sys.stdout.write(json.dumps(answer) + "\n")


if __name__ == "__main__":
    main(sys.argv[1:])
