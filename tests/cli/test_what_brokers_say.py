"""A broker, or whatever answers in its place, that repeats what it was sent: no output has a secret of it."""

import base64
import hashlib
import json
import socket
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
import yaml

from tests.command import Ran
from tests.loopback import Loopback
from tests.unit.rabbitmq.stub import Stub, says
from tests.unit.redis.fake import MASTER, Answer, FakeRedis, bulk, texts

SECRET = "planted/secret+of the deployer"
USERS_SECRET = "planted-secret-of-a-user"
Mq = Callable[..., Ran]


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("DEPLOYER", SECRET)
    monkeypatch.setenv("FEED", USERS_SECRET)
    return tmp_path


def write(folder: Path, block: dict[str, Any], topology: dict[str, Any]) -> None:
    broker = block["type"]
    project = {
        "apiVersion": "mqinfra/v1",
        "kind": "Project",
        "metadata": {"name": "shop"},
        "manifests": ["topology.yaml"],
        "scope": {broker: {"wholeCluster": True}},
        "environments": {"it": {"clusters": {broker: block}}},
    }
    head = {"apiVersion": "mqinfra/v1", "kind": "Topology", "metadata": {"name": "shop"}}
    (folder / "mqinfra.yaml").write_text(yaml.safe_dump(project))
    (folder / "topology.yaml").write_text(yaml.safe_dump({**head, broker: topology}))


def everything(folder: Path, ran: Ran) -> str:
    """All that a run wrote."""
    files = [path.read_text() for path in folder.rglob("*") if path.is_file() and path.name != "mqinfra.yaml"]
    return ran.out + ran.err + "".join(files)


def clean(text: str) -> bool:
    token = base64.b64encode(f"mq:{SECRET}".encode()).decode()
    hashed = hashlib.sha256(USERS_SECRET.encode()).hexdigest()
    forms = (SECRET, USERS_SECRET, hashed, token, token[4:-4], json.dumps(SECRET)[1:-1], SECRET.encode().hex())
    return not any(form.lower() in text.lower() for form in forms)


def redis(server: Loopback) -> dict[str, Any]:
    return {"type": "redis", "nodes": [server.address], "username": "mq", "password": {"env": "DEPLOYER"}}


def echo(words: tuple[str, ...]) -> bytes:
    return f"-ERR what is {' '.join(words)} ({SECRET.encode().hex()})\r\n".encode()


@pytest.mark.parametrize("at", ["AUTH", "INFO", "ACL WHOAMI", "ACL CAT", "XINFO", "ACL GETUSER", "ACL SETUSER"])
def test_a_redis_that_echoes(at: str, folder: Path, mq: Mq) -> None:
    known: dict[str, Answer] = {
        "INFO": bulk(MASTER),
        "ACL CAT": texts(),
        "ACL GETUSER": b"*-1\r\n",
        "XINFO": b"-ERR no such key\r\n",
        at: lambda words: echo((*words, SECRET)),
    }
    with FakeRedis(known) as server:
        write(folder, redis(server), {"streams": {"orders": {}}, "users": {"feed": {"passwords": [{"env": "FEED"}]}}})
        ran = mq("apply", "--auto-approve", "--no-lock", "--timeout", "2", "-o", "json=report.json")
        planned = mq("plan", "--timeout", "2", "-o", "json=plan.json", "-o", "markdown=plan.md")
    told = everything(folder, ran) + planned.out + planned.err
    assert "Traceback" not in told
    assert clean(told)
    assert "***" in told or at == "ACL WHOAMI"


@pytest.mark.parametrize("kind", ["text/plain", "text/html", "application/json"])
def test_a_management_api_that_echoes(kind: str, folder: Path, mq: Mq) -> None:
    stub = Stub()
    token = base64.b64encode(f"mq:{SECRET}".encode()).decode()
    said = f"Basic {token} is {SECRET}"
    body: object = {"error": "bad_request", "reason": said} if "json" in kind else f"<title>{said}</title>".encode()
    stub.replies = [says(400, body) if "json" in kind else says(400, body, f"content-type: {kind}")]
    block = {"type": "rabbitmq", "url": f"http://127.0.0.1:{stub.port}", "username": "mq"}
    try:
        write(folder, {**block, "password": {"env": "DEPLOYER"}}, {"vhosts": {"/shop": {}}})
        ran = mq("plan", "--timeout", "2")
    finally:
        stub.close()
    assert clean(everything(folder, ran))
    assert "***" in ran.err


def test_a_redirect_is_not_followed_with_credentials(folder: Path, mq: Mq) -> None:
    heard: list[bytes] = []

    def hear(connection: socket.socket) -> None:
        heard.append(connection.recv(2**16))

    stub = Stub()
    with Loopback(hear) as elsewhere:
        stub.replies = [says(307, b"", f"location: http://{elsewhere.address}/api/whoami?{SECRET}")]
        block = {"type": "rabbitmq", "url": f"http://127.0.0.1:{stub.port}", "username": "mq"}
        try:
            write(folder, {**block, "password": {"env": "DEPLOYER"}}, {"vhosts": {"/shop": {}}})
            ran = mq("plan", "--timeout", "2")
        finally:
            stub.close()
    assert "redirects `GET` calls" in ran.err
    assert clean(ran.err)
    assert heard == []


def test_an_answer_of_another_shape_is_said_to_be_one(folder: Path, mq: Mq) -> None:
    stub = Stub()
    stub.replies = [
        says(200, {"name": "mq", "tags": ["administrator"]}),
        says(200, {"rabbitmq_version": "3.10.8", "cluster_name": "it"}),
        says(200, [{"neither": "name", "nor": "anything"}]),
    ]
    block = {"type": "rabbitmq", "url": f"http://127.0.0.1:{stub.port}", "username": "mq"}
    try:
        write(folder, {**block, "password": {"env": "DEPLOYER"}}, {"vhosts": {"/shop": {}}})
        ran = mq("plan", "--timeout", "2")
    finally:
        stub.close()
    assert ran.code == 1
    assert "MQ771" in ran.err
    assert "unexpected response (KeyError in " in ran.err
    assert "neither" not in ran.err
