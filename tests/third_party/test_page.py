"""The page about providers shows parts of the files that are tested here, to the letter."""

import re
from pathlib import Path

import pytest

from tests.third_party.conftest import SOURCE

PAGE = Path(__file__).parents[2] / "docs" / "writing-a-provider.md"
BLOCK = re.compile(r"^```(python|toml|yaml)\n(.*?)^```$", re.DOTALL | re.MULTILINE)
SUFFIXES = {"python": ".py", "toml": ".toml", "yaml": ".yaml"}
BLOCKS = [(found[1], found[2]) for found in BLOCK.finditer(PAGE.read_text(encoding="utf-8"))]


def test_every_block_with_code_is_looked_at() -> None:
    fences = re.findall(r"^```(\w+)", PAGE.read_text(encoding="utf-8"), re.MULTILINE)
    assert [word for word in fences if word != "sh"] == [language for language, _ in BLOCKS]
    assert {language for language, _ in BLOCKS} == SUFFIXES.keys()


@pytest.mark.parametrize(("language", "text"), BLOCKS)
def test_a_block_is_a_part_of_one_file(language: str, text: str) -> None:
    files = [path.read_text(encoding="utf-8") for path in SOURCE.rglob(f"*{SUFFIXES[language]}")]
    assert sum(f"\n{text}" in f"\n{held}" for held in files) == 1
