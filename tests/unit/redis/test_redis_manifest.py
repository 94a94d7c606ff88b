"""Manifests for Redis, from text to plan on the sandbox: secrets never shown, sugar in its place, plans by hand."""

import json
from collections.abc import Callable
from pathlib import Path

import pytest

from mqinfra.cli.main import run

PROJECT = """\
apiVersion: mqinfra/v1
kind: Project
metadata: {name: shop}
manifests: [topology.yaml]
scope: {redis: {keys: ["orders*", "orders:*"], users: [feed]}}
environments:
  local: {clusters: {redis: {type: redis, sandbox: true}}}
"""
HEAD = "apiVersion: mqinfra/v1\nkind: Topology\nmetadata: {name: orders}\n"
Say = Callable[..., tuple[int, str]]


@pytest.fixture
def say(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Say:
    monkeypatch.chdir(tmp_path)
    (tmp_path / "mqinfra.yaml").write_text(PROJECT.replace('"orders*", ', "orders, "), encoding="utf-8")

    def call(text: str, *arguments: str) -> tuple[int, str]:
        (tmp_path / "topology.yaml").write_text(HEAD + text, encoding="utf-8")
        code = run(list(arguments))
        captured = capsys.readouterr()
        return code, captured.out + captured.err

    return call


@pytest.mark.parametrize(
    "entry",
    [
        "{users: {feed: {passwords: [hunter2]}}}",
        "{users: {feed: {passwords: hunter2}}}",
        "{users: {feed: {passwords: [{env: A}, hunter2]}}}",
        "{users: {feed: {passwords: [{env: A, value: hunter2}]}}}",
        "{users: {feed: {passwords: [{sha256: hunter2}]}}}",
        "{access: {feed: {password: hunter2, consumes: [orders]}}}",
        "\n  users:\n    feed:\n      passwords:\n        -\n          hunter2\n        - hunter2\n",
        "\n  users:\n    feed:\n      passwords:\n        - env: A\n          file: hunter2\n",
    ],
)
def test_a_password_where_a_reference_belongs_is_shown_nowhere(say: Say, entry: str) -> None:
    code, text = say(f"redis: {entry}", "validate")
    assert code == 1
    assert "error" in text
    assert "hunter2" not in text


def test_what_stands_beside_a_password_is_hidden_too(say: Say) -> None:
    _, text = say("redis: {users: {feed: {keys: [orders], passwords: [hunter2]}}}", "validate")
    assert "hunter2" not in text


def test_the_sandbox_keeps_references_and_plans_rotation(say: Say) -> None:
    one = 'redis: {users: {feed: {commands: [+get], keys: ["~orders:*"], passwords: [{env: OLD}]}}}'
    assert say(one, "apply", "--auto-approve")[0] == 0
    assert "No changes" in say(one, "plan")[1]
    assert "No changes" in say(one.replace("[+get]", '["+@all", "-@all", "+get"]'), "plan")[1]
    both = one.replace("[{env: OLD}]", "[{env: OLD}, {env: NEW}]")
    _, text = say(both, "plan", "-q", "-o", "json")
    [change] = json.loads(text)["changes"]
    assert [item["path"] for item in change["differences"]] == [["passwords"]]
    assert say(both, "apply", "--auto-approve")[0] == 0
    assert "No changes" in say(both, "plan")[1]
    silent = one.replace(", passwords: [{env: OLD}]", "")
    assert "No changes" in say(silent, "plan")[1], "left out, they stay"
    more = silent.replace("+get", "+get, +set")
    assert say(more, "apply", "--auto-approve")[0] == 0
    assert "No changes" in say(more.replace("}}}", ", passwords: [{env: OLD}, {env: NEW}]}}}"), "plan")[1]
    assert "passwords" in say(more.replace("}}}", ", passwords: []}}}"), "plan")[1]


def test_findings_about_made_resources_point_at_the_sugar(say: Say) -> None:
    code, text = say("redis:\n  streams:\n    orders:\n      groups:\n        feed: {startAt: begin}\n", "validate")
    assert code == 1
    assert "invalid start `begin`; did you mean `0`?" in text
    assert "topology.yaml:8:" in text


def test_scope_speaks_of_keys_and_users(say: Say) -> None:
    code, text = say(
        "redis:\n  streams: {parcels: {groups: {g: {}}}}\n  access: {api: {publishes: [orders]}}\n", "validate"
    )
    assert code == 1
    assert '`keys: [orders, "orders:*", parcels]`' in text
    assert "`users: [feed, api]`" in text


@pytest.mark.parametrize(
    "address",
    [
        "redis/streams/orders/precious",
        "redis/streams/name=orders",
        "redis/users/feed/default",
        "redis/groups/orders",
        "redis/groups/orders/feed/more",
        "redis/access/feed",
    ],
)
def test_a_tombstone_that_is_read_otherwise_than_it_looks_is_refused(say: Say, address: str) -> None:
    code, text = say(f"removed: {{{address}: {{}}}}", "validate")
    assert code == 1, text
    assert "is not an address of this kind" in text or "does not exist on a server" in text or "its stream" in text


def test_a_slash_in_a_name_is_written_with_percent(say: Say) -> None:
    code, text = say("removed: {redis/streams/orders%3Aa%2Fb: {}}", "validate")
    assert code == 0, text


def test_a_group_stands_under_its_stream(say: Say) -> None:
    code, text = say("redis: {groups: {orders: {}}}", "validate")
    assert code == 1
    assert "declare groups under their stream" in text
