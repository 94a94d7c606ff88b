"""Golden files: the expected text beside its case, rewritten only by `--update-golden`."""

import difflib
from pathlib import Path

import pytest

CASES = Path(__file__).parents[2] / "cases" / "render"


def assert_golden(request: pytest.FixtureRequest, name: str, text: str) -> None:
    file = CASES / name
    if request.config.getoption("--update-golden", default=False):
        file.write_text(text, encoding="utf-8", newline="\n")
    expected = file.read_text(encoding="utf-8") if file.exists() else ""
    if text != expected:
        lines = difflib.unified_diff(expected.splitlines(), text.splitlines(), name, "rendered", lineterm="")
        pytest.fail("\n".join(lines) or f"{name} differs in line ends", pytrace=False)
