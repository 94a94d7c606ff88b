"""The events of a YAML parser, and which parser there is. Kept apart from the reader's loop, which is about nodes."""

from collections.abc import Callable
from typing import Any, Protocol

import yaml

PARSER: Callable[[str], Any] = getattr(getattr(yaml, "cyaml", None), "CParser", yaml.SafeLoader)
"""libyaml's parser; PyYAML's own, which is slower but no other, where it was built without libyaml."""
CHECKS_ESCAPES = PARSER is not yaml.SafeLoader
"""Whether the parser refuses escapes of lone surrogates by itself."""


class Mark(Protocol):
    """A place, 0-based."""

    line: int
    column: int


class Event(Protocol):
    """What both parsers' events have; PyYAML's own types leave the marks optional."""

    start_mark: Mark
    end_mark: Mark


class NodeEvent(Event, Protocol):
    """The beginning of a mapping or list, or a scalar."""

    anchor: str | None
    tag: str | None


class ScalarEvent(NodeEvent, Protocol):
    """A scalar; plain when it has no style."""

    value: str
    style: str | None


class AliasEvent(Event, Protocol):
    """A use of an anchor."""

    anchor: str
