"""What a plain scalar means: the YAML 1.2 core schema, without its traps. The reader and the writer share it.

Only `true`, `false`, `null` and decimal numbers are more than text. `on`, `no`, `12:30`, `010`, `0x1F`, `1_000`,
`.inf` and dates stay what the author typed; a setting that wants a number then says so at the right place.
"""

import math
import re

Scalar = str | int | float | bool | None

MAX_DIGITS = 40
"""Longer numbers are refused: no broker takes one, and Python itself stops at 4,300 digits."""

_WORDS: dict[str, Scalar] = {
    "": None,
    "~": None,
    **dict.fromkeys(("null", "Null", "NULL"), None),
    **dict.fromkeys(("true", "True", "TRUE"), True),
    **dict.fromkeys(("false", "False", "FALSE"), False),
}
_NUMBER_START = frozenset("+-.0123456789")
_INT = re.compile(r"[-+]?(?:0|[1-9][0-9]*)")
_FLOAT = re.compile(r"[-+]?(?:\.[0-9]+|(?:0|[1-9][0-9]*)(?:\.[0-9]*)?)(?:[eE][-+]?[0-9]+)?")


_BASED = re.compile(r"[-+]?0(?:[xX][0-9a-fA-F]+|[oO][0-7]+|[bB][01]+)")
_PADDED = re.compile(r"[-+]?0[0-9]+")


class NumberTooLargeError(ValueError):
    """A number with more digits, or a larger exponent, than anything can hold."""


def resolve(text: str) -> Scalar:
    """Give the meaning of a plain scalar.

    Raises:
        NumberTooLargeError: the text is a number that is too large.
    """
    if text in _WORDS:
        return _WORDS[text]
    if text[0] not in _NUMBER_START:
        return text
    if _INT.fullmatch(text):
        if len(text) > MAX_DIGITS:
            raise NumberTooLargeError(text)
        return int(text)
    if _FLOAT.fullmatch(text) and any(character.isdigit() for character in text):
        number = float(text) if len(text) <= MAX_DIGITS else math.inf
        if math.isinf(number):
            raise NumberTooLargeError(text)
        return number
    return text


def is_text(text: str) -> bool:
    """Tell whether a plain scalar is read as the text that it is."""
    return text not in _WORDS and (
        text[0] not in _NUMBER_START or (_INT.fullmatch(text) is None and _FLOAT.fullmatch(text) is None)
    )


def number_meant(text: str) -> str:
    """Help for a number in a form that is text here, or no whole number: `0755`, `0x1F`, `1_000`, `1e3`."""
    if len(text) > MAX_DIGITS:
        return ""
    plain = text.replace("_", "") if "_" in text.strip("_") else text
    if _BASED.fullmatch(plain):
        return f"write {int(plain, 0)}"
    if _PADDED.fullmatch(plain):
        octal = "" if set(plain) & {"8", "9"} else f", or {int(plain, 8)}, which is how YAML 1.1 reads it"
        return f"write {int(plain)}{octal}"
    if plain != text and _INT.fullmatch(plain):
        return f"write {int(plain)}"
    if _INT.fullmatch(text) is None and _FLOAT.fullmatch(text) and any(map(str.isdigit, text)):
        number = float(text)
        return f"write {int(number)}" if number.is_integer() and abs(number) < 2**53 else ""
    return ""


def describe(value: object) -> str:
    """Name a value for a message: `true`, `12`, a list, a mapping."""
    match value:
        case None:
            return "null"
        case bool():
            return f"`{str(value).lower()}`"
        case dict():
            return "a mapping"
        case list() | tuple():
            return "a list"
        case _:
            text = str(value)
            return f"`{text}`" if len(text) <= 80 else f"`{text[:77]}...`"
