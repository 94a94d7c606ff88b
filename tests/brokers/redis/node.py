"""One process of a Redis deployment: a data node or a sentinel."""

from __future__ import annotations

import shutil
import socket
from typing import TYPE_CHECKING

from tests.brokers.node import Node
from tests.brokers.ports import HOST
from tests.brokers.redis.admin import Admin

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Mapping, Sequence
    from pathlib import Path

    from tests.brokers.redis.release import Release


class RedisNode(Node):
    """A data node, or a sentinel."""

    ready_within = 60.0
    poll = 0.01
    grace = 5.0
    port_taken = ("Address already in use", "Failed listening on port")

    def __init__(
        self, release: Release, name: str, port: int, folder: Path, password: str | None, *, sentinel: bool = False
    ) -> None:
        super().__init__(f"Redis node {name}", folder)
        self.name = name
        self.port = port
        self.password = password
        self._release = release
        self._sentinel = sentinel
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

    @property
    def listens(self) -> Collection[int]:
        return (self.port,)

    def command(self) -> Sequence[str]:
        return [*self._release.server, str(self.config_file), *(["--sentinel"] if self._sentinel else [])]

    def missing(self) -> str | None:
        """Whether it answers commands; one that asks for a login answers too."""
        said = self._ping()
        return None if said and not said.startswith("-LOADING") else said or "an empty answer"

    def _ping(self) -> str:
        with socket.create_connection((HOST, self.port), 1.0) as connection:
            connection.sendall(b"PING\r\n")
            return connection.recv(200).decode(errors="replace").strip()

    def remember_configuration(self) -> None:
        """Note the run-time settings that `wipe` goes back to."""
        self._configuration = self.admin.configuration()

    def restore_configuration(self) -> None:
        self.admin.restore(self._configuration)

    def configure(self, **settings: str) -> None:
        """CONFIG SET at run time; underscores in names stand for dashes."""
        pairs = [part for name, value in settings.items() for part in (name.replace("_", "-"), value)]
        self.admin.call("CONFIG", "SET", *pairs)

    def stop(self) -> None:
        """End the node in an orderly way: data are saved, users and settings only as far as they were persisted."""
        self._forget_admin()
        super().stop()

    def kill(self) -> None:
        """End the node as a crash would: what was not persisted is gone."""
        self._forget_admin()
        super().kill()

    def _forget_admin(self) -> None:
        if self._admin is not None:
            self._admin.close()
            self._admin = None
