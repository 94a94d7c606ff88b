"""The distribution installed into a folder of its own, and mqinfra run with it in processes of their own."""

import os
import shutil
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path

import pytest

from tests.command import Ran

SOURCE = Path(__file__).parent / "spool"
EXAMPLE = SOURCE / "example"
TOPOLOGY = (EXAMPLE / "topology.yaml").read_text(encoding="utf-8")


@dataclass(frozen=True)
class Installed:
    """Where the distribution is installed."""

    site: Path

    def python(self, *arguments: str, folder: Path) -> Ran:
        environment = {**os.environ, "PYTHONPATH": str(self.site)}
        done = subprocess.run(
            [sys.executable, *arguments], cwd=folder, env=environment, capture_output=True, text=True, check=False
        )
        return Ran(done.returncode, done.stdout, done.stderr)


@dataclass(frozen=True)
class Project:
    """A project with one folder of spools."""

    root: Path
    installed: Installed

    @property
    def spools(self) -> Path:
        return self.root / "spools"

    def topology(self, text: str) -> None:
        (self.root / "topology.yaml").write_text(text, encoding="utf-8")

    def mq(self, *arguments: str) -> Ran:
        return self.installed.python("-m", "mqinfra", *arguments, folder=self.root)


@pytest.fixture(scope="session")
def installed(tmp_path_factory: pytest.TempPathFactory) -> Installed:
    folder = tmp_path_factory.mktemp("third-party")
    source = shutil.copytree(SOURCE, folder / "spool", ignore=shutil.ignore_patterns("__pycache__"))
    offline = ("--no-deps", "--no-build-isolation", "--no-index", "--disable-pip-version-check")
    done = subprocess.run(
        [sys.executable, "-m", "pip", "install", "-q", *offline, "--target", str(folder / "site"), str(source)],
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    return Installed(folder / "site")


@pytest.fixture
def project(installed: Installed, tmp_path: Path) -> Project:
    made = Project(tmp_path, installed)
    made.spools.mkdir()
    shutil.copytree(EXAMPLE, tmp_path, dirs_exist_ok=True)
    return made
