"""Programs of a Debian release, unpacked beside the system and run with that release's own libraries.

Nothing of it is installed: no maintainer script runs, nothing is mounted, no root is needed, and the system's packages
stay as they are.
"""

from __future__ import annotations

import hashlib
import platform
from pathlib import Path
from typing import TYPE_CHECKING

from tests.brokers.errors import BrokerError
from tests.brokers.install import install_once, run

if TYPE_CHECKING:
    from collections.abc import Sequence

_KEYRING = Path("/usr/share/keyrings/debian-archive-keyring.gpg")


def unpacked(name: str, suites: Sequence[str], packages: Sequence[str]) -> Path:
    """The cache's folder `name` with packages and all they depend on, fetched when it is not there yet.

    The first suite is the one that is wanted; the others have what it leaves to them, as experimental does to sid.
    """
    stamp = hashlib.sha256(" ".join([*suites, *packages, platform.machine()]).encode()).hexdigest()
    title = f"Debian {' and '.join(suites)}"

    def fetch(folder: Path) -> None:
        private = folder / "apt"
        mirror = _mirror(private / "system")
        apt = ["apt-get", "--quiet", *_private_state(private, suites, mirror)]
        run([*apt, "update"], f"apt-get could not read the packages of {title}")
        run(
            [*apt, "install", "--yes", "--download-only", "--no-install-recommends", *packages],
            f"apt-get could not fetch {', '.join(packages)} of {title}",
        )
        for archive in sorted(private.glob("archives/*.deb")):
            run(["dpkg-deb", "-x", str(archive), str(folder)], f"{archive.name} could not be unpacked")
        run(["rm", "-r", str(private)], "the fetched archives could not be removed")

    return install_once(name, stamp, fetch)


def loader(root: Path) -> tuple[str, ...]:
    """The words before a program of an unpacked release that have it run with that release's own libraries."""
    # Up to Debian 12 the C library's own package still unpacks into /lib, all others into /usr/lib.
    folders = sorted({*root.glob("lib/*-linux-gnu*"), *root.glob("usr/lib/*-linux-gnu*")})
    loaders = [found for folder in folders for found in sorted(folder.glob("ld-linux*.so.*"))]
    if not loaders:
        raise BrokerError(f"{root} has no dynamic loader for {platform.machine()}")
    return (str(loaders[0]), "--library-path", ":".join(str(folder) for folder in folders))


def argv(root: Path, program: str, name: str) -> tuple[str, ...]:
    """How to run a program of an unpacked release's /usr/bin under a name of its own."""
    return (*loader(root), "--argv0", name, str(root / "usr/bin" / program))


def _private_state(folder: Path, suites: Sequence[str], mirror: str) -> list[str]:
    """Options by which apt sees these suites and an empty system, and leaves its own files alone."""
    for needed in ("lists/partial", "archives/partial"):
        (folder / needed).mkdir(parents=True)
    (folder / "status").touch()
    signed = f"[signed-by={_KEYRING}] " if _KEYRING.exists() else ""
    (folder / "sources.list").write_text("".join(f"deb {signed}{mirror} {suite} main\n" for suite in suites))
    settings = {
        "Dir::Etc::SourceList": folder / "sources.list",
        "Dir::Etc::SourceParts": "-",
        "Dir::State": folder,
        "Dir::State::Lists": folder / "lists",
        "Dir::State::Status": folder / "status",
        "Dir::Cache": folder,
        "Dir::Cache::Archives": folder / "archives",
        "Dir::Cache::PkgCache": "",
        "Dir::Cache::SrcPkgCache": "",
        "Acquire::Languages": "none",
        # Without it apt would rather take a package of sid than that of experimental.
        "APT::Default-Release": suites[0],
        # As root, apt would fetch as a user of its own, who cannot write here.
        "APT::Sandbox::User": "",
    }
    return [part for name, value in settings.items() for part in ("-o", f"{name}={value}")]


def _mirror(folder: Path) -> str:
    """The mirror that apt takes this system's own release from; it carries the other releases too."""
    release = platform.freedesktop_os_release()
    if release["ID"] != "debian":
        raise BrokerError(f"Debian's packages are fetched from the mirror apt is set up with; this is {release['ID']}")
    name = release["VERSION_CODENAME"]
    wanted = ["--format", "$(REPO_URI)", "Created-By: Packages", "Component: main", f"Release: {name}"]
    problem = "apt could not tell its package mirror"
    found = run(["apt-get", "indextargets", *wanted], problem).split()
    if not found:
        # apt tells only of what it has lists of, and a fresh image has none at all.
        own_lists = ["-o", f"Dir::State::Lists={folder}", "-o", "APT::Sandbox::User="]
        (folder / "partial").mkdir(parents=True)
        run(["apt-get", "--quiet", *own_lists, "update"], problem)
        found = run(["apt-get", *own_lists, "indextargets", *wanted], problem).split()
    if not found:
        raise BrokerError(f"{problem}: it has no source for {name} main")
    return found[0]
