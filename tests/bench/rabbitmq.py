"""mqinfra against a raw HTTP client on a real RabbitMQ server of its own: a large topology, and many dead letters.

Separate from Kafka's and Redis' cells: here a resource is a call, and a server that was filled is thrown away, because
deleting what is in it takes as long as making it.
"""

from __future__ import annotations

import json
import tempfile
from collections import defaultdict
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import asdict, dataclass, field, replace
from pathlib import Path
from typing import Any

from tests.bench.process import Ran, Spent, WorkNotDoneError, mqinfra, script
from tests.bench.rabbitmq_raw import EXCHANGES, Job, bindings, exchange
from tests.bench.table import Row, Target, apply_target, plan_target
from tests.brokers.rabbitmq.release import DEFAULT, installed
from tests.brokers.rabbitmq.server import RabbitServer, Settings
from tests.brokers.scratch import scratch_folder

_PROJECT = """\
apiVersion: mqinfra/v1
kind: Project
metadata: {{name: bench}}
manifests: [topology/]
scope: {{rabbitmq: {{vhosts: [{vhost}]}}}}
environments:
  bench:
    clusters:
      rabbitmq:
        type: rabbitmq
        url: "http://127.0.0.1:{port}"
        amqp: "amqp://127.0.0.1:{amqp_port}"
        username: guest
        password: {{file: password}}
"""
_TOPOLOGY = """\
apiVersion: mqinfra/v1
kind: Topology
metadata: {{name: bench, labels: {{team: bench}}}}
rabbitmq:
  vhosts:
    {vhost}:
"""
_PLAN_SHOWN = "Digest sha256:"
_LETTERS = {"policy": "true", "argument": "{via: argument}"}
_MOST_MEMORY = 500.0
_IMPORT = "one import of the same definitions"
"""As fast as the server makes them by itself, in one call without a word about each."""


@dataclass
class Bench:
    """Measures one topology on one server, which is empty at the beginning.

    Attributes:
        job: what to work on.
        server: the server.
        folder: of the project.
        floor: what each piece of work took the raw client.
        ours: what it took mqinfra.
        others: by piece of work, what it took otherwise: by name of the way.
    """

    job: Job
    server: RabbitServer
    folder: Path
    floor: dict[str, Spent] = field(default_factory=dict)
    ours: dict[str, Ran] = field(default_factory=dict)
    others: dict[str, dict[str, Spent]] = field(default_factory=lambda: defaultdict(dict))

    @property
    def name(self) -> str:
        job = self.job
        if job.letters:
            return f"{job.queues:,} queues with dead letters by {job.letters}"
        return f"{job.queues:,} queues, {2 * job.queues:,} bindings"

    def measure(self, *, with_others: bool = False) -> None:
        """Do everything once, first raw, then with mqinfra, each on an empty server.

        Args:
            with_others: measure also what making everything takes with `http.client`, and by one import.
        """
        if with_others:
            others = self.others["apply of creates"]
            others["`http.client`"] = self.writing("write", replace(self.job, library="http.client"))
            self.renew()
            others[_IMPORT] = self.writing("import", self.job)
            self.renew()
        self.floor["plan of creates"] = self._reading()
        self.floor["apply of creates"] = self.writing("write", self.job)
        self.floor["plan of nothing"] = self.floor["apply of nothing"] = self._reading()
        if not self.job.letters:
            self.others["plan of nothing"]["one GET per resource"] = self._raw("one-by-one", self.job)[0].total
        if self.job.changed:
            self.floor["plan of a change"] = self.floor["plan of nothing"]
            self.floor["apply of a change"] = self.writing("change", self.job)
        self.renew()
        self._ours()
        self.renew()

    def _ours(self) -> None:
        total = self.job.total + 1
        write_project(self.folder, self.job, self.server.amqp_port)
        self.ours["plan of creates"] = mqinfra(self.folder, "plan", "--detailed-exitcode", code=2)
        self.ours["apply of creates"] = self._applied(f"{total:,} to create", total)
        self.ours["plan of nothing"] = mqinfra(self.folder, "plan", "--detailed-exitcode")
        self.ours["apply of nothing"] = mqinfra(self.folder, "apply", "--auto-approve")
        if self.job.changed:
            write_project(self.folder, self.job, self.server.amqp_port, changed=True)
            # A server may be short of memory after so many declares; that it takes deletes badly is no matter here.
            limit = ("--degraded", "--max-deletes", f"rabbitmq/bindings={self.job.changed}")
            self.ours["plan of a change"] = mqinfra(self.folder, "plan", "--detailed-exitcode", *limit, code=2)
            planned = f"{self.job.changed:,} to create, 0 to update, 0 to replace, {self.job.changed:,} to delete"
            self.ours["apply of a change"] = self._applied(planned, 2 * self.job.changed, *limit)

    def _applied(self, planned: str, number: int, *options: str) -> Ran:
        ran = mqinfra(self.folder, "apply", "--auto-approve", *options, mark=_PLAN_SHOWN)
        if planned not in ran.err or f"Apply: {number:,} applied" not in ran.out:
            raise WorkNotDoneError(f"{self.name}: not everything was done: {ran.out[-600:]}")
        return ran

    def _reading(self) -> Spent:
        return self._raw("read", self.job)[0].total

    def writing(self, work: str, job: Job) -> Spent:
        answer = self._raw(work, job)[1]
        if answer["done"] != job.total:
            raise WorkNotDoneError(f"the raw client made {answer['done']} of {job.total}")
        return Spent(answer["wall"], answer["cpu"])

    def _raw(self, work: str, job: Job) -> tuple[Ran, dict[str, Any]]:
        ran = script("rabbitmq_raw.py", self.folder, work, json.dumps(asdict(job)))
        answer: dict[str, Any] = json.loads(ran.out)
        return ran, answer

    def sweep(self) -> None:
        """Find out how many connections are best."""
        self.job = replace(self.job, connections=self._raw("sweep", self.job)[1]["done"])
        self.renew()

    def renew(self) -> None:
        """A server that was killed starts afresh."""
        self.server.kill()
        self.server.wipe()

    def rows(self) -> list[Row]:
        """What was measured."""
        rows = []
        for what, ran in self.ours.items():
            floor = self.floor[what]
            entries = self.job.total + 1
            writes = what in ("apply of creates", "apply of a change")
            changes = 2 * self.job.changed if what == "apply of a change" else entries
            target: Target | None = apply_target(changes) if writes else plan_target(entries)
            if self.job.letters:  # too few for a promise; how they grow is what counts
                target = None
            spent = ran.after
            name = f"{self.name}: {what}{', after its plan' if writes else ''}"
            rows.append(Row(name, spent.wall, target, floor.wall, "s", spent.cpu, floor.cpu))
            for way, other in self.others[what].items():
                allowed = Target(1.0) if way == _IMPORT else None
                rows.append(Row(f"{name}, against {way}", spent.wall, allowed, other.wall, "s", spent.cpu, other.cpu))
        if not self.job.letters:
            peak = max(ran.peak for ran in self.ours.values())
            rows.append(Row(f"{self.name}: memory", peak, Target(extra=_MOST_MEMORY), unit="MB"))
        return rows


def cells(queues: int, changed: int) -> tuple[list[Row], list[str]]:
    """Measure a topology of queues, bindings and topic exchanges; also say what the sweep found."""
    with bench_server() as server, tempfile.TemporaryDirectory() as name:
        bench = Bench(Job(server.http_port, queues, changed=changed), server, Path(name))
        bench.sweep()
        bench.measure(with_others=True)
    note = (
        f"{bench.name} to {EXCHANGES} exchanges, {bench.job.total + 1:,} resources; the change exchanges {changed:,} "
        f"bindings for others; best number of connections: {bench.job.connections}"
    )
    return bench.rows(), [note]


def letter_cells(sizes: tuple[int, int], late: int) -> tuple[list[Row], list[str]]:
    """Measure queues with dead letters at two sizes, and how the time grows from the small one to the large one.

    Args:
        sizes: numbers of queues.
        late: queues for which it is also measured what policies cost that are made after the queues.
    """
    rows: list[Row] = []
    growth: list[Row] = []
    with bench_server() as server, tempfile.TemporaryDirectory() as name:
        for letters in _LETTERS:
            some = []
            for queues in sizes:
                bench = Bench(Job(server.http_port, queues, letters), server, Path(name))
                bench.measure()
                rows += bench.rows()
                some.append(bench)
            few, many = some
            what = "apply of creates"  # beside which a plan is hardly more than the start of Python
            title = f"dead letters by {letters}: {what}, time for {many.job.queues:,} to that for {few.job.queues:,}"
            ours = many.ours[what].after.wall / few.ours[what].after.wall
            growth.append(Row(title, ours, None, many.floor[what].wall / few.floor[what].wall, "x"))
        note = _late(Bench(Job(server.http_port, late, "policy"), server, Path(name)))
    return [*rows, *growth], [note]


def _late(bench: Bench) -> str:
    early = bench.writing("write", bench.job)
    bench.renew()
    late = bench.writing("late-policies", bench.job)
    return (
        f"{bench.job.queues:,} queues, as many for their dead letters, as many policies, by the raw client: policies "
        f"before queues {early.wall:.1f} s, queues before policies {late.wall:.1f} s"
    )


def write_project(folder: Path, job: Job, amqp_port: int, *, changed: bool = False) -> None:
    """Write a project; one binding of a queue stands in its entry, the other one in the list of the vhost's.

    Args:
        folder: where.
        job: what it declares, and the port of the management API.
        amqp_port: of the same server, on which an apply holds its lock.
        changed: declare what stands after the change.
    """
    (folder / "topology").mkdir(parents=True, exist_ok=True)
    (folder / "password").write_text("guest", encoding="utf-8")
    project = _PROJECT.format(vhost=job.vhost, port=job.port, amqp_port=amqp_port)
    (folder / "mqinfra.yaml").write_text(project, encoding="utf-8")
    lines = list(_dead_lettered(job) if job.letters else _bound(job, job.changed if changed else 0))
    if changed:
        lines.append("removed:\n")
        for number, name in enumerate(job.names[: job.changed]):
            source, key = bindings(number)[1]
            key = key.replace("*", "%2A")
            lines.append(f'  "rabbitmq/bindings/{job.vhost}/exchange={source},queue={name},routingKey={key}":\n')
    text = _TOPOLOGY.format(vhost=job.vhost) + "".join(lines)
    (folder / "topology" / "rabbitmq.yaml").write_text(text, encoding="utf-8")


def _dead_lettered(job: Job) -> Iterator[str]:
    yield "      queues:\n"
    for name in job.names:
        yield f"        {name}: {{deadLetter: {_LETTERS[job.letters]}}}\n"


def _bound(job: Job, changed: int) -> Iterator[str]:
    yield "      exchanges:\n"
    for number in range(EXCHANGES):
        yield f"        {exchange(number)}: {{type: topic}}\n"
    yield "      queues:\n"
    for number, name in enumerate(job.names):
        source, key = bindings(number)[0]
        yield f"        {name}:\n          bindings: [{{exchange: {source}, routingKey: {key}}}]\n"
    yield "      bindings:\n"
    for number, name in enumerate(job.names):
        source, key = bindings(number, changed=number < changed)[1]
        yield f'        - {{exchange: {source}, queue: {name}, routingKey: "{key}"}}\n'


@contextmanager
def bench_server() -> Iterator[RabbitServer]:
    """A server of one's own, which is gone afterwards."""
    with scratch_folder("bench") as folder:
        server = RabbitServer(installed(DEFAULT), folder, Settings(proxied=False))
        try:
            server.start()
            yield server
        finally:
            server.close()
