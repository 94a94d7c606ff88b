"""Ideas that `mqinfra explain` knows besides codes, kinds and fields: a text each, in `concepts/`."""

from functools import cache
from pathlib import Path

_FOLDER = Path(__file__).with_name("concepts")


@cache
def concepts() -> dict[str, str]:
    """What each is, in a few words, by name."""
    return {path.stem: _title(path) for path in sorted(_FOLDER.glob("*.md"))}


def concept_text(name: str) -> str:
    """The text of one, whose examples stand in fences.

    Args:
        name: one of `concepts`.
    """
    return (_FOLDER / f"{name}.md").read_text(encoding="utf-8")


def _title(path: Path) -> str:
    first = path.read_text(encoding="utf-8").partition("\n")[0]
    return first.removeprefix("# ").partition(": ")[2]
