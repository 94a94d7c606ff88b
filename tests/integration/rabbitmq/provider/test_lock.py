"""The lock on real servers: one apply at a time, seen by others, gone with its holder, and lost aloud."""

import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

import pytest

from mqinfra.model.errors import UserError
from mqinfra.model.exit_code import ExitCode
from mqinfra.model.record import Owner
from mqinfra.providers.base.kind import KindReading
from mqinfra.providers.base.records import Lock
from mqinfra.providers.rabbitmq.io import queue_reading
from mqinfra.providers.rabbitmq.records import lock as lock_module
from tests.brokers.ports import HOST, free_ports
from tests.brokers.rabbitmq.server import RabbitServer
from tests.integration.rabbitmq.provider.opening import SECRET, block_of, client_of, opened

pytestmark = pytest.mark.newest

OWNER = Owner("shop", "prod")
QUEUE = "mqinfra.lock.shop.prod"
HOLDER = "ann@laptop, plan sha256:1234"
DEPLOYER = "deployer"
PATIENCE = 30.0
"""Seconds, which a machine that does a lot at once may need."""


@pytest.fixture
def server(rabbitmq: RabbitServer) -> RabbitServer:
    rabbitmq.wipe()
    return rabbitmq


@contextmanager
def locked(
    server: RabbitServer,
    owner: Owner = OWNER,
    holder: str = HOLDER,
    timeout: float = 0,
    user: str = "guest",
    **block: Any,
) -> Iterator[Lock]:
    """The lock as an apply takes it."""
    password = "guest" if user == "guest" else SECRET
    with opened({**block_of(server), **block}, user, password) as session, session.lock(owner, holder, timeout) as lock:
        yield lock


def refusal(server: RabbitServer, **arguments: Any) -> tuple[ExitCode, str]:
    """Exit code and words of a lock that can't be had."""
    with pytest.raises(UserError) as error, locked(server, **arguments):
        pass
    [found] = error.value.diagnostics
    assert found.help
    assert SECRET not in str(found)
    if error.value.exit_code is ExitCode.ERROR:
        assert found.code == "MQ347"
        assert "`--no-lock` applies without a lock" in found.help
    return error.value.exit_code, " ".join((found.message, *found.help))


@contextmanager
def process(server: RabbitServer, holder: str, timeout: float = 0) -> Iterator["subprocess.Popen[str]"]:
    """Another process that wants the lock."""
    block = block_of(server)
    module = "tests.integration.rabbitmq.provider.lock_holder"
    command = [sys.executable, "-m", module, block["url"], block["amqp"], holder, str(timeout)]
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as running:
        try:
            yield running
        finally:
            running.kill()


def said(running: "subprocess.Popen[str]") -> str:
    assert running.stdout is not None
    return running.stdout.readline().strip()


def within(is_so: Callable[[], object]) -> bool:
    """Whether it is so before a busy machine, too, would have come to it."""
    deadline = time.monotonic() + PATIENCE
    while time.monotonic() < deadline:
        if is_so():
            return True
        time.sleep(0.05)
    return False


def queues(server: RabbitServer, vhost: str = "/") -> list[str]:
    return [row["name"] for row in server.management.get("queues", vhost, query="disable_stats=true")]


def deployer(server: RabbitServer, configure: str, read: str) -> None:
    """Make a user with some rights in `/`."""
    server.management.call("PUT", "users", DEPLOYER, body={"password": SECRET, "tags": "management"})
    body = {"configure": configure, "write": "^$", "read": read}
    server.management.call("PUT", "permissions", "/", DEPLOYER, body=body)


def test_another_process_is_kept_out_and_told_who_holds_it(server: RabbitServer) -> None:
    with process(server, "bob@ci, plan sha256:5678") as other:
        assert said(other) == "held"
        code, words = refusal(server)
        assert code is ExitCode.LOCKED
        assert "another apply of `shop/prod` is running: bob@ci, plan sha256:5678" in words
        started = time.monotonic()
        assert refusal(server, timeout=1.2)[0] is ExitCode.LOCKED
        assert 1.2 <= time.monotonic() - started < PATIENCE
        other.communicate("")
    with locked(server):
        pass


def test_of_two_at_once_one_gets_it_and_the_other_names_it(server: RabbitServer) -> None:
    with process(server, "bob@ci") as one, process(server, "eve@ci") as two:
        answers = sorted((said(one), said(two)))
        assert answers[1] == "held"
        assert answers[0].startswith("6 another apply of `shop/prod` is running: ")
        assert answers[0].endswith(("bob@ci", "eve@ci"))


def test_whoever_waits_gets_it_once_it_is_free(server: RabbitServer) -> None:
    with locked(server) as lock, process(server, "bob@ci", 20) as other:
        assert within(lambda: len(server.management.get("connections")) == 2)
        assert other.poll() is None
        assert lock.lost() == ""
        lock.release()  # type: ignore[attr-defined] # as at the end of the context
        assert said(other) == "held"
        assert refusal(server)[0] is ExitCode.LOCKED


def test_a_killed_holder_frees_it(server: RabbitServer) -> None:
    with process(server, "bob@ci") as other:
        assert said(other) == "held"
        other.kill()
        with locked(server, timeout=PATIENCE) as lock:
            assert lock.lost() == ""


def test_other_projects_and_environments_are_not_kept_out(server: RabbitServer) -> None:
    with (
        locked(server),
        locked(server, Owner("shop", "test")),
        locked(server, Owner("shop.prod", "x")),
        locked(server, Owner("shop", "prod.x")),
    ):
        assert len(queues(server)) == 4
    assert within(lambda: queues(server) == []), "they go with their connections, of which the server learns by itself"


def test_it_is_free_as_soon_as_it_is_given_back(server: RabbitServer) -> None:
    for _ in range(5):
        with locked(server) as lock:
            assert lock.lost() == ""
        assert lock.lost() == "the lock was released"


def test_a_policy_that_expires_queues_leaves_it(server: RabbitServer) -> None:
    policy = {"pattern": ".*", "apply-to": "queues", "definition": {"expires": 500}}
    server.management.call("PUT", "policies", "/", "all-expire", body=policy)
    with locked(server) as lock:
        time.sleep(2.5)
        assert queues(server) == [QUEUE]
        assert lock.lost() == ""


def test_it_is_made_classic_where_queues_are_quorum_by_default(server: RabbitServer) -> None:
    server.management.call("PUT", "vhosts", "locks", body={"default_queue_type": "quorum"})
    with locked(server, lockVhost="locks") as lock:
        [row] = server.management.get("queues", "locks", query="disable_stats=true")
        assert (row["type"], row["durable"], row["exclusive"]) == ("classic", False, True)
        assert lock.lost() == ""


def test_a_connection_that_is_closed_from_outside_loses_it(server: RabbitServer) -> None:
    with locked(server) as lock:
        assert within(lambda: server.management.get("connections"))
        [row] = server.management.get("connections")
        assert row["client_properties"]["connection_name"] == f"mqinfra apply shop/prod: {HOLDER}"
        server.management.call("DELETE", "connections", row["name"])
        assert within(lock.lost)
        assert "RabbitMQ closed the connection that holds the lock" in lock.lost()


def test_a_vhost_that_is_deleted_loses_it(server: RabbitServer) -> None:
    server.management.call("PUT", "vhosts", "locks", body={})
    with locked(server, lockVhost="locks") as lock:
        server.management.call("DELETE", "vhosts", "locks")
        assert within(lock.lost)


def test_a_server_that_ends_loses_it(server: RabbitServer) -> None:
    with locked(server) as lock:
        server.kill()
        assert within(lock.lost)
        assert "the connection that holds the lock broke" in lock.lost()
    server.start()


def test_it_outlives_heartbeats(server: RabbitServer, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(lock_module, "_HEARTBEAT", 2)
    monkeypatch.setattr(lock_module, "_BEAT", 0.8)
    with locked(server) as lock:
        time.sleep(7)
        assert lock.lost() == ""
        assert queues(server) == [QUEUE]


def test_rights_on_the_name_alone_are_enough(server: RabbitServer) -> None:
    deployer(server, r"^mqinfra\.lock\.", r"^mqinfra\.lock\.")
    with locked(server, user=DEPLOYER) as lock:
        assert lock.lost() == ""
        code, words = refusal(server, user=DEPLOYER)
        assert (code, HOLDER in words) == (ExitCode.LOCKED, True)


@pytest.mark.parametrize(("configure", "read"), [("^$", ".*"), (".*", "^$")])
def test_a_missing_right_is_named(server: RabbitServer, configure: str, read: str) -> None:
    deployer(server, configure, read)
    code, words = refusal(server, user=DEPLOYER)
    assert code is ExitCode.ERROR
    assert f"`{DEPLOYER}` needs `configure` and `read` on `{QUEUE}` in vhost `/`" in words
    assert within(lambda: not queues(server))


def test_a_vhost_without_access_is_named(server: RabbitServer) -> None:
    deployer(server, ".*", ".*")
    server.management.call("PUT", "vhosts", "locks", body={})
    for vhost in ("locks", "nowhere"):
        code, words = refusal(server, user=DEPLOYER, lockVhost=vhost)
        assert code is ExitCode.ERROR
        assert f"vhost '{vhost}'" in words or f"vhost {vhost} not found" in words


def test_without_the_amqp_port_the_cause_is_named(server: RabbitServer) -> None:
    [port] = free_ports(1)
    code, words = refusal(server, amqp=f"amqp://{HOST}:{port}")
    assert code is ExitCode.ERROR
    assert f"{HOST}:{port}" in words
    assert "the lock needs AMQP" in words


def test_a_queue_that_outlives_its_connection_is_not_waited_for(server: RabbitServer) -> None:
    server.management.call("PUT", "queues", "/", QUEUE, body={"durable": True})
    started = time.monotonic()
    code, words = refusal(server, timeout=PATIENCE)
    assert time.monotonic() - started < PATIENCE
    assert code is ExitCode.ERROR
    assert f"there is a queue `{QUEUE}` in vhost `/` that is no lock of mqinfra's" in words


def test_the_queue_is_nobodys_resource(server: RabbitServer) -> None:
    with locked(server), opened(block_of(server)) as session:
        found: KindReading = queue_reading.read(client_of(session), None, "rabbit")
        assert (dict(found.resources), list(found.listed or ())) == ({}, [])
