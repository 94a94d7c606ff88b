"""The Redis and Valkey releases tests run against, and how to start their programs."""

from __future__ import annotations

import re
import shutil
from dataclasses import dataclass
from functools import cache
from typing import TYPE_CHECKING

from tests.brokers import debian
from tests.brokers.errors import BrokerError
from tests.brokers.install import apt_install, install_once, run

if TYPE_CHECKING:
    from pathlib import Path

DEFAULT = "7.0"
# Only needed by tests of the whole matrix.
MATRIX = ("8.0", "8.6", "valkey-8.1", "valkey-9.1")
LINES = (DEFAULT, *MATRIX)

# Debian's -tools packages hold the servers (one binary under several names), the -server packages
# only add the service, which would start by itself and that nobody here wants.
_DEBIAN_PACKAGES = ("redis-tools", "valkey-tools")
_REDIS, _VALKEY = ("redis-check-rdb", "redis-server"), ("valkey-check-rdb", "valkey-server")
# Debian's unreleased suites move on: there a line is the oldest version that will do.
_MOVING = frozenset({"8.6", "valkey-9.1"})


@dataclass(frozen=True)
class Release:
    """One installed release."""

    line: str
    version: str
    server: tuple[str, ...]

    @property
    def title(self) -> str:
        return f"Valkey {self.version}" if self.line.startswith("valkey-") else f"Redis {self.version}"


@cache
def installed(line: str) -> Release:
    """The release of a line such as "7.0" or "valkey-8.1", installed when it is not yet."""
    match line:
        case "7.0":
            server = _system_server()
        case "8.0":
            server = debian.argv(_trixie(), *_REDIS)
        case "8.6":
            suites = ("experimental", "sid")
            server = debian.argv(debian.unpacked("redis-8.6", suites, ("redis-tools",)), *_REDIS)
        case "valkey-8.1":
            server = debian.argv(_trixie(), *_VALKEY)
        case "valkey-9.1":
            server = debian.argv(debian.unpacked("valkey-9.1", ("forky",), ("valkey-tools",)), *_VALKEY)
        case _:
            raise BrokerError(f"no Redis {line} is known here; there are {', '.join(LINES)}")
    version = _version(server)
    if not _fits(line, version):
        raise BrokerError(
            f"the tests need Redis {line}, and {server[-1]} is {version}. Debian 12 or Ubuntu 24.04: "
            "apt-get install redis-tools; elsewhere put a redis-server 7.0 on the PATH."
        )
    return Release(line, version, server)


def _fits(line: str, version: str) -> bool:
    wanted = line.removeprefix("valkey-")
    if line in _MOVING:
        return [int(part) for part in version.split(".")] >= [int(part) for part in wanted.split(".")]
    return version.startswith(wanted + ".")


def _trixie() -> Path:
    return debian.unpacked("redis-trixie", ("trixie",), _DEBIAN_PACKAGES)


def _system_server() -> tuple[str, ...]:
    if on_path := shutil.which("redis-server"):
        return (on_path,)
    if shutil.which("redis-check-rdb") is None:
        apt_install("redis-tools")
    binary = shutil.which("redis-check-rdb")
    if binary is None:
        raise BrokerError(
            "redis-server 7.0 is missing. Debian 12 or Ubuntu 24.04: apt-get install redis-tools; "
            "elsewhere put a redis-server 7.0 on the PATH."
        )
    # The binary looks at the name it is called by.
    folder = install_once("redis-7.0", binary, lambda folder: (folder / "redis-server").symlink_to(binary))
    return (str(folder / "redis-server"),)


def _version(server: tuple[str, ...]) -> str:
    told = run([*server, "--version"], f"{server[-1]} does not start")
    match = re.search(r" v=(\d+\.\d+\.\d+)", told)
    if match is None:
        raise BrokerError(f"{server[-1]} tells no version: {told!r}")
    return match[1]
