"""What the sandbox's lock is for: an apply that waited for another one works on what that one left."""

import threading
from contextlib import ExitStack
from pathlib import Path

import pytest

from mqinfra.model.address import Address
from mqinfra.model.change import Action, Change, Reason
from mqinfra.model.errors import UserError
from mqinfra.model.exit_code import ExitCode
from mqinfra.model.record import Owner
from mqinfra.providers.base.catalogue import installed
from mqinfra.providers.base.provider import SandboxOptions
from mqinfra.providers.sandbox.session import SandboxSession

OWNER = Owner("shop", "local")
ONE, OTHER = (Address("kafka", "topics", (name,)) for name in ("orders.created", "orders.cancelled"))


def opened(folder: Path) -> SandboxSession:
    facts = installed().providers["kafka"].sandbox_facts("kafka", "test", SandboxOptions(brokers=1))
    return SandboxSession.open(folder / "kafka.json", "kafka", "kafka", facts, installed())


def create(session: SandboxSession, address: Address) -> None:
    change = Change(address=address, action=Action.CREATE, reason=Reason.ABSENT, after={"partitions": 1})
    for request in session.requests([change]):
        session.send(request)


def test_what_another_wrote_before_the_lock_was_free_is_kept(tmp_path: Path) -> None:
    first, second = opened(tmp_path), opened(tmp_path)
    with first.lock(OWNER, "first", 0):
        create(first, ONE)
    with second.lock(OWNER, "second", 0):
        assert set(second.read({"topics": None}).resources) == {ONE}
        create(second, OTHER)
    assert set(opened(tmp_path).read({"topics": None}).resources) == {ONE, OTHER}


def test_the_loser_waits_then_names_the_holder(tmp_path: Path) -> None:
    first, second = opened(tmp_path), opened(tmp_path)
    with first.lock(OWNER, "ann applying shop/local", 0), pytest.raises(UserError) as told:
        second.lock(OWNER, "ben", 0.05).__enter__()
    assert told.value.exit_code is ExitCode.LOCKED
    assert "ann applying shop/local" in told.value.diagnostics[0].message


def test_waiting_ends_when_the_lock_is_free(tmp_path: Path) -> None:
    first, second = opened(tmp_path), opened(tmp_path)
    with ExitStack() as held:
        held.enter_context(first.lock(OWNER, "ann", 0))
        threading.Timer(0.1, held.pop_all().close).start()
        with second.lock(OWNER, "ben", 5):
            create(second, ONE)
    assert set(opened(tmp_path).read({"topics": None}).resources) == {ONE}
