"""Two environments of one project on one server, told apart by a prefix: neither sees what the other has."""

from __future__ import annotations

import io
from collections.abc import Mapping
from contextlib import chdir, redirect_stdout
from dataclasses import replace
from typing import Any

import yaml

from mqinfra.cli.main import run
from tests.ownership.workspace import Document, Workspace, destroyed


def two_environments(space: Workspace, names: Mapping[str, Any], document: Document, less: Document) -> None:
    """Give the project a second environment with names of its own, apply both, and then declare less in one of them.

    Args:
        space: a project with one environment on a server.
        names: what things are called in the second.
        document: what both declare.
        less: what only the second declares in the end.
    """
    path = space.root / "mqinfra.yaml"
    project = yaml.safe_load(path.read_text(encoding="utf-8"))
    project["environments"]["staging"] = {**project["environments"][space.environment], "names": dict(names)}
    path.write_text(yaml.safe_dump(project), encoding="utf-8")
    staging = replace(space, environment="staging")
    space.declare(document)
    space.apply()
    staging.apply()
    assert (space.plan()["changes"], staging.plan()["changes"]) == ([], [])
    out = io.StringIO()
    with chdir(space.root), redirect_stdout(out):
        code = run(["diff", space.environment, "staging", "--live"])
    assert (code, out.getvalue()) == (0, f"staging equals {space.environment} on the clusters.\n"), out.getvalue()
    space.declare(less)
    assert len(destroyed(staging.plan())) > 0
    staging.apply()
    assert staging.plan()["changes"] == []
    space.declare(document)
    assert space.plan()["changes"] == []
