"""One process of a Redis deployment: a data node or a sentinel."""

from __future__ import annotations

import shutil
import socket
import time
from typing import TYPE_CHECKING

from tests.brokers.errors import BrokerError, PortTakenError
from tests.brokers.ports import HOST
from tests.brokers.process import Process, tail
from tests.brokers.redis.admin import Admin

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping
    from pathlib import Path

    from tests.brokers.redis.release import Release

_READY_WITHIN = 20.0
_GRACE = 5.0
_POLL = 0.01
_PORT_TAKEN = ("Address already in use", "Failed listening on port")


class RedisNode:
    """A node with its folder of data and configuration; `start` may follow `stop` on the same data."""

    def __init__(self, release: Release, name: str, port: int, folder: Path, password: str | None) -> None:
        self.name = name
        self.port = port
        self.folder = folder
        self.log = folder / "node.log"
        self.password = password
        self._release = release
        self._process: Process | None = None
        self._admin: Admin | None = None
        self._files: dict[Path, str] = {}
        self._configuration: dict[str, str] = {}

    @property
    def host(self) -> str:
        return HOST

    @property
    def address(self) -> str:
        return f"{HOST}:{self.port}"

    @property
    def pid(self) -> int | None:
        return self._process.pid if self._process is not None and self._process.running else None

    @property
    def running(self) -> bool:
        return self.pid is not None

    @property
    def data(self) -> Path:
        return self.folder / "data"

    @property
    def config_file(self) -> Path:
        return self.folder / "redis.conf"

    @property
    def acl_file(self) -> Path:
        """Where the users live, in a deployment whose settings ask for an `aclfile`."""
        return self.folder / "users.acl"

    @property
    def admin(self) -> Admin:
        """A connection as the default user, kept open from the first use on."""
        if self._admin is None:
            self._admin = Admin(self.port, self.password)
        return self._admin

    def prepare(self, lines: Iterable[str], files: Mapping[Path, str]) -> None:
        """Empty the folder and write the configuration, with further files beside it."""
        shutil.rmtree(self.folder, ignore_errors=True)
        self.data.mkdir(parents=True)
        self._files = {self.config_file: "".join(f"{line}\n" for line in lines), **files}
        self.write_files()

    def write_files(self) -> None:
        """Write the configuration as prepared, whatever CONFIG REWRITE or ACL SAVE made of it since."""
        for path, text in self._files.items():
            path.write_text(text)

    def start(self, *, sentinel: bool = False, detached: bool = False) -> None:
        """Start the process and wait until it answers."""
        self.spawn(sentinel=sentinel, detached=detached)
        self.await_answer()

    def spawn(self, *, sentinel: bool = False, detached: bool = False) -> None:
        """Start the process without waiting for anything."""
        if self.running:
            raise BrokerError(f"Redis node {self.name} is running already")
        self.log.unlink(missing_ok=True)
        mode = ["--sentinel"] if sentinel else []
        command = [*self._release.server, str(self.config_file), *mode]
        self._process = Process(command, self.log, detached=detached)

    def await_answer(self) -> None:
        """Wait until the node answers commands; one that asks for a login answers too."""
        deadline = time.monotonic() + _READY_WITHIN
        seen = "nothing yet"
        while time.monotonic() < deadline:
            if not self.running:
                self._raise_ended()
            try:
                seen = self._ping()
            except OSError as error:
                seen = str(error)
            else:
                if seen and not seen.startswith("-LOADING"):
                    return
            time.sleep(_POLL)
        raise BrokerError(
            f"Redis node {self.name} on {self.address} is not ready after {_READY_WITHIN:.0f} s: {seen}\n"
            f"{tail(self.log)}"
        )

    def _ping(self) -> str:
        with socket.create_connection((HOST, self.port), 1.0) as connection:
            connection.sendall(b"PING\r\n")
            return connection.recv(200).decode(errors="replace").strip()

    def _raise_ended(self) -> None:
        output = tail(self.log)
        if any(sign in output for sign in _PORT_TAKEN):
            raise PortTakenError(f"Redis node {self.name} lost a port to another process\n{output}")
        raise BrokerError(f"Redis node {self.name} ended while it started\n{output}")

    def remember_configuration(self) -> None:
        """Note the run-time settings that `wipe` goes back to."""
        self._configuration = self.admin.configuration()

    def restore_configuration(self) -> None:
        self.admin.restore(self._configuration)

    def configure(self, **settings: str) -> None:
        """CONFIG SET at run time; underscores in names stand for dashes."""
        pairs = [part for name, value in settings.items() for part in (name.replace("_", "-"), value)]
        self.admin.call("CONFIG", "SET", *pairs)

    def pause(self) -> None:
        """Freeze the process: it accepts connections, and answers nothing."""
        if self._process is not None:
            self._process.pause()

    def resume(self) -> None:
        if self._process is not None:
            self._process.resume()

    def stop(self) -> None:
        """End the node in an orderly way: data are saved, users and settings only as far as they were persisted."""
        self._forget_admin()
        if self._process is not None:
            self._process.stop(_GRACE)

    def kill(self) -> None:
        """End the node as a crash would: what was not persisted is gone."""
        self._forget_admin()
        if self._process is not None:
            self._process.kill()

    def restart(self) -> None:
        self.stop()
        self.start()

    def _forget_admin(self) -> None:
        if self._admin is not None:
            self._admin.close()
            self._admin = None
