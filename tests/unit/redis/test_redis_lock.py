"""The lock against a server that is played: what is sent when, and what each answer makes of the lock."""

import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager

import pytest

from mqinfra.model.errors import UserError
from mqinfra.model.exit_code import ExitCode
from mqinfra.model.record import Owner
from mqinfra.model.secret import SecretRef, SecretValue
from mqinfra.providers.redis.api.connect import connect
from mqinfra.providers.redis.api.connection import RedisConnection
from mqinfra.providers.redis.records.lock import RedisLock, take
from mqinfra.providers.redis.records.names import lock_key
from tests.unit.redis.fake import MASTER, OK, FakeRedis, bulk
from tests.waiting import until

OWNER = Owner("shop", "it")
KEY = lock_key(OWNER)
_REFUSED = b"-NOPERM this user has no permissions to run the '%b' command\r\n"
_LIFETIME = 0.4


class Keeper(FakeRedis):
    """A server with one key, and one client at a time that has a transaction open.

    Attributes:
        value: what the key holds.
        run_id: which process it is.
        role: what it says of itself.
        denied: a command that it refuses.
        silent: it has no answer for whoever renews the lock.
    """

    def __init__(self, value: str | None = None, denied: str = "") -> None:
        self.value, self.run_id, self.role, self.denied, self.silent = value, "one", "master", denied, False
        self.queued: list[tuple[str, ...]] | None = None
        names = ("INFO", "WATCH", "GET", "MULTI", "SET", "PEXPIRE", "EXEC")
        super().__init__(dict.fromkeys(names, self._act))

    def sent(self, name: str) -> list[tuple[str, ...]]:
        """The commands of a name that came."""
        return [words for words in self.heard if words[0] == name]

    def _act(self, words: tuple[str, ...]) -> bytes:
        name = words[0]
        if self.silent:
            return b""
        if name == self.denied:
            return _REFUSED % name.lower().encode()
        match name:
            case "INFO":
                return bulk(MASTER.replace("master", self.role) + f"run_id:{self.run_id}\r\n")
            case "GET":
                return b"$-1\r\n" if self.value is None else bulk(self.value)
            case "MULTI":
                self.queued = []
                return OK
            case "EXEC":
                done, self.queued = self.queued or [], None
                return b"*%d\r\n%b" % (len(done), b"".join(map(self._do, done)))
            case "SET" | "PEXPIRE":
                if self.queued is None:
                    return self._do(words)
                self.queued.append(words)
                return b"+QUEUED\r\n"
        return OK

    def _do(self, words: tuple[str, ...]) -> bytes:
        if words[0] == "SET":
            self.value = words[2]
            return OK
        if words[2] == "0":
            self.value = None
        return b":1\r\n"


def no_secrets(reference: SecretRef) -> SecretValue:
    raise AssertionError(reference)


@contextmanager
def locked(server: Keeper, *, lifetime: float = _LIFETIME, timeout: float = 0.0) -> Iterator[RedisLock]:
    block = RedisConnection.model_validate({"nodes": [server.address]})
    client, _ = connect(block, "it", no_secrets, 5.0)
    try:
        lock = take(client, OWNER, "ann", timeout, lifetime)
        try:
            yield lock
        finally:
            lock.release()
    finally:
        client.close()


def test_a_lock_is_renewed_as_long_as_it_is_held_and_then_given_up() -> None:
    with Keeper() as server:
        with locked(server, lifetime=2.0) as lock:
            until(lambda: len(server.sent("PEXPIRE")) > 3)
            assert lock.lost() == ""
        assert server.value is None
        assert lock.lost() == "the lock was released"


def test_what_another_holds_is_neither_taken_nor_prolonged() -> None:
    with Keeper("token ben@there applying shop/it") as server:
        with pytest.raises(UserError, match="ben@there applying shop/it") as told, locked(server):
            pytest.fail("two hold the lock")
        assert told.value.exit_code is ExitCode.LOCKED
        assert server.value == "token ben@there applying shop/it"
        assert server.sent("SET") == server.sent("PEXPIRE") == []


@pytest.mark.parametrize("denied", ["WATCH", "GET", "MULTI"])
def test_nothing_is_set_by_a_caller_who_could_not_hold_it(denied: str) -> None:
    with Keeper(denied=denied) as server:
        with pytest.raises(UserError) as told, locked(server):
            pytest.fail("it is locked")
        assert [found.code for found in told.value.diagnostics] == ["MQ347"]
        assert told.value.exit_code is ExitCode.ERROR
        assert server.sent("SET") == server.sent("PEXPIRE") == []


def _taken(server: Keeper) -> None:
    server.value = "token ben"


def _gone(server: Keeper) -> None:
    server.value = None


def _restarted(server: Keeper) -> None:
    server.run_id = "two"


def _demoted(server: Keeper) -> None:
    server.role = "slave"


def _refused(server: Keeper) -> None:
    server.denied = "PEXPIRE"


LOSSES: dict[str, tuple[Callable[[Keeper], None], str]] = {
    "another has it": (_taken, "now it is held by ben"),
    "nobody has it": (_gone, "it expired, or was evicted or deleted"),
    "restart": (_restarted, "was restarted, or is another server now"),
    "failover": (_demoted, "is no longer the master"),
    "right": (_refused, "no permissions to run the 'pexpire' command"),
}


@pytest.mark.parametrize("what", LOSSES)
def test_a_lock_that_is_lost_says_so_and_is_left_alone(what: str) -> None:
    happens, why = LOSSES[what]
    with Keeper() as server, locked(server) as lock:
        happens(server)
        until(lambda: why in lock.lost())
        before = server.value
        lock.release()
        assert server.value == before


def test_a_lock_that_nobody_can_renew_is_lost_before_it_expires() -> None:
    with Keeper() as server, locked(server, lifetime=3.0) as lock:
        server.silent = True
        began = time.monotonic()
        until(lambda: bool(lock.lost()))
        assert "could not be renewed in time" in lock.lost()
        assert time.monotonic() - began < 3.0
        server.silent = False
        heard = len(server.sent("EXEC"))
        until(lambda: len(server.sent("EXEC")) > heard)
        assert lock.lost()  # what was stopped is not taken up again
    assert server.value is None


def test_what_others_write_as_their_name_is_shown_in_one_line() -> None:
    with Keeper("token ben\r\n\x1b[2J" + "n" * 1_000) as server, pytest.raises(UserError) as told, locked(server):
        pytest.fail("two hold the lock")
    message = told.value.diagnostics[0].message
    assert message.isprintable()
    assert len(message) < 300


def test_secrets_are_no_part_of_why_a_lock_is_lost() -> None:
    with Keeper() as server:
        block = RedisConnection.model_validate({"nodes": [server.address]})
        client, _ = connect(block, "it", no_secrets, 5.0)
        lock = take(client, OWNER, "ann", 0, _LIFETIME, scrub=lambda text: text.replace("ben", "***"))
        server.value = "token ben"
        until(lambda: lock.lost() == "now it is held by ***")
        lock.release()
        client.close()


def test_asking_whether_it_is_lost_asks_no_server() -> None:
    with Keeper() as server, locked(server, lifetime=60.0) as lock:
        heard = len(server.heard)
        assert [lock.lost() for _ in range(1_000)] == [""] * 1_000
        assert len(server.heard) == heard


def test_an_answer_of_no_known_shape_loses_the_lock_and_raises_nothing() -> None:
    with Keeper() as server, locked(server) as lock:
        server.answers["GET"] = b"*0\r\n"
        until(lambda: "unexpected response" in lock.lost())
