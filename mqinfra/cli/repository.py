"""The repository around a project: what hosts of code call the files in it."""

import os
from pathlib import Path

from mqinfra.manifest.project.project import FILE
from mqinfra.render.findings.checkout import Checkout

_MARK = ".git"


def checkout_of(start: Path | None = None) -> Checkout:
    """Find the project around a folder, and the repository around that.

    Args:
        start: the folder; the working directory unless given. Where there is no project, it stands for one.
    """
    folder = Path(os.path.realpath(start or Path()))
    project = next((some for some in (folder, *folder.parents) if (some / FILE).is_file()), folder)
    root = next((some for some in (project, *project.parents) if (some / _MARK).exists()), project)
    below = project.relative_to(root).as_posix()
    return Checkout(str(root), "" if below == "." else below, FILE)
