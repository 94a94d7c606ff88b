"""A plan that the version before this one saved: it is shown in every format, and not applied."""

import json
import shutil
from collections.abc import Callable
from pathlib import Path

import pytest

from mqinfra.cli.formats import outputs
from mqinfra.render.plan_json import plan_from_json
from tests.command import Ran

CASE = Path(__file__).parents[1] / "cases" / "plans" / "format-1.0"
DIGEST = "sha256:91bc98844829d893600bc8660b1938a1632a1dcefcb1df3ded8ab3458d0c8504"
NAMES = ("orders.legacy", "orders.created", "orders.paid", "mail")


@pytest.fixture
def older(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, mq: Callable[..., Ran]) -> Path:
    """The project that it was made for, as it was then: the older plan still fits clusters and manifests."""
    shutil.copytree(CASE, tmp_path, dirs_exist_ok=True)
    monkeypatch.chdir(tmp_path)
    shutil.copytree(tmp_path / "before", tmp_path / "topology")
    assert mq("apply", "--auto-approve").code == 0
    shutil.rmtree(tmp_path / "topology")
    shutil.copytree(tmp_path / "after", tmp_path / "topology")
    return tmp_path


def test_it_is_of_the_older_format_and_whole() -> None:
    plan = plan_from_json((CASE / "plan.json").read_text(encoding="utf-8"))
    assert (plan.format_version, plan.digest, len(plan.changes)) == ("1.0", DIGEST, 26)


@pytest.mark.parametrize("form", outputs()["show"].formats)
def test_it_is_shown(older: Path, mq: Callable[..., Ran], form: str) -> None:
    ran = mq("show", "plan.json", "-o", form)
    assert ran.code == 0, ran.err
    if form in ("text", "markdown", "html", "json", "junit"):
        assert [name for name in NAMES if name not in ran.out] == []
    else:
        assert "MQ448" in ran.out  # what was found: returned messages come back for ever
    assert older.is_dir()


def test_it_is_not_applied_although_everything_else_fits(older: Path, mq: Callable[..., Ran]) -> None:
    before = {path: path.read_bytes() for path in older.rglob("*.json")}
    ran = mq("apply", "plan.json", "--expect", DIGEST, "-o", "json")
    assert ran.code == 5
    (found,) = json.loads(ran.out)["diagnostics"]
    assert found["code"] == "MQ191"
    assert found["message"] == "`plan.json` has plan format 1.0, and this mqinfra applies format 1.1"
    assert found["help"] == ["plan again with this mqinfra, and review it"]
    assert {path: path.read_bytes() for path in older.rglob("*.json")} == before
