"""The sandbox's lock: a file lock (flock), which the kernel drops with the process that holds it."""

import fcntl
import os
import time
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path
from typing import IO

from mqinfra.model.errors import UserError
from mqinfra.model.exit_code import ExitCode
from mqinfra.providers.base import codes, disk
from mqinfra.providers.base.records import Lock

_PAUSE = 0.1
_LOOKS, _MOMENT = 50, 0.02
"""How often the name of a holder is looked for, and the pause between two looks in seconds."""


class FileLock(Lock):
    """A file that is locked. It is lost when the file is no longer the one of its name, which others would lock."""

    def __init__(self, file: IO[str], folder: int, path: Path) -> None:
        self._file, self._folder, self._path = file, folder, path

    def lost(self) -> str:
        """Say that it was released, or that the file was removed under it."""
        if self._file.closed:
            return f"the lock on `{self._path.name}` was released"
        return "" if _stands(self._file, self._folder, self._path.name) else f"`{self._path.name}` was removed"


@contextmanager
def file_lock(folder: int, path: Path, holder: str, timeout: float, alias: str) -> Iterator[FileLock]:
    """Lock a file while the context lasts, and write into it who did.

    Args:
        folder: the open folder that it is in, open for as long as the context.
        path: the file, which is made where it is missing.
        holder: who holds it, for whoever has to wait.
        timeout: seconds to wait for another holder.
        alias: the cluster's alias.

    Raises:
        OSError: the file can't be opened or written.
        UserError: with exit code 6, somebody else keeps it.
    """
    deadline = time.monotonic() + timeout
    with ExitStack() as stack:
        while True:
            descriptor = disk.open_in(folder, path.name, os.O_RDWR | os.O_CREAT | os.O_APPEND, path)
            file = stack.enter_context(os.fdopen(descriptor, "a+", encoding="utf-8"))
            _wait(file, deadline, alias)
            if _stands(file, folder, path.name):
                break
            file.close()  # whoever held it removed it, and so others lock another file
        file.truncate(0)
        file.write(holder)
        file.flush()
        try:
            yield FileLock(file, folder, path)
        finally:
            if not file.closed:
                file.truncate(0)  # the next loser must not be told of us


def _wait(file: IO[str], deadline: float, alias: str) -> None:
    while True:
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            if time.monotonic() >= deadline:
                raise _held(_holder(file), alias) from None
            time.sleep(min(_PAUSE, max(0.0, deadline - time.monotonic())))
        else:
            return


def _holder(file: IO[str]) -> str:
    """Read who holds the lock, who may be just about to write it; nobody's name after a moment."""
    for _ in range(_LOOKS):
        file.seek(0)
        name = file.read().strip()
        if name:
            return name
        time.sleep(_MOMENT)
    return ""


def _stands(file: IO[str], folder: int, name: str) -> bool:
    """Whether an open file is still the one of its name."""
    try:
        return os.path.samestat(os.fstat(file.fileno()), os.stat(name, dir_fd=folder, follow_symlinks=False))
    except OSError:
        return False


def _held(holder: str, alias: str) -> UserError:
    return UserError(
        [
            codes.LOCKED.at(
                f"another apply is running on the sandbox: {holder or 'unknown holder'}",
                address=alias,
                help="wait for it, or give --lock-timeout more seconds",
            )
        ],
        ExitCode.LOCKED,
    )
