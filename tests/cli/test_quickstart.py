"""The quickstart goes on to a plan with a block, its way out and a removal; the README shows it as a picture."""

import shutil
from collections.abc import Callable
from pathlib import Path
from xml.etree import ElementTree as ET

import pytest

from tests.command import Ran
from tests.terminal_picture import svg

ROOT = Path(__file__).parents[2]
PICTURE = ROOT / "docs" / "plan.svg"
TITLE = "mqinfra plan: a change that is blocked with its way out, a topic that goes, one that grows, a right withdrawn"


@pytest.fixture
def changed(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, mq: Callable[..., Ran]) -> Callable[..., Ran]:
    """The quickstart, applied and then changed."""
    folder = tmp_path / "quickstart"
    shutil.copytree(ROOT / "examples" / "quickstart", folder, ignore=shutil.ignore_patterns(".mqinfra"))
    monkeypatch.chdir(folder)
    assert mq("apply", "--auto-approve").code == 0
    shutil.copy(folder / "changed" / "orders.yaml", folder / "topology" / "orders.yaml")
    return mq


def test_a_blocked_change_shows_its_way_out_and_the_rest_can_go(changed: Callable[..., Ran]) -> None:
    ran = changed("plan")
    assert ran.code == 3
    assert "type classic -> quorum" in ran.out
    assert "NO LONGER DECLARED" in ran.out
    line = next(line for line in ran.out.splitlines() if line.startswith("  mqinfra plan -e local --exclude"))
    rest = changed(*line.split()[1:], "-o", "json=plan.json")
    assert rest.code == 0
    assert changed("apply", "plan.json").code == 0
    assert "BLOCKED" in changed("plan").out


def test_the_readme_shows_that_plan(changed: Callable[..., Ran], request: pytest.FixtureRequest) -> None:
    picture = svg(changed("plan", "--color", "always").out, TITLE)
    ET.fromstring(picture)  # noqa: S314 - our own text
    if request.config.getoption("--update-golden"):
        PICTURE.write_text(picture, encoding="utf-8")
    assert picture == PICTURE.read_text(encoding="utf-8")
    assert "(docs/plan.svg)" in (ROOT / "README.md").read_text(encoding="utf-8")
