"""Whatever happens to a good project, loading it ends soon, with findings or without, and never with an exception."""

import shutil
import signal
from collections.abc import Iterator
from pathlib import Path
from types import FrameType

import pytest
import yaml

from mqinfra.manifest.loader import load
from mqinfra.model.errors import UserError
from mqinfra.providers.base.catalogue import Catalogue, installed

GOOD = Path(__file__).parents[1] / "cases" / "manifest" / "good_full"
FILES = ("mqinfra.yaml", "clusters/prod.yaml", "topology/orders.yaml", "topology/more/refunds.yml")
SWAPS = (
    "null",
    "true",
    "5",
    "2.5",
    "text",
    "[a]",
    "{a: b}",
    "*nowhere",
    "!tag x",
    '"',
    "${size}",
    "'${nothing}'",
    "\t",
)


@pytest.fixture(scope="module")
def catalogue() -> Catalogue:
    return installed()


@pytest.fixture(autouse=True)
def no_hang() -> Iterator[None]:
    """Stop a test by its own processor time, which a busy machine does not lengthen."""

    def stop(_signal: int, _frame: FrameType | None) -> None:
        raise AssertionError("loading a mutated project does not end")

    before = signal.signal(signal.SIGVTALRM, stop)
    signal.setitimer(signal.ITIMER_VIRTUAL, 60)
    yield
    signal.setitimer(signal.ITIMER_VIRTUAL, 0)
    signal.signal(signal.SIGVTALRM, before)


@pytest.fixture
def project(tmp_path: Path) -> Path:
    shutil.copytree(GOOD, tmp_path / "project")
    return tmp_path / "project"


@pytest.mark.parametrize("name", FILES)
def test_a_file_cut_at_any_byte_is_reported_or_read(name: str, project: Path, catalogue: Catalogue) -> None:
    content = (project / name).read_bytes()
    for length in range(len(content)):
        (project / name).write_bytes(content[:length])
        survive(project, catalogue)


@pytest.mark.parametrize("name", FILES)
def test_a_line_missing_or_twice_is_reported_or_read(name: str, project: Path, catalogue: Catalogue) -> None:
    lines = (project / name).read_text().splitlines(keepends=True)
    for index, line in enumerate(lines):
        for changed in ([], [line, line], ["  " + line], [line.lstrip()]):
            (project / name).write_text("".join(lines[:index] + changed + lines[index + 1 :]))
            survive(project, catalogue)


@pytest.mark.parametrize("name", FILES)
def test_a_value_or_key_of_another_type_is_reported_or_read(name: str, project: Path, catalogue: Catalogue) -> None:
    text = (project / name).read_text()
    for start, end in scalars(text):
        for swap in SWAPS:
            (project / name).write_text(text[:start] + swap + text[end:])
            survive(project, catalogue)


def test_bytes_that_are_no_text_are_reported_wherever_they_stand(project: Path, catalogue: Catalogue) -> None:
    path = project / "topology" / "orders.yaml"
    content = path.read_bytes()
    for bad in (b"\xff", b"\x00", b"\xe9", b"\xed\xa0\x80", b"\x1b", b"\xef\xbf\xbe"):
        for offset in range(0, len(content), 13):
            path.write_bytes(content[:offset] + bad + content[offset:])
            assert "MQ102" in survive(project, catalogue)


def survive(project: Path, catalogue: Catalogue) -> list[str]:
    try:
        found = load(project, "prod", catalogue).diagnostics
    except UserError as error:
        found = error.diagnostics
    for item in found:
        assert item.message
        assert "pydantic" not in item.message
        assert item.span is None or item.span.line >= 1
    return [item.code for item in found]


def scalars(text: str) -> Iterator[tuple[int, int]]:
    for event in yaml.parse(text, Loader=yaml.SafeLoader):
        if isinstance(event, yaml.ScalarEvent):
            assert event.start_mark is not None
            assert event.end_mark is not None
            yield event.start_mark.index, event.end_mark.index
