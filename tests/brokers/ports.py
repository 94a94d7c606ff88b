"""Ports on loopback that are free now."""

from __future__ import annotations

import contextlib
import random
import socket
from pathlib import Path

from tests.brokers.errors import BrokerError

HOST = "127.0.0.1"

# Below the range the kernel hands out for outgoing connections, so that a client's
# own connection cannot take a chosen port before the broker binds it.
_LOWEST, _HIGHEST = 20_000, 32_000
_TRIES_PER_PORT = 200
_LISTEN = "0A"
"""A state of sockets in /proc/net/tcp."""


def free_ports(count: int) -> list[int]:
    """Choose `count` different ports that nobody listens on at this moment."""
    chosen: list[int] = []
    with contextlib.ExitStack() as held:
        for _ in range(count * _TRIES_PER_PORT):
            if len(chosen) == count:
                break
            candidate = random.randint(_LOWEST, _HIGHEST)  # noqa: S311 - no secret, only spread
            if candidate in chosen:  # with SO_REUSEADDR it could be bound twice
                continue
            probe = held.enter_context(socket.socket(socket.AF_INET, socket.SOCK_STREAM))
            # As servers do: a port with closed connections in TIME_WAIT counts as free.
            probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            with contextlib.suppress(OSError):
                probe.bind((HOST, candidate))
                chosen.append(candidate)
    if len(chosen) < count:
        raise BrokerError(f"found only {len(chosen)} of {count} free ports on {HOST}")
    return chosen


def accepts(port: int, timeout: float = 1.0) -> bool:
    """Tell whether somebody accepts connections on a loopback port."""
    try:
        with socket.create_connection((HOST, port), timeout):
            return True
    except OSError:
        return False


def listened(pid: int) -> frozenset[int]:
    """The TCP ports that a process listens on, by what Linux tells of its sockets; none once it has ended."""
    folder = Path("/proc") / str(pid)
    ports: dict[str, int] = {}
    held: set[str] = set()
    with contextlib.suppress(OSError):
        for table in ("tcp", "tcp6"):
            for line in (folder / "net" / table).read_text().splitlines()[1:]:
                _, local, _, state, *_, inode = line.split()[:10]
                if state == _LISTEN:
                    ports[f"socket:[{inode}]"] = int(local.rpartition(":")[2], 16)
        for one in (folder / "fd").iterdir():
            with contextlib.suppress(FileNotFoundError):  # it was closed meanwhile
                held.add(str(one.readlink()))
    return frozenset(port for socket_, port in ports.items() if socket_ in held)
