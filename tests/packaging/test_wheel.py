"""A wheel that is built from the repository works in an empty folder, with every file that it needs. In the matrix."""

import os
import shutil
import subprocess
import sys
import sysconfig
import zipfile
from pathlib import Path

import pytest

from mqinfra import __version__
from tests.brokers.fixtures import is_matrix, matrix_only

ROOT = Path(__file__).parents[2]


@pytest.fixture(scope="module")
def installed(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The wheel's files."""
    if not is_matrix(request.config):
        pytest.skip(matrix_only("the wheel, which takes a build,"))
    folder = tmp_path_factory.mktemp("wheel")
    source = folder / "source"
    for name in copied():
        (source / name).parent.mkdir(parents=True, exist_ok=True)
        whole = ROOT / name
        shutil.copytree(whole, source / name) if whole.is_dir() else shutil.copy(whole, source / name)
    command = [sys.executable, "-m", "pip", "wheel", "-q", "--no-deps", "-w", str(folder), str(source)]
    subprocess.run(command, check=True, capture_output=True)
    (wheel,) = folder.glob("mqinfra-*.whl")
    with zipfile.ZipFile(wheel) as archive:
        archive.extractall(folder / "site")
    return folder / "site"


def copied() -> list[str]:
    """What the container's recipe takes of the repository to build the wheel from: nothing else may be needed."""
    lines = (ROOT / "Containerfile").read_text(encoding="utf-8").splitlines()
    return [word for line in lines if line.startswith("COPY ") and "--from" not in line for word in line.split()[1:-1]]


def run(installed: Path, folder: Path, *arguments: str) -> str:
    """Run the wheel's mqinfra, and no other."""
    ours = f"import mqinfra; assert mqinfra.__file__.startswith({str(installed)!r})"
    code = f"{ours}; from mqinfra.cli.main import entry; entry()"
    ran = subprocess.run(
        [sys.executable, "-c", code, *arguments],
        cwd=folder,
        env={**os.environ, "PYTHONPATH": str(installed), "PYTHONDONTWRITEBYTECODE": "1"},
        capture_output=True,
        text=True,
        check=False,
    )
    assert ran.returncode == 0, ran.stderr
    return ran.stdout + ran.stderr


def test_it_begins_plans_and_applies_in_an_empty_folder(installed: Path, tmp_path: Path) -> None:
    assert "project `first`" in run(installed, tmp_path, "init", "--name", "first")
    run(installed, tmp_path, "validate")
    run(installed, tmp_path, "plan", "-o", "html=plan.html", "-o", "json=plan.json", "-o", "markdown=plan.md")
    assert "first.created" in (tmp_path / "plan.html").read_text(encoding="utf-8")
    run(installed, tmp_path, "apply", "plan.json")
    assert "No changes" in run(installed, tmp_path, "plan")


def test_it_explains_without_the_repository(installed: Path, tmp_path: Path) -> None:
    for what in ("scope", "MQ203", "kafka/topics.config.retention.ms", "exit-codes"):
        assert len(run(installed, tmp_path, "explain", what)) > 60
    assert "scope" in run(installed, tmp_path, "explain")


def test_it_holds_nothing_but_the_package(installed: Path) -> None:
    assert {path.name.partition("-")[0] for path in installed.iterdir()} == {"mqinfra"}
    assert not [path for path in installed.rglob("*") if "__pycache__" in path.parts]


def test_it_installs_the_man_page(installed: Path) -> None:
    (page,) = installed.glob("mqinfra-*.data/data/share/man/man1/mqinfra.1")
    assert page.read_bytes() == (ROOT / "man" / "mqinfra.1").read_bytes()


def test_pip_installs_a_command_with_its_man_page_as_the_container_does(installed: Path, tmp_path: Path) -> None:
    recipe = (ROOT / "Containerfile").read_text(encoding="utf-8")
    assert 'pip install --no-cache-dir --no-index --find-links /wheels "mqinfra[monitor]"' in recipe
    fresh = tmp_path / "fresh"
    subprocess.run([sys.executable, "-m", "venv", "--without-pip", str(fresh)], check=True)
    (site,) = fresh.glob("lib/python*/site-packages")
    (site / "libraries.pth").write_text(f"{sysconfig.get_path('purelib')}\n", encoding="utf-8")
    wheels = ["--no-index", "--no-deps", "--ignore-installed", "--find-links", str(installed.parent)]
    pip = [sys.executable, "-m", "pip", "--python", str(fresh / "bin" / "python"), "install", "-q", *wheels, "mqinfra"]
    subprocess.run(pip, check=True, capture_output=True)
    said = subprocess.run([fresh / "bin" / "mqinfra", "--version"], capture_output=True, text=True, check=True)
    assert said.stdout == f"mqinfra {__version__}\n"
    assert (fresh / "share" / "man" / "man1" / "mqinfra.1").is_file()
