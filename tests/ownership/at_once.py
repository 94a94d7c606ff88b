"""`mqinfra apply` as a process that goes for the locks when another one does, after both have planned the same.

Whoever gets them holds them until the other has given up, or for a moment, should both have got them.
"""

import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from mqinfra.cli import apply
from mqinfra.cli.main import run
from mqinfra.model.errors import UserError
from mqinfra.providers.base.records import Lock

_WITHIN, _MOMENT = 60.0, 5.0
_BOTH = 2


def main(number: str, meeting: Path, environment: str) -> int:
    """Apply, and wait before the locks until both are there."""
    own = vars(apply)
    locked = own["locked"]

    def wait(seconds: float, marks: int) -> None:
        deadline = time.monotonic() + seconds
        while len(list(meeting.iterdir())) < marks and time.monotonic() < deadline:
            time.sleep(0.002)

    @contextmanager
    def meeting_first(*arguments: Any) -> Iterator[dict[str, Lock]]:
        (meeting / number).touch()
        wait(_WITHIN, _BOTH)
        try:
            with locked(*arguments) as locks:
                wait(_MOMENT, _BOTH + 1)
                yield locks
        except UserError:
            (meeting / f"lost-{number}").touch()
            raise

    own["locked"] = meeting_first
    return run(["apply", "-e", environment, "--auto-approve", "-q"])


if __name__ == "__main__":
    sys.exit(main(sys.argv[1], Path(sys.argv[2]), sys.argv[3]))
