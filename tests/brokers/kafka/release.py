"""The Kafka releases tests run against, and their jars."""

from __future__ import annotations

import xml.etree.ElementTree as ET
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from tests.brokers.errors import BrokerError
from tests.brokers.install import install_maven

_HERE = Path(__file__).resolve().parent
_POM = "{http://maven.apache.org/POM/4.0.0}"
LINES = ("4", "3.9")


@dataclass(frozen=True)
class Release:
    """One installed Kafka release."""

    line: str
    version: str
    jars: Path

    def java(self, main: str, *arguments: str, heap: str, options: Sequence[str] = ()) -> list[str]:
        """The command that runs one of its main classes, tuned to start fast rather than run long."""
        logging = (
            f"-Dlog4j.configuration=file:{_HERE / 'log4j.properties'}"
            if self.line.startswith("3.")
            else f"-Dlog4j2.configurationFile={_HERE / 'log4j2.xml'}"
        )
        tuning = ["-XX:TieredStopAtLevel=1", "-XX:+UseSerialGC", "-Xshare:auto", f"-Xmx{heap}"]
        return [
            "java",
            *tuning,
            *options,
            "-Djava.awt.headless=true",
            logging,
            "-cp",
            f"{self.jars}/*",
            main,
            *arguments,
        ]


@cache
def installed(line: str) -> Release:
    """The newest pinned release of a line such as "4" or "3.9", installed when it is not yet."""
    if line not in LINES:
        raise BrokerError(f"no Kafka {line} is pinned here; there are {', '.join(LINES)}")
    pom = _HERE / f"kafka-{line}.xml"
    version = ET.parse(pom).getroot().findtext(f"{_POM}version") or ""  # noqa: S314 - our own file
    return Release(line, version, install_maven(pom, f"kafka-{version}"))
