"""Broker version, kind and conformance level: what a full run must have proven, and what the runs of it did.

Runs write them with `--cells`, since a full run is several runs side by side.
"""

import tomllib
from collections.abc import Iterable
from pathlib import Path

SHOWN = 20
REQUIRED = Path(__file__).parent / "required-cells.toml"


def required() -> set[str]:
    """The cells that a full run must prove."""
    document = tomllib.loads(REQUIRED.read_text(encoding="utf-8"))
    return {
        f"{broker}/{kind}/{level}"
        for table in document["required"]
        for broker in table["brokers"]
        for kind in table["kinds"]
        for level in table["levels"]
    }


def write(path: Path, proven: Iterable[str]) -> None:
    """Keep what one run proved."""
    path.write_text("".join(f"{cell}\n" for cell in sorted(proven)), encoding="utf-8")


def missing(paths: Iterable[Path]) -> list[str]:
    """The required cells that none of the runs proved; a run that wrote no file proved none."""
    proven = {line for path in paths if path.exists() for line in path.read_text(encoding="utf-8").splitlines()}
    return sorted(required() - proven)
