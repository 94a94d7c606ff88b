"""The examples on real servers: they keep their promises, and no run leaves anything, nor does a killed one."""

from __future__ import annotations

import json
import os
import random
import re
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import closing, suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
import redis
import yaml

from tests.brokers.rabbitmq.release import NEWEST
from tests.brokers.rabbitmq.release import installed as rabbit_installed
from tests.brokers.rabbitmq.server import RabbitServer
from tests.brokers.rabbitmq.server import Settings as RabbitSettings
from tests.brokers.redis.deployment import RedisDeployment
from tests.brokers.redis.release import DEFAULT
from tests.brokers.redis.release import installed as redis_installed
from tests.brokers.redis.settings import Settings
from tests.integration.examples import projects
from tests.integration.rabbitmq.e2e.amqp import connect
from tests.integration.rabbitmq.verification.verified import listing
from tests.integration.redis.verification.verified import keys

pytestmark = pytest.mark.slow_faults

PROJECTS = [one for one in projects() if re.search("type: (rabbitmq|redis)", one.clusters.read_text(encoding="utf-8"))]
SOON = "__mqinfra_canary"


@dataclass(frozen=True)
class Example:
    """One example, whose RabbitMQ and Redis are real ones, and whose Kafka stays a sandbox."""

    root: Path
    environment: str
    rabbit: RabbitServer
    redis: RedisDeployment
    secrets: Mapping[str, str]

    def start(self, *arguments: str, root: Path | None = None) -> subprocess.Popen[str]:
        """Run a command line as a process of its own, in this project or another of the example."""
        return subprocess.Popen(
            [sys.executable, "-m", "mqinfra", *arguments, "-e", self.environment],
            cwd=root or self.root,
            env=os.environ | dict(self.secrets),
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
        )

    def run(self, *arguments: str, codes: tuple[int, ...] = (0,), root: Path | None = None) -> str:
        """Run a command line to its end; its output."""
        out, err = (process := self.start(*arguments, root=root)).communicate(timeout=400)
        assert process.returncode in codes, out + err
        return out

    def verify(self) -> dict[str, list[str]]:
        """What every check came to, by result."""
        out = self.run(
            "verify", "-q", "-o", "json", "--seed", "7", "--messages", "300", "--limit", "60s", codes=(0, 7, 8)
        )
        found: dict[str, list[str]] = {}
        for one in json.loads(out)["judgements"]:
            found.setdefault(one["result"], []).append(f"{one['check']} {one['address']}: {one['evidence']}")
        return found

    def listing(self) -> list[object]:
        """Everything on both."""
        users = self.redis.nodes[0].admin.call("ACL", "USERS")
        return [listing(self.rabbit), sorted(keys(self.redis)), sorted(map(str, users))]


def block(text: str, real: Mapping[str, Any], kind: str) -> str:
    """The project with a real server in place of a sandbox."""
    document = yaml.safe_load(text)
    own = [one["clusters"] for one in document.get("environments", {}).values()]
    for clusters in own or [document]:
        for one in clusters.values():
            if one.get("type") == kind:
                one.pop("sandbox", None)
                one.update(real)
    return yaml.safe_dump(document, sort_keys=False)


@pytest.fixture(scope="module")
def rabbit(tmp_path_factory: pytest.TempPathFactory) -> Iterator[RabbitServer]:
    """A server that lets nobody in without a login, as from loopback one does that nobody configured."""
    folder = tmp_path_factory.mktemp("rabbitmq")
    server = RabbitServer(rabbit_installed(NEWEST), folder, RabbitSettings(config={"anonymous_login_user": "none"}))
    with closing(server):
        server.start()
        yield server


@pytest.fixture(scope="module")
def kept(tmp_path_factory: pytest.TempPathFactory) -> Iterator[RedisDeployment]:
    """A server that writes to disk, and wants a login."""
    settings = Settings(password="of-default", acl_file=True, config={"appendonly": "yes"})
    server = RedisDeployment(redis_installed(DEFAULT), tmp_path_factory.mktemp("redis"), settings)
    with closing(server):
        server.start()
        yield server


@pytest.fixture(params=PROJECTS, ids=lambda project: project.name)
def example(request: pytest.FixtureRequest, rabbit: RabbitServer, kept: RedisDeployment, tmp_path: Path) -> Example:
    """Each example, applied to empty servers."""
    rabbit.wipe()
    kept.wipe()
    copied = request.param.copied(tmp_path / "example")
    text = block(copied.clusters.read_text(encoding="utf-8"), rabbit.block, "rabbitmq")
    text = block(text, {**kept.block, "password": {"env": "REDIS_PASSWORD"}}, "redis")
    copied.clusters.write_text(text, encoding="utf-8")
    files = (tmp_path / "example").rglob("*.yaml")
    names = {name for each in files for name in re.findall(r"env:\s+(\w+)", each.read_text(encoding="utf-8"))}
    secrets = {name: f"a-long-secret-of-{name}" for name in names}
    secrets |= {**rabbit.secrets, "REDIS_PASSWORD": str(kept.settings.password), **copied.environment}
    environments = yaml.safe_load((copied.root / "mqinfra.yaml").read_text(encoding="utf-8"))["environments"]
    made = Example(copied.root, next(iter(environments)), rabbit, kept, secrets)
    for root in (*copied.first, copied.root):
        made.run("apply", "--auto-approve", root=root)
    return made


@pytest.fixture
def at_work(example: Example) -> Iterator[list[str]]:
    """Real consumers of every queue and stream, and what they saw of canaries."""
    seen: list[str] = []
    stop = threading.Event()
    workers = [threading.Thread(target=work, args=(stop, seen)) for work in (*_queues(example), _streams(example))]
    for worker in workers:
        worker.start()
    yield seen
    stop.set()
    for worker in workers:
        worker.join()


Work = Callable[[threading.Event, list[str]], None]


def _queues(example: Example) -> list[Work]:
    def work(vhost: str, queue: str, kind: str) -> Work:
        def consume(stop: threading.Event, seen: list[str]) -> None:
            connection = connect(example.rabbit, vhost)
            channel = connection.channel()
            channel.basic_qos(prefetch_count=10)
            arguments = {"x-stream-offset": "first"} if kind == "stream" else {}
            for _, properties, body in channel.consume(queue, inactivity_timeout=0.1, arguments=arguments):
                if body is not None:
                    seen.append(f"{queue}: {properties}")
                if stop.is_set():
                    break
            connection.close()

        return consume

    rows = example.rabbit.management.get("queues")
    return [work(row["vhost"], row["name"], row["type"]) for row in rows if not row["exclusive"]]


def _streams(example: Example) -> Work:
    def consume(stop: threading.Event, seen: list[str]) -> None:
        client = redis.Redis(
            example.redis.host, example.redis.port, password=example.redis.settings.password, decode_responses=True
        )
        streams = [key for key in client.scan_iter(_type="STREAM") if not key.startswith(SOON)]
        for key in streams:
            with suppress(redis.ResponseError):
                client.xgroup_create(key, "at-work", "0")
        while streams and not stop.is_set():
            came = client.xreadgroup("at-work", "me", dict.fromkeys(streams, ">"), block=100)
            seen.extend(map(str, came or ()))
        for key in streams:
            client.xgroup_destroy(key, "at-work")
        client.close()

    return consume


def test_an_example_keeps_its_promises_and_nothing_is_left(example: Example, at_work: list[str]) -> None:
    before = example.listing()
    found = example.verify()
    print({result: some if result != "pass" else len(some) for result, some in found.items()})  # noqa: T201 - shown by -s
    assert found.get("pass")
    assert found.get("fail", []) == []
    assert example.listing() == before
    assert at_work == []


@pytest.mark.parametrize("number", range(3))
def test_what_a_run_leaves_that_is_killed_at_any_moment_is_collected(number: int, example: Example) -> None:
    before = example.listing()
    run = example.start("verify", "-q", "--messages", "3000")
    time.sleep(random.Random(f"{number} {example.root}").uniform(0.5, 12))  # noqa: S311 - a moment, no secret
    run.kill()
    run.communicate()
    time.sleep(0.5)
    example.run("verify", "--gc", "--older-than", "0s")
    assert example.listing() == before
