"""A process of its own that holds a lock; its arguments are where the cluster is, who holds it, and how long to wait.

It says `held` once it has the lock, and gives it up when its input ends.
"""

from __future__ import annotations

import sys

from mqinfra.model.record import Owner
from tests.integration.kafka.provider.conftest import connect

OWNER = Owner("shop", "prod")


def main(bootstrap: str, holder: str, timeout: str) -> None:
    with connect(bootstrap) as session, session.lock(OWNER, holder, float(timeout)):
        sys.stdout.write("held\n")
        sys.stdout.flush()
        sys.stdin.read()


if __name__ == "__main__":
    main(*sys.argv[1:])
