"""Folders for brokers' data, in memory where the machine has it.

Kafka syncs files for each partition it creates: 10,000 topics take most of a minute on a disk, 5 s in memory.
"""

from __future__ import annotations

import os
import shutil
import tempfile
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator

_MEMORY = Path("/dev/shm")  # noqa: S108 - the folder made in it is private
_PREFIX = "mqinfra-brokers-"
_NEEDED_BYTES = 2 << 30


@contextmanager
def scratch_folder(name: str) -> Iterator[Path]:
    """A private folder that is removed at the end, or by the next run if this one is killed."""
    parent = _parent()
    _remove_orphans(parent)
    folder = Path(tempfile.mkdtemp(prefix=f"{_PREFIX}{os.getpid()}-{name}-", dir=parent))
    try:
        yield folder
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def _parent() -> Path:
    try:
        if os.access(_MEMORY, os.W_OK) and shutil.disk_usage(_MEMORY).free >= _NEEDED_BYTES:
            return _MEMORY
    except OSError:
        pass
    return Path(tempfile.gettempdir())


def _remove_orphans(parent: Path) -> None:
    for folder in parent.glob(f"{_PREFIX}*"):
        owner = folder.name.removeprefix(_PREFIX).partition("-")[0]
        if owner.isdigit() and not _alive(int(owner)):
            shutil.rmtree(folder, ignore_errors=True)


def _alive(pid: int) -> bool:
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    except PermissionError:
        pass
    return True
