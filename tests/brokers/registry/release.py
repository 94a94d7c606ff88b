"""The release of Apicurio Registry that tests run against: its archive of Maven Central, and a Java for it."""

from __future__ import annotations

import hashlib
import re
import shutil
import subprocess
import tarfile
import xml.etree.ElementTree as ET
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from tests.brokers.errors import BrokerError
from tests.brokers.install import install_once, require_program, run

_HERE = Path(__file__).resolve().parent
_POM = _HERE / "apicurio-3.xml"
_SPACE = "{http://maven.apache.org/POM/4.0.0}"
_SHA256 = "8bc6751c76d963734224b01d5e7f84ccb3cb61c87d3bd77c36c35f10a5cbed63"
_OLDEST_JAVA = 21
_JVMS = Path("/usr/lib/jvm")
DEFAULT = "3"
LINES = (DEFAULT,)


@dataclass(frozen=True)
class Release:
    """One installed release."""

    line: str
    version: str
    # The archive's own folder, with quarkus-run.jar in it.
    home: Path
    java: str

    @property
    def title(self) -> str:
        return f"Apicurio Registry {self.version}"


@cache
def installed(line: str) -> Release:
    """The pinned release, fetched when it is not there yet."""
    if line not in LINES:
        raise BrokerError(f"no Apicurio Registry {line} is pinned here; there is {DEFAULT}")
    java = _java()
    version = ET.parse(_POM).getroot().findtext(f"{_SPACE}version") or ""  # noqa: S314 - our own file
    home = install_once(f"apicurio-{version}", hashlib.sha256(_POM.read_bytes()).hexdigest() + _SHA256, _fetch)
    return Release(line, version, home, java)


def _fetch(folder: Path) -> None:
    require_program("mvn", "maven")
    archives = folder / "archives"
    words = ["mvn", "-q", "-B", "-f", str(_POM), "dependency:copy-dependencies", f"-DoutputDirectory={archives}"]
    run(words, "Maven could not fetch Apicurio Registry")
    (archive,) = archives.iterdir()
    found = hashlib.sha256(archive.read_bytes()).hexdigest()
    if found != _SHA256:
        raise BrokerError(f"{archive.name} is not the archive that is pinned: its SHA-256 is {found}")
    with tarfile.open(archive) as files:
        files.extractall(folder, filter="data")
    shutil.rmtree(archives)


def _java() -> str:
    """A Java that is new enough, on the PATH or beside the one there: the archive is compiled for 21."""
    some = ["java", *(str(path) for path in sorted(_JVMS.glob("*/bin/java")))]
    for program in some:
        if shutil.which(program) is not None and _version(program) >= _OLDEST_JAVA:
            return program
    raise BrokerError(
        f"Apicurio Registry needs Java {_OLDEST_JAVA}, and none so new is on the PATH or in {_JVMS}. Debian or Ubuntu: "
        "apt-get install openjdk-21-jre-headless; elsewhere install any JRE 21 or newer."
    )


def _version(program: str) -> int:
    done = subprocess.run([program, "-version"], capture_output=True, text=True, timeout=60, check=False)
    match = re.search(r'version "(\d+)', done.stderr + done.stdout)
    return int(match[1]) if match else 0
