"""Where something stands in a file. Separate because every layer points back to the line a person wrote."""

import re
from typing import ClassVar

from pydantic import ConfigDict
from pydantic.alias_generators import to_camel

from mqinfra.model.frozen import dataclass

Path = tuple[str, ...]
"""A place inside a resource, one string per step: `("config", "retention.ms")`."""


_WITHIN = re.compile(r"(\d+):(\d+)")


def within(path: Path, line: int, column: int) -> Path:
    """The path of a place in the text of a field, such as a schema: both numbers from 1."""
    return (*path, f"{line}:{column}")


def place_within(path: Path) -> tuple[Path, int, int] | None:
    """Take a path of `within` apart into field, line and column; None of any other path."""
    match = _WITHIN.fullmatch(path[-1]) if path else None
    return (path[:-1], int(match[1]), int(match[2])) if match is not None else None


@dataclass(frozen=True, slots=True, order=True)
class Span:
    """A place in a source file.

    Attributes:
        file: path as the user would type it, relative to the project's root where it can be.
        line: 1-based line.
        column: 1-based column, counted in characters.
        end_column: 1-based column after the last character on the same line; 0 when unknown.
    """

    # A record, and no model, since there are a million of them; in JSON its keys are camelCase all the same.
    __pydantic_config__: ClassVar[ConfigDict] = ConfigDict(
        alias_generator=to_camel, validate_by_name=True, validate_by_alias=True
    )

    file: str
    line: int
    column: int
    end_column: int = 0

    def __str__(self) -> str:
        return f"{self.file}:{self.line}:{self.column}"
