"""Programs that scripts of tests find by name: this checkout's `mqinfra`, and what stands in for others."""

import sys
from pathlib import Path


def programs(folder: Path, **others: str) -> Path:
    """Make a folder for the front of PATH.

    Args:
        folder: where; made where it is not there.
        others: shell scripts by the names of the programs that they stand in for.
    """
    folder.mkdir(parents=True, exist_ok=True)
    for name, text in {"mqinfra": f'exec {sys.executable} -m mqinfra "$@"', **others}.items():
        (folder / name).write_text(f"#!/bin/sh\n{text}\n")
        (folder / name).chmod(0o755)
    return folder
