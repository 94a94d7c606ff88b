"""The tests' own connection to one node: what was sent to it, and how to make it forget.

It is opened before a test changes anything, and so outlives a change of the default user's password.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import redis
from redis.backoff import NoBackoff
from redis.retry import Retry

from tests.brokers.ports import HOST

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping

_TIMEOUT = 30.0

# Flagged `admin`, and yet they change nothing that outlives a connection.
_ADMIN_BUT_READING = frozenset(
    {
        *("acl|dryrun", "acl|getuser", "acl|list", "acl|log", "acl|users", "client|list", "client|kill", "config|get"),
        *(
            "cluster|count-failure-reports",
            "cluster|replicas",
            "cluster|slaves",
            "module|list",
            "monitor",
            "pfselftest",
        ),
        *("latency|doctor", "latency|graph", "latency|histogram", "latency|history", "latency|latest", "latency|reset"),
        *("slowlog|get", "slowlog|len", "slowlog|reset", "commandlog|get", "commandlog|len", "commandlog|reset"),
        # Between primary and replica:
        *("psync", "sync", "replconf"),
    }
)
# CONFIG SET takes them, and what they say is a topology's, not a test's to put back.
_NOT_PUT_BACK = frozenset({"replicaof", "slaveof"})


class Admin:
    """Commands to one node as its default user."""

    def __init__(self, port: int, password: str | None) -> None:
        self._client = redis.Redis(
            host=HOST,
            port=port,
            password=password,
            protocol=2,
            decode_responses=True,
            encoding_errors="surrogateescape",
            socket_timeout=_TIMEOUT,
            retry=Retry(NoBackoff(), 1),
        )
        # Replies as the server sends them, whatever the client library's version makes of them.
        self._client.response_callbacks.clear()

    def call(self, *arguments: str) -> Any:
        return self._client.execute_command(*arguments)  # type: ignore[no-untyped-call]  # redis-py leaves it bare

    def close(self) -> None:
        self._client.close()

    def info(self, section: str) -> dict[str, str]:
        lines = str(self.call("INFO", section)).splitlines()
        return dict(line.split(":", 1) for line in lines if ":" in line)

    def role(self) -> str:
        """`master` or `slave`, in the protocol's own words."""
        return str(self.call("ROLE")[0])

    def configuration(self) -> dict[str, str]:
        flat = [str(part) for part in self.call("CONFIG", "GET", "*")]
        return dict(zip(flat[::2], flat[1::2], strict=True))

    def commandstats(self) -> dict[str, int]:
        """How often each command was sent since the node started, refused and failed ones too."""
        return {
            name.removeprefix("cmdstat_"): _sent(line)
            for name, line in self.info("commandstats").items()
            if _sent(line)
        }

    def write_commands(self) -> frozenset[str]:
        """Commands that this server's own COMMAND table flags `write`, as `xadd` or `xgroup|create`."""
        return frozenset(name for name, flags in self._commands() if "write" in flags)

    def changing_commands(self) -> frozenset[str]:
        """`write_commands` and those that change users, configuration or topology; `admin` ones by default."""
        admin = {name for name, flags in self._commands() if "admin" in flags}
        return self.write_commands() | (admin - _ADMIN_BUT_READING)

    def _commands(self) -> Iterator[tuple[str, frozenset[str]]]:
        return _flags(self.call("COMMAND"))

    def restore(self, configuration: Mapping[str, str]) -> None:
        """Put run-time settings back to those given."""
        now = self.configuration()
        changed = {
            name: value for name, value in configuration.items() if now.get(name) != value and name not in _NOT_PUT_BACK
        }
        if changed:
            self.call("CONFIG", "SET", *[part for pair in changed.items() for part in pair])

    def restore_users(self, default: Iterable[str], declared: Iterable[str]) -> None:
        """Delete every user but `default`, and set that one and the declared ones anew."""
        others = [str(name) for name in self.call("ACL", "USERS") if name != "default"]
        if others:
            self.call("ACL", "DELUSER", *others)
        self.call("ACL", "SETUSER", "default", "reset", *default)
        for user in declared:
            name, *rules = user.split()
            self.call("ACL", "SETUSER", name, "reset", *rules)
        self.call("ACL", "LOG", "RESET")


def _sent(line: str) -> int:
    fields = dict(part.split("=", 1) for part in line.split(","))
    return int(fields["calls"]) + int(fields["rejected_calls"])


def _flags(rows: Iterable[Any]) -> Iterator[tuple[str, frozenset[str]]]:
    for row in rows:
        yield str(row[0]).lower(), frozenset(str(flag) for flag in row[2])
        yield from _flags(row[9])
