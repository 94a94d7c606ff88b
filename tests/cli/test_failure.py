"""Nothing that goes wrong inside ends in a traceback, an exit code of 0, or the words of another ending."""

import subprocess
import sys
import threading
from collections.abc import Callable
from pathlib import Path

import pytest

from mqinfra.cli import workspace
from mqinfra.cli.failure import report_thread
from mqinfra.cli.main import COMMANDS
from mqinfra.model.scrub import Secrets
from mqinfra.model.secret import SecretRef, SecretValue
from tests.cli.conftest import Project
from tests.command import Ran

ERRORS = (KeyError("hunter2"), RecursionError(), BrokenPipeError(32, "hunter2"), EOFError(), MemoryError(), OSError(5))
LOADING = ("validate", "render", "plan", "apply", "export", "snapshot")


@pytest.mark.parametrize("error", ERRORS, ids=lambda error: type(error).__name__)
@pytest.mark.parametrize("command", LOADING)
def test_it_is_said_to_be_our_fault(
    project: Project, monkeypatch: pytest.MonkeyPatch, command: str, error: Exception
) -> None:
    def raises(*_: object) -> None:
        raise error

    monkeypatch.setattr(workspace, "installed", raises)
    ran = project.mq(command)
    assert (ran.code, ran.out) == (1, "")
    assert f"error[MQ195]: internal error: {type(error).__name__} in " in ran.err
    assert "report it" in ran.err
    assert "Traceback" not in ran.err
    assert "hunter2" not in ran.err
    assert " in raises" not in ran.err


def test_where_it_failed_is_said_on_request(project: Project, monkeypatch: pytest.MonkeyPatch) -> None:
    def raises(*_: object) -> None:
        raise KeyError("hunter2")

    monkeypatch.setattr(workspace, "installed", raises)
    for verbose in ("-v", "--verbose", "-qv"):
        said = project.mq("plan", verbose).err
        assert " in raises" in said
        assert "hunter2" not in said


def test_commands_without_a_project_are_held_too(mq: Callable[..., Ran], monkeypatch: pytest.MonkeyPatch) -> None:
    def raises(*_: object) -> None:
        raise ZeroDivisionError

    for command, arguments in (("schema", ()), ("explain", ("kafka/topics",))):
        module = __import__(f"mqinfra.cli.{command}", fromlist=["installed"])
        monkeypatch.setattr(module, "installed", raises)
        ran = mq(command, *arguments)
        assert (ran.code, ran.out) == (1, "")
        assert "error[MQ195]" in ran.err
    assert set(COMMANDS) >= {"schema", "explain"}


def test_a_thread_says_so_in_words(capsys: pytest.CaptureFixture[str]) -> None:
    error = ValueError("hunter2")
    report_thread(threading.ExceptHookArgs((ValueError, error, None, None)))
    said = capsys.readouterr().err
    assert "error[MQ195]: internal error: ValueError" in said
    assert "hunter2" not in said


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="only Linux has a device that is always full")
@pytest.mark.parametrize(
    "arguments", [("--help",), ("--version",), ("plan", "--help"), ("explain", "MQ203"), ("schema",)]
)
def test_help_on_a_full_disk_is_no_bug(arguments: tuple[str, ...]) -> None:
    with Path("/dev/full").open("w") as full:
        ran = subprocess.run(
            [sys.executable, "-m", "mqinfra", *arguments],
            stdout=full,
            stderr=subprocess.PIPE,
            text=True,
            check=False,
            timeout=30,
        )
    assert ran.returncode == 1
    assert "stdout" in ran.stderr
    assert "can't be written" in ran.stderr
    assert "MQ195" not in ran.stderr
    assert "Traceback" not in ran.stderr
    assert "Exception ignored" not in ran.stderr


def test_a_folder_that_is_gone_is_said(project: Project, monkeypatch: pytest.MonkeyPatch) -> None:
    gone = project.root / "gone"
    gone.mkdir()
    monkeypatch.chdir(gone)
    gone.rmdir()
    for command in LOADING:
        ran = project.mq(command)
        assert ran.code == 1
        assert "error[MQ120]: the working directory no longer exists" in ran.err


@pytest.mark.parametrize("text", ["a" * 5000, "a\\0b", "", "topology/" * 800, "\\ud800"])
@pytest.mark.parametrize("field", ["manifests: [topology/]", "clusters: {kafka: {type: kafka, sandbox: true}}"])
def test_a_path_that_is_none_is_said(project: Project, text: str, field: str) -> None:
    manifest = project.root / "mqinfra.yaml"
    name = field.partition(":")[0]
    value = f'["{text}"]' if name == "manifests" else f'"{text}"'
    manifest.write_text(manifest.read_text().replace(field, f"{name}: {value}"))
    for command in ("validate", "plan"):
        ran = project.mq(command)
        assert ran.code == 1
        assert "MQ195" not in ran.err + ran.out, ran.err


def test_the_traceback_that_debugging_asks_for_has_no_secret_that_was_looked_up(
    project: Project, monkeypatch: pytest.MonkeyPatch
) -> None:
    looked_up = Secrets(lambda _: SecretValue("hunter2-hunter2"))

    def raises(*_: object) -> None:
        raise KeyError(looked_up(SecretRef(env="P")).reveal())

    monkeypatch.setenv("MQINFRA_DEBUG", "1")
    monkeypatch.setattr(workspace, "installed", raises)
    said = project.mq("plan").err
    assert "Traceback" in said
    assert "KeyError: '***'" in said
    assert "hunter2" not in said
