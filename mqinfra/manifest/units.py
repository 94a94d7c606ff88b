"""Numbers as people write them, where it is known what they count: `7d` for 604800000, `1GiB` for 1073741824."""

import re
from collections.abc import Callable, Mapping
from typing import Any

from mqinfra.model.setting import Unit
from mqinfra.model.span import Path
from mqinfra.model.unit import format_bytes, format_ms

Units = Callable[[str, Path], Unit | None]
"""What the number at a path of an entry of `BROKER/KIND` counts; None for nothing in particular."""
_NO_SHORTER = re.compile("[0-9]+(?:ms|B)")
_SHORTEST = 1000
"""Smaller numbers are read as well as they are."""


def no_units(_kind: str, _path: Path) -> None:
    """Of nothing it is known what it counts."""


def with_units(entry: Mapping[str, Any], unit: Callable[[Path], Unit | None]) -> dict[str, Any]:
    """Write the numbers of an entry with their units.

    Args:
        entry: what it says. Sugar holds settings as the entry itself does, one deeper: `deadLetter.config`.
        unit: what the number at a path counts.
    """
    return {name: _written(value, (name,), unit) for name, value in entry.items()}


def _written(value: object, path: Path, unit: Callable[[Path], Unit | None]) -> object:
    if isinstance(value, dict):
        return {key: _written(item, (*path[-1:], key), unit) for key, item in value.items()}
    if not isinstance(value, int) or isinstance(value, bool) or value < _SHORTEST:
        return value
    known = unit(path)
    if known is None:
        return value
    text = format_ms(value) if known is Unit.MS else format_bytes(value)
    return value if _NO_SHORTER.fullmatch(text) else text
