"""`mqinfra init --from`: what a running cluster has becomes a project, whose plan then has nothing to do."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from subprocess import run

from tests.integration.kafka.e2e.shop import MQINFRA


def taken_over(folder: Path, source: str, variables: Mapping[str, str]) -> str:
    """Begin a project from a cluster, require that its plan is empty, and give its manifest.

    Args:
        folder: an empty folder.
        source: `ALIAS=URL`.
        variables: the environment, with the password.
    """
    folder.mkdir()
    for arguments, code in ((["init", "--from", source], 0), (["validate"], 0), (["plan", "--detailed-exitcode"], 0)):
        ran = run([*MQINFRA, *arguments], cwd=folder, env=variables, capture_output=True, text=True, check=False)
        assert ran.returncode == code, ran.stdout + ran.stderr
    return (folder / "topology" / f"{source.partition('=')[0]}.yaml").read_text()
