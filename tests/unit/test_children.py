"""Processes of our own that are told what to do by another one, which may be killed."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
_BEGINS = 'if __name__ == "__main__":\n'
CHILDREN = sorted(
    path
    for path in (ROOT / "mqinfra").rglob("*.py")
    if path.name != "__main__.py" and _BEGINS in path.read_text(encoding="utf-8")
)
_ANSWERS = """
import sys
from mqinfra.providers.base.child import obedient

def main() -> None:
    for line in sys.stdin:
        sys.stdout.write(line)
        sys.stdout.flush()

obedient(main)
"""


def test_one_whose_parent_was_killed_ends_without_a_word() -> None:
    told, answers = os.pipe()
    os.close(told)
    with os.fdopen(answers, "wb") as nobody:
        ended = subprocess.run(
            [sys.executable, "-c", _ANSWERS], input=b"do\n", stdout=nobody, stderr=subprocess.PIPE, check=False
        )
    assert (ended.returncode, ended.stderr) == (0, b"")


@pytest.mark.parametrize("path", CHILDREN, ids=lambda path: path.stem)
def test_every_one_is_run_so(path: Path) -> None:
    assert path.read_text(encoding="utf-8").partition(_BEGINS)[2].strip() == "obedient(main)"


def test_there_are_some() -> None:
    assert len(CHILDREN) >= 3
