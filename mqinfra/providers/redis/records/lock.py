"""The lock: a key that its holder renews, and that expires by the server's clock once nobody does.

It is taken, renewed and released in transactions that check first whose it is (WATCH), which every server knows and
which need no right to run scripts.
"""

import random
import secrets
import threading
import time
from collections.abc import Callable
from typing import TYPE_CHECKING

from mqinfra.model.errors import UserError
from mqinfra.model.exit_code import ExitCode
from mqinfra.model.frozen import dataclass
from mqinfra.model.record import Owner
from mqinfra.providers.base.codes import LOCK_RIGHT, LOCKED
from mqinfra.providers.base.connecting.fault import Fault, Meaning
from mqinfra.providers.base.connecting.understanding import STUMBLES, stumble
from mqinfra.providers.base.records import Lock
from mqinfra.providers.redis.api.node import Moved, Node
from mqinfra.providers.redis.api.replies import sections
from mqinfra.providers.redis.api.resp import Reply
from mqinfra.providers.redis.records.names import as_kept, as_sent, lock_key, lock_rights

if TYPE_CHECKING:
    from mqinfra.providers.redis.api.client import RedisClient

LIFETIME = 10.0
"""Seconds until the lock of a holder that was killed is free."""
Scrub = Callable[[str], str]
_CAVEAT = "best effort: a failover or an eviction can lose it"
_TRIES = 5
"""Times that a key may move, or a reply be lost, while the lock is taken."""
_RELEASES = 2
"""Times that a holder tries to give it up, since the connection may be one that was cut."""
_CONFIRMED_WITHIN = "1000"
"""Milliseconds for a replica to say that it has the lock."""
_MOST_SHOWN = 200
_FIRST_PAUSE, _LONGEST_PAUSE = 0.05, 1.0


@dataclass(frozen=True, slots=True)
class _Server:
    """Who answers on a connection.

    Attributes:
        run_id: what only this process has.
        master: it takes writes.
        replicas: how many follow it.
    """

    run_id: str
    master: bool
    replicas: int

    @classmethod
    def of(cls, server: Reply, replication: Reply) -> "_Server":
        """Read `INFO server` and `INFO replication`."""
        known, roles = sections(str(server)), sections(str(replication))
        followers = roles.get("connected_slaves", "")
        return cls(
            known.get("run_id", ""), roles.get("role") == "master", int(followers) if followers.isdecimal() else 0
        )


class RedisLock(Lock):
    """A lock that is held. A thread of its own renews it, over a connection of its own."""

    def __init__(
        self, node: Node, key: str, value: str, server: _Server, until: float, lifetime: float, scrub: Scrub
    ) -> None:
        """Go on with a lock that was just taken.

        Args:
            node: a connection that nobody else uses.
            key: the lock's key.
            value: what only this holder has written there.
            server: who answered when it was taken.
            until: up to when it is safely held, by `time.monotonic`.
            lifetime: seconds that each renewal gives it.
            scrub: takes secrets out of what a server says.
        """
        self.caveat = _CAVEAT
        self._node, self._key, self._value, self._server, self._lifetime = node, key, value, server, lifetime
        self._until, self._why, self._late, self._trouble = until, "", "", "the server does not answer"
        self._scrub = scrub
        self._stop = threading.Event()
        self._thread = threading.Thread(target=self._keep, name="lock", daemon=True)

    def start(self) -> None:
        """Renew it from now on."""
        self._thread.start()

    def lost(self) -> str:
        """Say what the last renewal found, or that none got through for too long. Asks nobody, and stays so."""
        if not self._late and time.monotonic() >= self._until:
            self._late = f"it could not be renewed in time: {self._trouble}"
        why = self._why or self._late
        return self._scrub(why) if why else ""

    def release(self) -> None:
        """Give it up, if it is ours still; where that can't be told in time, it expires."""
        self._stop.set()
        self._thread.join(self._lifetime / 2)
        for _ in range(_RELEASES):
            if self._thread.is_alive() or self._why or self._renew(0):
                break
        self._why = self._why or "the lock was released"
        self._node.close()

    def _keep(self) -> None:
        pause = self._lifetime / 4
        while not self._stop.wait(pause) and not self._why:
            pause = self._lifetime / 4 if self._renew(self._lifetime) else min(1.0, self._lifetime / 8)

    def _renew(self, lifetime: float) -> bool:
        """Let the key live for so many seconds from now on; none deletes it. Tells whether that was done."""
        sent = time.monotonic()
        try:
            found = self._sent(lifetime)
        except STUMBLES as error:
            found = Fault(f"unexpected response ({stumble(error)})")
        if found is None:
            self._until = sent + _safely(lifetime)
        elif found.lost or found.retry:
            self._trouble = found.message
        else:
            self._why = found.message
        return found is None

    def _sent(self, lifetime: float) -> Fault | None:
        """Compare and expire; None when it was done."""
        replies = _begun(self._node, self._key)
        fault = _fault(replies)
        if fault is not None:
            return fault
        server = _Server.of(*replies[:2])
        if not server.master:
            return Fault(f"`{self._node.name}` is no longer the master")
        if server.run_id != self._server.run_id:
            return Fault(f"`{self._node.name}` was restarted, or is another server now")
        held = replies[3]
        if held is None:
            return Fault("it expired, or was evicted or deleted")
        if held != self._value:
            return Fault(f"now it is held by {_holder(held)}")
        replies = self._node.send([("PEXPIRE", self._key, _milliseconds(lifetime)), ("EXEC",)])
        fault = _fault(replies)
        if fault is None and replies[-1] is None:
            return Fault("the lock changed while it was renewed", Meaning.RETRY)  # the next look tells how
        return fault


def take(
    client: "RedisClient", owner: Owner, holder: str, timeout: float, lifetime: float = LIFETIME, scrub: Scrub = str
) -> RedisLock:
    """Take the lock of an owner, and renew it until it is released.

    Args:
        client: the deployment.
        owner: what is locked.
        holder: who holds it, for whoever has to wait.
        timeout: seconds to wait for another holder.
        lifetime: seconds after which it expires when nobody renews it.
        scrub: takes secrets out of what a server says.

    Raises:
        UserError: with exit code 6, somebody else keeps it; with 1, it can't be taken.
    """
    taking = _Taking(client, owner, f"{secrets.token_hex(16)} {as_sent(holder)}", lifetime, scrub)
    try:
        lock = taking.lock(time.monotonic() + timeout)
    except BaseException:
        taking.node.close()
        raise
    lock.start()
    return lock


class _Taking:
    """The way to a lock."""

    def __init__(self, client: "RedisClient", owner: Owner, value: str, lifetime: float, scrub: Scrub) -> None:
        self._client, self._owner, self._value, self._lifetime = client, owner, value, lifetime
        self._scrub = scrub
        self._key = lock_key(owner)
        self.node = self._connection()

    def lock(self, deadline: float) -> RedisLock:
        """Try until a deadline, and once at least.

        Raises:
            UserError: somebody else keeps it, or it can't be taken.
        """
        pause, tries = _FIRST_PAUSE, 0
        while True:
            sent = time.monotonic()
            found = self._tried()
            if isinstance(found, _Server):
                return self._confirmed(found, sent)
            if isinstance(found, str):
                if time.monotonic() >= deadline:
                    raise self._held(found)
                time.sleep(min(pause * random.uniform(0.5, 1), max(0.0, deadline - time.monotonic())))  # noqa: S311 - no secret
                pause = min(2 * pause, _LONGEST_PAUSE)
                continue
            tries += 1
            if tries >= _TRIES or not (isinstance(found, Moved) or found.lost or found.retry):
                raise self._refused(found)
            if isinstance(found, Moved):
                self._client.relocate()
                self.node.close()
                self.node = self._connection()
            else:
                time.sleep(_FIRST_PAUSE)

    def _connection(self) -> Node:
        # An answer that takes longer would come when the lock has expired.
        return self._client.home(self._key).another(self._lifetime / 4)

    def _tried(self) -> "_Server | str | Fault | Moved":
        """Take the lock if nobody has it: the server that gave it, or what its holder wrote, or what went wrong.

        All commands that holding it takes are in the transaction, so that a right that is missing leaves no lock.
        """
        replies = _begun(self.node, self._key)
        fault = next((reply for reply in replies if isinstance(reply, Fault | Moved)), None)
        if fault is not None:
            return fault
        server = _Server.of(*replies[:2])
        held = replies[3]
        if held is not None and held != self._value:
            self.node.send([("EXEC",)])  # nothing was asked for in between
            return str(held)
        life = _milliseconds(self._lifetime)
        setting = () if held == self._value else (("SET", self._key, self._value, "NX", "PX", life),)
        replies = self.node.send([*setting, ("PEXPIRE", self._key, life), ("EXEC",)])
        fault = next((reply for reply in replies if isinstance(reply, Fault | Moved)), None)
        if fault is not None:
            return fault
        return server if replies[-1] is not None else Fault("the lock changed while it was taken", Meaning.RETRY)

    def _confirmed(self, server: _Server, sent: float) -> RedisLock:
        """Wait until a replica has it, where there are some; it is held all the same."""
        until = sent + _safely(self._lifetime)
        lock = RedisLock(self.node, self._key, self._value, server, until, self._lifetime, self._scrub)
        if server.replicas:
            reply = self.node.send([("WAIT", "1", _CONFIRMED_WITHIN)])[0]
            if isinstance(reply, Fault):
                lock.caveat = self._scrub(f"{_CAVEAT}; no replica could be asked whether it has it: {reply.message}")
            elif reply == 0:
                lock.caveat = f"{_CAVEAT}; no replica has confirmed it yet"
        return lock

    def _held(self, value: str) -> UserError:
        found = LOCKED.at(
            f"another apply of `{self._owner}` is running: {_holder(value)}",
            address=self._client.where,
            help=(
                "wait for it, or give --lock-timeout more seconds",
                f"if it was killed, its lock is gone within {self._lifetime:.0f} s",
            ),
        )
        return UserError([found], ExitCode.LOCKED)

    def _refused(self, found: Fault | Moved) -> UserError:
        fault = found if isinstance(found, Fault) else Fault("the slot keeps moving", Meaning.RETRY)
        if not fault.denied:
            return UserError([fault.unread(f"to taking the lock, from `{self.node.name}`", self._client.where)])
        user, rights = self._client.user, " ".join(lock_rights(self._owner))
        denied = LOCK_RIGHT.at(
            f"`{user}` may not take the lock `{self._key}`: {fault.message}",
            address=self._client.where,
            help=(
                f"an administrator can grant it: `ACL SETUSER {user} {rights}`",
                "`--no-lock` applies without it, and nothing keeps another apply away then",
            ),
        )
        return UserError([denied])


def _begun(node: Node, key: str) -> list[Reply]:
    """Look who answers and what the key holds, and begin a transaction that fails if another changes it.

    What comes in the transaction is sent once it has begun: where MULTI was refused, it would be done at once.
    """
    replies = node.send([("INFO", "server"), ("INFO", "replication"), ("WATCH", key), ("GET", key), ("MULTI",)])
    if any(isinstance(reply, Fault | Moved) for reply in replies):
        node.close()  # and with the connection whatever has begun; the next command makes another
    return replies


def _fault(replies: list[Reply]) -> Fault | None:
    """The first thing that went wrong; a key that moved is with another server, and what is there is not known."""
    for reply in replies:
        if isinstance(reply, Moved):
            return Fault(f"its slot moved to `{reply.name}`")
        if isinstance(reply, Fault):
            return reply
    return None


def _safely(lifetime: float) -> float:
    """For how many seconds after it was sent a renewal is counted on: a write that begins then ends in time."""
    return lifetime * 3 / 4


def _milliseconds(seconds: float) -> str:
    return f"{seconds * 1_000:.0f}"


def _holder(value: str) -> str:
    """The holder in a lock's value, after the token, as it can stand in any message, whoever wrote it."""
    text = as_kept(value.partition(" ")[2]) or "unknown holder"
    return "".join(sign if sign.isprintable() else " " for sign in text)[:_MOST_SHOWN]
