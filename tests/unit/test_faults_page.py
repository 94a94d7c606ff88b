"""docs/faults.md names every fault, and for each of them tests that are there, or says that nothing holds it yet."""

import re
from pathlib import Path

import pytest

from tests.nodes import missing_node

PAGE = Path(__file__).parents[2] / "docs" / "faults.md"
_ROW = re.compile(r"\| (?P<fault>F[0-9]{2}) [^|]+ \| [^|]+ \| (?P<held>[^|]+) \|")
ROWS = [match for line in PAGE.read_text(encoding="utf-8").splitlines() if (match := _ROW.fullmatch(line))]


def test_every_fault_is_there_once() -> None:
    assert [row["fault"] for row in ROWS] == [f"F{number:02}" for number in range(1, 30)]


@pytest.mark.parametrize("row", ROWS, ids=lambda row: row["fault"])
def test_its_tests_are_there(row: re.Match[str]) -> None:
    named = re.findall(r"`([^`]+)`", row["held"])
    nodes = [name for name in named if name.startswith("tests/")]
    assert nodes or "not held yet" in row["held"]
    assert [why for node in nodes if (why := missing_node(node))] == []


@pytest.mark.parametrize(
    ("node", "why"),
    [
        ("tests/unit/test_faults_page.py::test_every_fault_is_there_once", ""),
        ("tests/unit/test_faults_page.py::test_its_tests_are_there[F01]", ""),
        ("tests/unit/test_faults_page.py", ""),
        ("tests/unit/test_faults_page.py::test_none", "no test_none in tests/unit/test_faults_page.py"),
        ("tests/unit/test_no_page.py::test_none", "no file tests/unit/test_no_page.py"),
        ("tests/nowhere", "no tests/nowhere"),
    ],
)
def test_a_test_that_is_not_there_is_missed(node: str, why: str) -> None:
    assert missing_node(node) == why
