"""References to secrets lead to the value, or to a message that names the reference and nothing else."""

import os
from pathlib import Path

import pytest

from mqinfra.manifest.project.secret import Reach, resolver
from mqinfra.model.errors import UserError
from mqinfra.model.secret import SecretRef


def test_a_variable_gives_its_value(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("MQ_TEST_SECRET", "hunter2 ")
    assert resolver(Reach(tmp_path))(SecretRef(env="MQ_TEST_SECRET")).reveal() == "hunter2 "


@pytest.mark.parametrize(
    ("content", "value"), [(b"hunter2\n", "hunter2"), (b"hunter2\r\n", "hunter2"), (b"a\nb\n\n", "a\nb\n")]
)
def test_a_file_gives_its_content_without_one_line_end(tmp_path: Path, content: bytes, value: str) -> None:
    (tmp_path / "secret").write_bytes(content)
    assert resolver(Reach(tmp_path))(SecretRef(file="secret")).reveal() == value


def test_a_missing_or_empty_variable_is_named(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("MQ_TEST_SECRET", raising=False)
    assert refused(tmp_path, SecretRef(env="MQ_TEST_SECRET")) == "the environment variable `MQ_TEST_SECRET` is not set"
    monkeypatch.setenv("MQ_TEST_SECRET", "")
    assert refused(tmp_path, SecretRef(env="MQ_TEST_SECRET")) == "the environment variable `MQ_TEST_SECRET` is empty"


def test_a_variable_that_is_not_utf_8_is_named(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(os.environb, b"MQ_TEST_SECRET", b"hunter2\xff\xfe")
    assert (
        refused(tmp_path, SecretRef(env="MQ_TEST_SECRET")) == "the environment variable `MQ_TEST_SECRET` is not UTF-8"
    )


@pytest.mark.parametrize("value", ["hunter2\n", " hunter2", "hünter2\r\n"])
def test_a_variable_is_taken_as_it_is(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, value: str) -> None:
    monkeypatch.setenv("MQ_TEST_SECRET", value)
    assert resolver(Reach(tmp_path))(SecretRef(env="MQ_TEST_SECRET")).reveal() == value


@pytest.mark.parametrize(
    ("content", "why"),
    [
        (b"\xef\xbb\xbfhunter2", "begins with a byte order mark"),
        ("hunter2".encode("utf-16"), "is not UTF-8"),
        (b"", "is empty"),
        (b"\n", "is empty"),
        (b"hunter2\0", "contains a NUL"),
        (b"hunter2\xff", "is not UTF-8"),
        (b"hunter2" * 10_000, "has more than 65,536 bytes"),
    ],
)
def test_a_file_that_is_no_secret_is_named_and_not_quoted(tmp_path: Path, content: bytes, why: str) -> None:
    (tmp_path / "secret").write_bytes(content)
    assert refused(tmp_path, SecretRef(file="secret")) == f"the secret file `secret` {why}"


def test_what_is_no_regular_file_is_refused_at_once(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "pipe")
    assert refused(tmp_path, SecretRef(file="pipe")) == "the secret file `pipe` is not a regular file"
    (tmp_path / "folder").mkdir()
    assert "`folder`" in refused(tmp_path, SecretRef(file="folder"))
    assert refused(tmp_path, SecretRef(file="gone")).endswith("No such file or directory")
    assert refused(tmp_path, SecretRef(file="a\0b")) == "a secret's `file` is not a path"


def refused(root: Path, reference: SecretRef) -> str:
    with pytest.raises(UserError) as caught:
        resolver(Reach(root))(reference)
    (found,) = caught.value.diagnostics
    assert found.code == "MQ702"
    assert "hunter2" not in repr(found) + str(caught.value)
    return found.message


def test_the_clusters_of_the_runner_read_beside_their_own_file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    root, base = tmp_path / "project", tmp_path / "runner"
    for folder in (root, base):
        folder.mkdir()
        (folder / "pw").write_text(folder.name)
    own = SecretRef(file="pw")
    secrets = resolver(Reach(root, (), (), frozenset({own, SecretRef(env="OWN")}), base))
    monkeypatch.setenv("OWN", "hunter2")
    assert secrets(own).reveal() == "runner"
    assert secrets(SecretRef(env="OWN")).reveal() == "hunter2"
    for other in (SecretRef(file="./pw"), SecretRef(file=str(root / "pw")), SecretRef(env="HOME")):
        with pytest.raises(UserError) as caught:
            secrets(other)
        assert [found.code for found in caught.value.diagnostics] == ["MQ703"]
