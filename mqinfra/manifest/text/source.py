"""A source file: its text, the places in it, and which of its lines are never shown.

Separate from the reader because every later layer points back at the text through it. A *place* is one integer
(25 bits line, 25 bits column, 14 bits width, all 0-based), since 50,000 resources have a million of them.
"""

import re
from array import array
from functools import cached_property
from typing import NamedTuple

from mqinfra.model.code import Code
from mqinfra.model.diagnostic import Diagnostic, Related, Severity
from mqinfra.model.span import Span

COLUMN_BITS, WIDTH_BITS = 25, 14
LINE_SHIFT = COLUMN_BITS + WIDTH_BITS
MAX_WIDTH = (1 << WIDTH_BITS) - 1
_COLUMN_MASK = (1 << COLUMN_BITS) - 1
_MAX_LINE = 400
"""A longer line is of no use in a message."""
_BREAK = re.compile("\r\n|[\n\r\x85\u2028\u2029]")
_SECRETIVE = re.compile(
    r"(?:pass(?:word|wd|phrase)|pasword|secret|token|credential|api[-_]?key|private[-_]?key)[\w.-]*[\"']?\s*:"
    r"|://[^/@\s]*:[^/@\s]*@",
    re.IGNORECASE,
)


def place(line: int, column: int, width: int = 0) -> int:
    """Pack a 0-based line and column and a width into one number."""
    return (line << LINE_SHIFT) | (column << WIDTH_BITS) | min(width, MAX_WIDTH)


class Source:
    """One file's text.

    Attributes:
        file: its path as the user would type it.
        text: its decoded text.
        places: of every key and value, where its container says (see `node`).
        ends: last line of the values that go over several lines, by place.
        templated: whether it may hold variables.
    """

    __slots__ = ("__dict__", "_secret_lines", "ends", "file", "places", "templated", "text")

    def __init__(self, file: str, text: str) -> None:
        self.file, self.text = file, text
        self.places: array[int] = array("Q")
        self.ends: dict[int, int] = {}
        self.templated = "${" in text
        self._secret_lines: set[int] = set()

    @cached_property
    def _starts(self) -> "array[int]":
        starts: array[int] = array("Q", (0, *(match.end() for match in _BREAK.finditer(self.text))))
        return starts

    def span(self, at: int) -> Span:
        """Unpack a place."""
        width = at & MAX_WIDTH
        column = ((at >> WIDTH_BITS) & _COLUMN_MASK) + 1
        return Span(self.file, (at >> LINE_SHIFT) + 1, column, column + width if width else 0)

    def written(self, at: int) -> str:
        """The text at a place, as it was typed; empty when it goes over several lines."""
        start = self.offset(at)
        return self.text[start : start + (at & MAX_WIDTH)]

    def offset(self, at: int) -> int:
        """Index of a place in the text."""
        number = min(at >> LINE_SHIFT, len(self._starts) - 1)
        return self._starts[number] + ((at >> WIDTH_BITS) & _COLUMN_MASK)

    def line(self, number: int) -> str | None:
        """Text of a 1-based line; None when there is none, or when it is or may be a secret."""
        if not 0 < number <= len(self._starts) or number in self._secret_lines:
            return None
        start = self._starts[number - 1]
        end = self._starts[number] if number < len(self._starts) else len(self.text)
        if end - start > _MAX_LINE:
            return None
        text = self.text[start:end].rstrip("\r\n\x85\u2028\u2029")
        return None if _SECRETIVE.search(text) else text

    def hide(self, first: int, last: int) -> None:
        """Never show the lines from the place `first` to the end of the value at the place `last`."""
        end = self.ends.get(last, last >> LINE_SHIFT)
        self._secret_lines.update(range((first >> LINE_SHIFT) + 1, end + 2))


def block_of(place: "Place") -> Span | None:
    """Where the text of a block such as `|` begins; None of a value that is written otherwise."""
    source, at = place
    first = source.span(at)
    head = source.line(first.line) or ""
    if head[first.column - 1 : first.column] != "|":
        return None
    text = source.line(first.line + 1) or ""
    return Span(source.file, first.line + 1, len(text) - len(text.lstrip()) + 1)


class Place(NamedTuple):
    """Something in a file that a message can point at.

    Attributes:
        source: the file.
        at: the packed place.
    """

    source: Source
    at: int

    @property
    def span(self) -> Span:
        """Where it is."""
        return self.source.span(self.at)

    @property
    def line(self) -> str | None:
        """Text of its line; None when it may be secret."""
        return self.source.line((self.at >> LINE_SHIFT) + 1)

    @property
    def written(self) -> str:
        """What was typed there."""
        return self.source.written(self.at)

    def related(self, label: str) -> Related:
        """Point at it as a second place of a finding."""
        return Related.model_construct(span=self.span, label=label, source=self.line)

    def report(
        self,
        code: Code,
        message: str,
        *,
        help: tuple[str, ...] | str = (),  # noqa: A002 - the word that is printed
        label: str = "",
        related: tuple[Related, ...] = (),
        address: str | None = None,
        secret: bool = False,
        severity: Severity | None = None,
    ) -> Diagnostic:
        """Make a diagnostic that points here; `secret` keeps the line out of it."""
        source = None if secret else self.line
        return code.at(
            message,
            span=self.span,
            source=source,
            label=label,
            help=help,
            related=related,
            address=address,
            severity=severity,
        )
