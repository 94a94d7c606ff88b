"""Files that mqinfra writes: whole or not at all, nothing left behind, no link followed, and a reason in words."""

import errno
import os
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.cli.conftest import Project

FAILURES = {
    errno.ENOSPC: "the disk is full",
    errno.EDQUOT: "the disk quota is used up",
    errno.EROFS: "the file system is read-only",
    errno.EACCES: "permission denied",
}
COMMANDS = {
    "plan": ("plan", "-o", "json=kept"),
    "markdown": ("plan", "-o", "markdown=kept"),
    "report": ("apply", "--auto-approve", "-o", "json=kept"),
    "render": ("render", "-o", "yaml=kept"),
    "export": ("export", "-o", "yaml=kept"),
    "snapshot": ("snapshot", "-o", "json=kept"),
    "validate": ("validate", "-o", "json=kept"),
    "split": ("export", "--split-by", "prefix", "--into", "split"),
    "schema": ("schema", "--write", "schemas"),
}


@pytest.fixture
def failing(monkeypatch: pytest.MonkeyPatch) -> Iterator[Callable[[int, str], None]]:
    """Let the system refuse to make files, or to write them down."""

    def let(number: int, where: str) -> None:
        real_open = os.open

        def refuses(path: Any, flags: int, *rest: Any, **more: Any) -> int:
            if flags & os.O_CREAT:
                raise OSError(number, os.strerror(number))
            return real_open(path, flags, *rest, **more)

        def fails(*_: object) -> None:
            raise OSError(number, os.strerror(number))

        monkeypatch.setattr(os, where, refuses if where == "open" else fails)

    yield let
    monkeypatch.undo()


def listing(root: Path) -> dict[str, bytes]:
    return {
        str(path.relative_to(root)): path.read_bytes()
        for path in sorted(root.rglob("*"))
        if path.is_file() and path.suffix != ".lock"
    }


@pytest.mark.parametrize("where", ["open", "fsync"])
@pytest.mark.parametrize("number", FAILURES)
@pytest.mark.parametrize("command", COMMANDS)
def test_an_output_that_can_not_be_written_leaves_what_was_there(
    project: Project, failing: Callable[[int, str], None], command: str, number: int, where: str
) -> None:
    project.mq("apply", "--auto-approve")
    (project.root / "kept").write_text("kept")
    before = listing(project.root)
    failing(number, where)
    ran = project.mq(*COMMANDS[command])
    assert ran.code == 1
    assert "error[MQ190]: `" in ran.err
    assert f"can't be written: {FAILURES[number]}" in ran.err
    assert "MQ195" not in ran.err
    assert listing(project.root) == before


@pytest.mark.parametrize("where", ["open", "fsync"])
@pytest.mark.parametrize("number", FAILURES)
def test_a_sandbox_that_can_not_be_written_is_said_and_kept(
    project: Project, failing: Callable[[int, str], None], number: int, where: str
) -> None:
    project.mq("apply", "--auto-approve")
    project.topics("    orders.created: {partitions: 24}\n    orders.cancelled: {partitions: 6}\n")
    before = listing(project.root)
    failing(number, where)
    ran = project.mq("apply", "--auto-approve")
    assert ran.code == 1
    assert f"can't be written: {FAILURES[number]}" in ran.out + ran.err
    assert "delete it" not in ran.out + ran.err
    assert "0 applied, " in ran.out
    assert ("free some disk space" in ran.out + ran.err) is (number in (errno.ENOSPC, errno.EDQUOT))
    assert listing(project.root) == before


def test_an_interrupt_while_writing_leaves_nothing_behind(project: Project, monkeypatch: pytest.MonkeyPatch) -> None:
    def interrupted(_: int) -> None:
        raise KeyboardInterrupt

    before = listing(project.root)
    monkeypatch.setattr(os, "fsync", interrupted)
    assert project.mq("plan", "-o", "json=plan.json").code == 130
    assert listing(project.root) == before


@pytest.mark.parametrize("name", ["kafka.json", "kafka.lock"])
@pytest.mark.parametrize("kind", ["link", "dangling", "fifo", "folder"])
def test_what_stands_in_the_place_of_a_sandbox_file_is_not_followed(project: Project, name: str, kind: str) -> None:
    victim = project.root.parent / f"victim-{project.root.name}"
    victim.write_text("precious")
    planted = project.sandbox.parent / name
    planted.parent.mkdir(parents=True)
    match kind:
        case "link":
            planted.symlink_to(victim)
        case "dangling":
            planted.symlink_to(project.root.parent / f"new-{project.root.name}")
        case "fifo":
            os.mkfifo(planted)
        case _:
            planted.mkdir()
    ran = project.mq("apply", "--auto-approve")
    assert ran.code == 1
    assert "MQ195" not in ran.err
    assert name in ran.err
    assert victim.read_text() == "precious"
    assert not (project.root.parent / f"new-{project.root.name}").exists()


@pytest.mark.parametrize("depth", [".mqinfra", ".mqinfra/sandbox", ".mqinfra/sandbox/local"])
@pytest.mark.parametrize("command", ["plan", "apply"])
def test_no_folder_on_the_way_to_the_sandbox_may_be_a_link(project: Project, depth: str, command: str) -> None:
    outside = project.root.parent / f"outside-{project.root.name}"
    outside.mkdir()
    link = project.root / depth
    link.parent.mkdir(parents=True, exist_ok=True)
    link.symlink_to(outside)
    ran = project.mq(command, *(["--auto-approve"] if command == "apply" else []))
    assert ran.code == 1
    assert f"{depth}` is a symbolic link" in ran.err
    assert list(outside.iterdir()) == []


def test_a_project_may_itself_be_reached_through_a_link(project: Project, monkeypatch: pytest.MonkeyPatch) -> None:
    link = project.root.parent / f"link-{project.root.name}"
    link.symlink_to(project.root)
    monkeypatch.chdir(link)
    assert project.mq("apply", "--auto-approve").code == 0
    assert len(project.live()) == 2


@pytest.mark.parametrize("command", [name for name in COMMANDS if name not in ("split", "schema")])
def test_a_link_in_the_place_of_an_output_is_replaced_and_not_followed(project: Project, command: str) -> None:
    victim = project.root.parent / f"victim-{project.root.name}"
    victim.write_text("precious")
    (project.root / "kept").symlink_to(victim)
    assert project.mq(*COMMANDS[command]).code == 0
    assert victim.read_text() == "precious"
    assert not (project.root / "kept").is_symlink()
    assert (project.root / "kept").stat().st_mode & 0o777 == 0o600


def test_a_link_in_the_place_of_an_exported_file_is_somebodys(project: Project) -> None:
    project.mq("apply", "--auto-approve")
    (project.root / "split").mkdir()
    (project.root / "split" / "orders.yaml").symlink_to(project.root / "nowhere")
    ran = project.mq(*COMMANDS["split"])
    assert (ran.code, "MQ193" in ran.err) == (1, True)
    assert not (project.root / "nowhere").exists()


@pytest.mark.parametrize(
    ("place", "why"),
    [
        ("missing/kept", "its folder does not exist"),
        ("topology", "it is a folder"),
        ("mqinfra.yaml/kept", "its parent is not a folder"),
        ("k" * 300, "the name is too long"),
    ],
)
def test_a_place_where_nothing_can_be_written_is_named(project: Project, place: str, why: str) -> None:
    ran = project.mq("plan", "-o", f"json={place}")
    assert ran.code == 1
    assert f"`{place}` can't be written: {why}" in ran.err
    for command in (
        ("export", "--split-by", "prefix", "--into", "mqinfra.yaml/x"),
        ("schema", "--write", "mqinfra.yaml/x"),
    ):
        ran = project.mq(*command)
        assert (ran.code, "error[MQ190]" in ran.err) == (1, True)


def test_an_open_stream_is_written_to_as_it_is(project: Project) -> None:
    gone = os.dup(1)
    try:
        path = f"/dev/fd/{gone}"
        link = Path("/dev/stdout").readlink()
        assert project.mq("plan", "-q", "-o", f"json={path}").code == 0
        assert Path("/dev/stdout").readlink() == link
    finally:
        os.close(gone)
