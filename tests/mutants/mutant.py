"""A mutant: a file with a header and a unified diff.

    Defence: what the product does, in a sentence.
    Test: the pytest node that fails without it.

    --- a/mqinfra/engine/guard.py
    +++ b/mqinfra/engine/guard.py
    @@ ...

A hunk is found by its lines, and not by their numbers, so that what is edited elsewhere in the file disturbs no patch.
Its lines have to stand in the file exactly once.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from pathlib import Path

FOLDER = Path(__file__).parent
ROOT = FOLDER.parents[1]
_HEADER = re.compile(r"Defence: (?P<defence>\S.*)\nTest: (?P<test>tests/\S+\.py::\S.*)\n\n(?=--- a/)")
_FILES = re.compile(r"--- a/(?P<path>\S+)\n\+\+\+ b/(?P=path)\n")
_HUNK = re.compile(r"@@ .*@@.*\n")


class MutantError(ValueError):
    """A file that is no mutant, or whose patch does not apply. The message says why, for a person."""


@dataclass(frozen=True)
class Edit:
    """Lines of a file that are replaced by others."""

    path: str
    before: str
    after: str

    def applied(self, text: str) -> str:
        """The file's text with the edit in it."""
        count = text.count(self.before)
        if count != 1:
            raise MutantError(f"its lines stand {count} times in {self.path}:\n{self.before}")
        return text.replace(self.before, self.after)


@dataclass(frozen=True)
class Mutant:
    """One defence less.

    Attributes:
        name: the file's name, without its ending, from the folder of all mutants.
        defence: what the product does as long as it is not taken away.
        test: the pytest node that fails without it.
        edits: how it is taken away.
    """

    name: str
    defence: str
    test: str
    edits: tuple[Edit, ...]

    def texts(self, root: Path) -> dict[str, str]:
        """The files below a root that differ, by path, as they are with the patch applied."""
        texts: dict[str, str] = {}
        for edit in self.edits:
            text = texts.get(edit.path) or (root / edit.path).read_text(encoding="utf-8")
            texts[edit.path] = edit.applied(text)
        return texts


def parse(name: str, text: str) -> Mutant:
    """Read a mutant's file."""
    header = _HEADER.match(text)
    if header is None:
        raise MutantError("a mutant begins with `Defence: ...`, `Test: tests/...::...`, a blank line and a diff")
    edits: list[Edit] = []
    path, rest = "", text[header.end() :]
    while rest:
        if files := _FILES.match(rest):
            path, rest = files["path"], rest[files.end() :]
            continue
        hunk = _HUNK.match(rest)
        if hunk is None or not path:
            raise MutantError(f"no diff of one file: {rest[:60]!r}")
        rest = rest[hunk.end() :]
        lines = []
        while rest and not rest.startswith(("@@ ", "--- a/")):
            line, _, rest = rest.partition("\n")
            lines.append(line)
        edits.append(Edit(path, _side(lines, "-"), _side(lines, "+")))
    if not edits:
        raise MutantError("the diff is empty")
    return Mutant(name, header["defence"], header["test"], tuple(edits))


def _side(lines: list[str], sign: str) -> str:
    """One side of a hunk. Editors take the blank off that stands for an empty line."""
    return "".join(f"{line[1:]}\n" for line in lines if line[:1] in (sign, " ", ""))


def mutants() -> list[Mutant]:
    """All of them, by name."""
    files = sorted(FOLDER.rglob("*.patch"))
    return [parse(str(file.relative_to(FOLDER).with_suffix("")), file.read_text(encoding="utf-8")) for file in files]
