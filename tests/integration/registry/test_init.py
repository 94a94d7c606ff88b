"""A project that begins with what a running registry has."""

from __future__ import annotations

import os
from pathlib import Path

from tests.brokers.registry.server import ApicurioServer
from tests.integration.registry.project import Project
from tests.integration.taken_over import taken_over


def test_a_project_begins_with_what_a_registry_has(project: Project, registry: ApicurioServer, tmp_path: Path) -> None:
    project.declare({"orders-value": {"type": "avro", "schema": '"long"', "compatibility": "FULL"}})
    project.converge()
    text = taken_over(tmp_path / "taken", f"registry=registry+{registry.url}", os.environ)
    assert "orders-value:" in text
    assert "compatibility: FULL" in text
