"""examples/many-projects: a platform project, two teams on what it owns, and a fourth that is refused."""

import re
import shutil
from collections.abc import Callable, Iterator
from itertools import chain
from pathlib import Path

import pytest
import yaml

from tests.command import Ran

EXAMPLE = Path(__file__).parents[2] / "examples" / "many-projects"
IN_ORDER = ("platform", "orders", "billing")
ALL = (*IN_ORDER, "returns")


@pytest.fixture
def company(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    folder = tmp_path / "many-projects"
    shutil.copytree(EXAMPLE, folder, ignore=shutil.ignore_patterns(".mqinfra"))
    monkeypatch.setenv("MQINFRA_CLUSTERS", str(folder / "clusters.yaml"))
    for name in ("ORDERS_PASSWORD", "BILLING_PASSWORD"):
        monkeypatch.setenv(name, "secret")
    return folder


def same(said: str, name: str, request: pytest.FixtureRequest) -> None:
    golden = EXAMPLE / name
    said = re.sub(r" +$", "", said, flags=re.MULTILINE)
    if request.config.getoption("--update-golden"):
        golden.write_text(said, encoding="utf-8")
    assert said == golden.read_text(encoding="utf-8")


def test_each_project_plans_what_it_says_and_is_done_after_one_apply(
    company: Path, mq: Callable[..., Ran], request: pytest.FixtureRequest
) -> None:
    for name in IN_ORDER:
        ran = mq("-C", str(company / name), "plan", "--color", "never")
        assert (ran.code, ran.err) == (0, "")
        same(ran.out, f"{name}/plan.txt", request)
        assert mq("-C", str(company / name), "apply", "--auto-approve").code == 0
    for name in IN_ORDER:
        again = mq("-C", str(company / name), "plan", "--detailed-exitcode")
        assert (again.code, again.err) == (0, ""), again.out
    ran = mq("-C", str(company / "orders"), "status", "--owners")
    assert ran.code == 0, ran.err
    same(ran.out, "owners.txt", request)
    refused = mq("-C", str(company / "returns"), "plan", "--color", "never")
    assert refused.code == 3
    same((refused.out + refused.err).replace(str(company), ".."), "returns/refused.txt", request)


def test_teams_are_told_what_is_missing_before_the_platform_was_applied(company: Path, mq: Callable[..., Ran]) -> None:
    ran = mq("-C", str(company / "orders"), "plan")
    assert ran.code == 3
    assert "vhost `/shop` does not exist, and this project may not create it" in ran.err


def test_manifests_of_all_of_them_are_valid_by_themselves(company: Path, mq: Callable[..., Ran]) -> None:
    assert [mq("-C", str(company / name), "validate").code for name in ALL] == [0, 0, 0, 0]


def test_grants_are_what_the_projects_ask_for(company: Path) -> None:
    granted = yaml.safe_load((company / "clusters.yaml").read_text(encoding="utf-8"))["projects"]
    asked = {name: yaml.safe_load((company / name / "mqinfra.yaml").read_text(encoding="utf-8")) for name in ALL}
    assert {name: project["scope"] for name, project in asked.items()} == {
        name: grant["scope"] for name, grant in granted.items()
    }


def test_it_has_one_field_per_line(company: Path) -> None:
    for path, event in chain.from_iterable(map(events, sorted(company.rglob("*.yaml")))):
        assert not (isinstance(event, yaml.MappingStartEvent) and event.flow_style), path


def events(path: Path) -> Iterator[tuple[Path, yaml.Event]]:
    for event in yaml.parse(path.read_text(encoding="utf-8"), Loader=yaml.SafeLoader):
        yield path, event
