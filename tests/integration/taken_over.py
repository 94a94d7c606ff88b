"""`mqinfra init --from`: what a running cluster has becomes a project, whose plan then has nothing to do."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from subprocess import run

from tests.command import MQINFRA


def taken_over(folder: Path, source: str, variables: Mapping[str, str]) -> str:
    """Begin a project from a cluster, require that its plan is empty, and give its manifest.

    Args:
        folder: an empty folder.
        source: `ALIAS=URL`.
        variables: the environment, with the password.
    """
    folder.mkdir()
    manifest = folder / "topology" / f"{source.partition('=')[0]}.yaml"
    manifest.parent.mkdir()
    manifest.write_text("mine")
    refused = run(
        [*MQINFRA, "init", "--from", source], cwd=folder, env=variables, capture_output=True, text=True, check=False
    )
    assert refused.returncode == 1, refused.stderr
    assert f"`topology/{manifest.name}` is there already" in refused.stderr
    assert [path for path in folder.rglob("*") if path.is_file()] == [manifest]
    manifest.unlink()
    for arguments, code in ((["init", "--from", source], 0), (["validate"], 0), (["plan", "--detailed-exitcode"], 0)):
        ran = run([*MQINFRA, *arguments], cwd=folder, env=variables, capture_output=True, text=True, check=False)
        assert ran.returncode == code, ran.stdout + ran.stderr
    return manifest.read_text()
