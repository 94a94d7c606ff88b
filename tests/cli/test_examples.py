"""Every example plans what its plan.txt says, applies, plans nothing more, and survives an export."""

import re
import shutil
from collections.abc import Callable
from pathlib import Path

import pytest
import yaml

from tests.command import Ran

EXAMPLES = Path(__file__).parents[2] / "examples"
PLANS = sorted(
    path.relative_to(EXAMPLES).as_posix()
    for path in EXAMPLES.glob("*/plan*.txt")
    if path.with_name("mqinfra.yaml").exists()
)
"""The plan of an example, or of each of its environments: `service/plan.txt`, `environments/plan.prod.txt`."""


@pytest.fixture(params=PLANS)
def plan(request: pytest.FixtureRequest) -> str:
    return str(request.param)


@pytest.fixture
def example(plan: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    name, _, file = plan.partition("/")
    folder = tmp_path / name
    shutil.copytree(EXAMPLES / name, folder, ignore=shutil.ignore_patterns(".mqinfra"))
    monkeypatch.chdir(folder)
    environment = file.removeprefix("plan").removesuffix("txt").strip(".")
    if environment:
        monkeypatch.setenv("MQINFRA_ENV", environment)
    return folder


def test_every_example_says_what_it_plans() -> None:
    assert {path.parent.name for path in EXAMPLES.glob("*/mqinfra.yaml")} == {name.partition("/")[0] for name in PLANS}


@pytest.mark.usefixtures("example")
def test_it_plans_what_it_says(plan: str, mq: Callable[..., Ran], request: pytest.FixtureRequest) -> None:
    ran = mq("plan", "--color", "never")
    assert ran.code == 0, ran.err
    golden = EXAMPLES / plan
    if request.config.getoption("--update-golden"):
        golden.write_text(ran.out, encoding="utf-8")
    assert ran.out == golden.read_text(encoding="utf-8")


def test_it_applies_once_and_is_done(example: Path, mq: Callable[..., Ran]) -> None:
    ran = mq("apply", "--auto-approve")
    assert ran.code == 0, ran.err
    again = mq("plan", "--detailed-exitcode")
    assert again.code == 0, again.out
    assert not re.search(r"^(warning|error)\[", again.err, re.MULTILINE), again.err
    assert example.joinpath(".mqinfra").is_dir()


def test_its_export_plans_nothing_and_is_as_short_as_what_was_written(example: Path, mq: Callable[..., Ran]) -> None:
    assert mq("apply", "--auto-approve").code == 0
    exported = mq("export")
    assert exported.code == 0, exported.err
    manifests = sorted((example / "topology").rglob("*.yaml"))
    written = sum(_lines(path.read_text(encoding="utf-8")) for path in manifests)
    assert _lines(exported.out) <= 1.2 * written, exported.out
    for path in manifests:
        path.unlink()
    (example / "topology" / "exported.yaml").write_text(exported.out, encoding="utf-8")
    again = mq("plan", "--detailed-exitcode")
    assert again.code == 0, again.out + again.err
    assert "No changes" in again.out


def _lines(text: str) -> int:
    """Lines that say something."""
    return sum(bool(line.strip()) and not line.lstrip().startswith("#") for line in text.splitlines())


def test_it_has_one_field_per_line(example: Path) -> None:
    """Block style diffs line by line; only a list of plain words may stand in one line."""
    for path in example.rglob("*.yaml"):
        for event in yaml.parse(path.read_text(encoding="utf-8"), Loader=yaml.SafeLoader):
            assert not (isinstance(event, yaml.MappingStartEvent) and event.flow_style), path


@pytest.mark.parametrize(("name", "code"), [("passes", 0), ("refused", 3)])
def test_a_schema_s_next_version_passes_or_is_refused_in_the_plan(
    name: str,
    code: int,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    mq: Callable[..., Ran],
    request: pytest.FixtureRequest,
) -> None:
    source, folder = EXAMPLES / "schemas", tmp_path / "schemas"
    shutil.copytree(source, folder, ignore=shutil.ignore_patterns(".mqinfra"))
    monkeypatch.chdir(folder)
    assert mq("apply", "--auto-approve").code == 0
    shutil.copy(source / "evolution" / f"{name}.avsc", folder / "topology" / "schemas" / "order-created.avsc")
    ran = mq("plan", "--color", "never")
    assert ran.code == code, ran.err
    golden = source / "evolution" / f"{name}.txt"
    said = re.sub(r" +$", "", ran.out + ran.err, flags=re.MULTILINE)
    if request.config.getoption("--update-golden"):
        golden.write_text(said, encoding="utf-8")
    assert said == golden.read_text(encoding="utf-8")
