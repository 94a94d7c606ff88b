"""What the sandbox of the tests' project has on record."""

import json
from typing import Any

from mqinfra.engine.inventory.texts import Read, read_texts
from tests.cli.conftest import Project


def recorded(project: Project, owner: str = "shop") -> Read:
    """Read the records of a project out of the sandbox's file."""
    cluster: dict[str, Any] = json.loads(project.sandbox.read_text())["clusters"]["kafka"]
    held = [item["texts"] for item in cluster.get("records", []) if item["project"] == owner]
    return read_texts(held[0] if held else {}, "kafka")


def origins(project: Project, owner: str = "shop") -> dict[str, str]:
    """How each recorded resource came into the project, by name."""
    return {address.name: record.origin.value for address, record in recorded(project, owner).records.items()}
