"""A Redis server without a configuration file, as nobody should run one and many do."""

import subprocess
import time
from pathlib import Path
from types import TracebackType
from typing import Self

from tests.brokers.ports import accepts, free_ports
from tests.brokers.redis.admin import Admin
from tests.brokers.redis.release import DEFAULT, installed

_TRIES = 500


class BareServer:
    """A server that is started with options alone; it keeps its port over a restart."""

    def __init__(self, folder: Path, *options: str) -> None:
        folder.mkdir(parents=True)
        self.port = free_ports(1)[0]
        self._folder, self._options = folder, options
        self._process: subprocess.Popen[bytes] | None = None

    def __enter__(self) -> Self:
        self.start()
        return self

    def __exit__(
        self, _kind: type[BaseException] | None, _error: BaseException | None, _at: TracebackType | None
    ) -> None:
        self.stop()

    def start(self, *options: str) -> None:
        common = ["--port", str(self.port), "--dir", str(self._folder), "--bind", "127.0.0.1", "--save", ""]
        command = [*installed(DEFAULT).server, *common, *self._options, *options]
        self._process = subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        for _ in range(_TRIES):
            if accepts(self.port, 0.02):
                return
            time.sleep(0.02)  # a closed port answers at once
        self.stop()
        raise AssertionError("the server does not start")

    def stop(self) -> None:
        if self._process is not None:
            self._process.kill()
            self._process.wait()

    def restart(self, *options: str) -> None:
        self.stop()
        self.start(*options)

    def call(self, *arguments: str) -> object:
        admin = Admin(self.port, None)
        try:
            return admin.call(*arguments)
        finally:
            admin.close()
