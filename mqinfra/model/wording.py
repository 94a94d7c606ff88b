"""Values in sentences: as a manifest has them, and never as Python does."""

import json
from collections.abc import Iterable

from pydantic import JsonValue


def in_words(value: JsonValue, unset: str = "unset") -> str:
    """Write a value in a sentence: `true` rather than True, and a word of its own for none."""
    match value:
        case None:
            return unset
        case str():
            return value
        case bool():
            return "true" if value else "false"
        case int():
            return str(value)  # by far the most frequent, and JSON takes ten times as long
        case _:
            return json.dumps(value, ensure_ascii=False)


def each_named(some: Iterable[object]) -> str:
    """Name things in a sentence: "`a`, `b`"."""
    return ", ".join(f"`{one}`" for one in some)


def with_article(noun: str) -> str:
    """Put `a` or `an` before a noun."""
    return f"{'an' if noun[:1] in 'aeioA' else 'a'} {noun}"
