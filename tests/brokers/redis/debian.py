"""Programs of another Debian release, unpacked beside the system and run with that release's own libraries.

Nothing of it is installed: no maintainer script runs, nothing is mounted, and the system's packages stay as they are.
"""

from __future__ import annotations

import hashlib
import os
import platform
from pathlib import Path
from typing import TYPE_CHECKING

from tests.brokers.errors import BrokerError
from tests.brokers.install import install_once, require_program, run

if TYPE_CHECKING:
    from collections.abc import Sequence


def unpacked(suite: str, packages: Sequence[str]) -> Path:
    """The folder with a release's packages and all they depend on, fetched when it is not there yet."""
    stamp = hashlib.sha256(" ".join([suite, *packages, platform.machine()]).encode()).hexdigest()

    def fetch(folder: Path) -> None:
        if os.geteuid() != 0:
            raise BrokerError(f"unpacking Debian {suite} takes root, because debootstrap does")
        mirror = _mirror()
        require_program("debootstrap", "debootstrap")
        archives = folder / "archives"
        options = ["--download-only", "--variant=minbase", f"--include={','.join(packages)}"]
        run(["debootstrap", *options, suite, str(archives), mirror], f"debootstrap could not fetch Debian {suite}")
        for archive in sorted(archives.glob("var/cache/apt/archives/*.deb")):
            run(["dpkg-deb", "-x", str(archive), str(folder)], f"{archive.name} could not be unpacked")
        run(["rm", "-r", str(archives)], "the fetched archives could not be removed")

    return install_once(suite, stamp, fetch)


def command(root: Path, program: str, name: str) -> tuple[str, ...]:
    """How to run a program of an unpacked release under a name of its own, through that release's loader."""
    loaders = sorted(root.glob("usr/lib/*-linux-gnu*/ld-linux-*.so.*"))
    if not loaders:
        raise BrokerError(f"{root} has no dynamic loader for {platform.machine()}")
    loader = loaders[0]
    return (str(loader), "--library-path", str(loader.parent), "--argv0", name, str(root / "usr/bin" / program))


def _mirror() -> str:
    """The mirror that apt takes this system's own release from; it carries the other releases too."""
    release = platform.freedesktop_os_release()
    if release["ID"] != "debian":
        raise BrokerError(f"Debian's packages are fetched from the mirror apt is set up with; this is {release['ID']}")
    own = f"Release: {release['VERSION_CODENAME']}"
    wanted = ["Created-By: Packages", "Component: main", own]
    problem = "apt could not tell its package mirror"
    found = run(["apt-get", "indextargets", "--format", "$(REPO_URI)", *wanted], problem).split()
    if not found:
        raise BrokerError(f"{problem}: no source for {release['VERSION_CODENAME']} main, or `apt-get update` never ran")
    return found[0]
