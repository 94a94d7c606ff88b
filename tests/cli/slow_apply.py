"""The command line with this terminal as its own, on sandboxes that take a while for each request."""

import fcntl
import sys
import termios
import time
from collections.abc import Mapping

from mqinfra.cli.main import entry
from mqinfra.model.address import Address
from mqinfra.providers.base.request import Request, Result
from mqinfra.providers.sandbox.session import SandboxSession

honest = SandboxSession.send


def slow(session: SandboxSession, request: Request) -> Mapping[Address, Result]:
    time.sleep(0.4)
    return honest(session, request)


if __name__ == "__main__":
    if sys.stdin.isatty():
        fcntl.ioctl(0, termios.TIOCSCTTY, 0)
    SandboxSession.send = slow  # type: ignore[method-assign, assignment]
    entry()
