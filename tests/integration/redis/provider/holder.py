"""A process that takes the lock of `shop/it`, says so, and holds it until it is told to end: what a test can kill."""

import json
import subprocess
import sys
import time
from contextlib import ExitStack, suppress
from typing import Any, Self

from mqinfra.model.errors import UserError
from mqinfra.model.record import Owner
from mqinfra.model.secret import SecretRef, SecretValue
from mqinfra.providers.redis.api.connect import connect
from mqinfra.providers.redis.api.connection import RedisConnection
from mqinfra.providers.redis.records.lock import take
from tests.brokers.redis.deployment import RedisDeployment

OWNER = Owner("shop", "it")


class Holder:
    """The process, as the test sees it."""

    def __init__(self, deployment: RedisDeployment, name: str, *, lifetime: float, timeout: float = 0.0) -> None:
        asked = json.dumps([dict(deployment.block), name, lifetime, timeout])
        self._process = subprocess.Popen(
            [sys.executable, "-m", __name__, asked], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
        )

    def said(self) -> str:
        """What it says next: `held`, or why it is not."""
        assert self._process.stdout is not None
        return self._process.stdout.readline().strip()

    def ask(self) -> str:
        """Why its lock is lost; empty while it is held."""
        assert self._process.stdin is not None
        self._process.stdin.write("\n")
        self._process.stdin.flush()
        return self.said()

    def kill(self) -> None:
        """SIGKILL."""
        self._process.kill()
        self._process.wait()
        for pipe in (self._process.stdin, self._process.stdout):
            assert pipe is not None
            with suppress(BrokenPipeError):  # what was not read yet is of no use to the dead
                pipe.close()

    def end(self) -> None:
        """Let it release the lock, and wait for its end."""
        assert self._process.stdin is not None
        self._process.stdin.close()
        assert self._process.wait(60.0) == 0

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.kill()


def main() -> None:
    """Hold the lock as the arguments say."""
    block, name, lifetime, timeout = json.loads(sys.argv[1])
    with ExitStack() as stack:
        client, _ = connect(RedisConnection.model_validate(block), "it", _secret, 10.0)
        stack.callback(client.close)
        try:
            lock = take(client, OWNER, name, timeout, lifetime)
        except UserError as error:
            _say(error.diagnostics[0].message)
            return
        stack.callback(lock.release)
        _say(f"held {time.monotonic()}")
        for _ in sys.stdin:
            _say(lock.lost())


def _say(text: Any) -> None:
    sys.stdout.write(f"{text}\n")
    sys.stdout.flush()


def _secret(reference: SecretRef) -> SecretValue:
    raise AssertionError(reference)


if __name__ == "__main__":
    main()
