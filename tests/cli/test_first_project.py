"""The page for beginners, run as it stands: from an empty folder to a reviewed apply, by its own commands."""

import time
from pathlib import Path

import pytest

from tests.transcript import play

PAGE = Path(__file__).parents[2] / "docs" / "first-project.md"
MINUTES = 10


def test_the_page_is_true_from_an_empty_folder_to_a_reviewed_apply(
    tmp_path: Path, request: pytest.FixtureRequest
) -> None:
    folder = tmp_path / "mail"
    folder.mkdir()
    began = time.monotonic()
    play(PAGE, folder, request)
    assert time.monotonic() - began < MINUTES * 60
