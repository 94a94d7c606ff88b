"""JSON with the place of every key and item, so that a finding names the line of a schema's file."""

import json
import re
from bisect import bisect_right
from collections.abc import Mapping
from json.decoder import JSONDecodeError

from pydantic import JsonValue

from mqinfra.model.frozen import dataclass
from mqinfra.providers.registry.schemas.schema import SchemaError, Spot

Pointer = tuple[str | int, ...]
"""Keys and indexes on the way to a value."""
DEEPEST = 200
_BLANK = re.compile(r"[ \t\n\r]*")
_DECODER = json.JSONDecoder()
_SCALAR = re.compile(r"-?(?:0|[1-9]\d*)(?:\.\d+)?(?:[eE][+-]?\d+)?|true|false|null")


@dataclass(frozen=True, slots=True)
class Located:
    """A JSON document.

    Attributes:
        value: what it says.
        spots: where each key of a mapping and each item of a list begins, and the whole at `()`.
    """

    value: JsonValue
    spots: Mapping[Pointer, Spot]

    def spot(self, pointer: Pointer) -> Spot:
        """Where a value is; the nearest thing around it where the pointer leads nowhere."""
        while pointer not in self.spots:
            pointer = pointer[:-1]
        return self.spots[pointer]


def located(text: str) -> Located:
    """Read a JSON document.

    Raises:
        SchemaError: it is none, a key stands twice in one mapping, or it goes deeper than any schema does.
    """
    reader = _Reader(text)
    value = reader.value((), reader.blank(0), 0)
    return Located(value, reader.spots)


def plain(text: str) -> JsonValue:
    """Read a JSON document without its places, which is many times faster.

    Raises:
        SchemaError: as `located`.
    """
    try:
        value: JsonValue = _STRICT.decode(text)
    except (ValueError, RecursionError):
        return located(text).value
    return value


def _once(pairs: list[tuple[str, JsonValue]]) -> dict[str, JsonValue]:
    found = dict(pairs)
    if len(found) != len(pairs):
        raise ValueError("a key stands twice")
    return found


_STRICT = json.JSONDecoder(object_pairs_hook=_once)


class _Reader:
    def __init__(self, text: str) -> None:
        self.text = text
        self.at = 0
        self.spots: dict[Pointer, Spot] = {}
        self._starts = [0, *(match.end() for match in re.finditer("\n", text))]

    def spot(self, at: int) -> Spot:
        line = bisect_right(self._starts, at)
        return Spot(line, at - self._starts[line - 1] + 1)

    def blank(self, at: int) -> int:
        match = _BLANK.match(self.text, at)
        return match.end() if match is not None else at

    def wrong(self, at: int, reason: str) -> SchemaError:
        return SchemaError(reason, self.spot(min(at, max(0, len(self.text) - 1))))

    def value(self, pointer: Pointer, at: int, depth: int) -> JsonValue:
        """Read the value at an index; `at` of the reader is then behind it."""
        self.spots.setdefault(pointer, self.spot(at))
        if depth > DEEPEST:
            raise self.wrong(at, f"it goes more than {DEEPEST} levels deep")
        sign = self.text[at : at + 1]
        if sign == "{":
            value: JsonValue = self._mapping(pointer, at, depth)
        elif sign == "[":
            value = self._list(pointer, at, depth)
        elif sign == '"':
            value = self._text(at)
        else:
            match = _SCALAR.match(self.text, at)
            if match is None:
                raise self.wrong(at, "it is not JSON: a value is missing" if sign else "it is not JSON: it ends early")
            value, self.at = json.loads(match[0]), match.end()
        if not pointer and self.blank(self.at) != len(self.text):
            raise self.wrong(self.blank(self.at), "it is not JSON: something follows its end")
        return value

    def _text(self, at: int) -> str:
        try:
            value, self.at = _DECODER.raw_decode(self.text, at)
        except JSONDecodeError as error:
            raise self.wrong(error.pos, f"it is not JSON: {error.msg[:1].lower()}{error.msg[1:]}") from None
        return str(value)

    def _mapping(self, pointer: Pointer, at: int, depth: int) -> dict[str, JsonValue]:
        found: dict[str, JsonValue] = {}
        at = self.blank(at + 1)
        while self.text[at : at + 1] != "}":
            if found:
                at = self.blank(self._expect(at, ","))
            if self.text[at : at + 1] != '"':
                raise self.wrong(at, "it is not JSON: a key in double quotes belongs here")
            key_at, key = at, self._text(at)
            if key in found:
                raise self.wrong(key_at, f"the key `{key}` stands twice in one mapping")
            self.spots[*pointer, key] = self.spot(key_at)
            at = self.blank(self._expect(self.blank(self.at), ":"))
            found[key] = self.value((*pointer, key), at, depth + 1)
            at = self.blank(self.at)
        self.at = at + 1
        return found

    def _list(self, pointer: Pointer, at: int, depth: int) -> list[JsonValue]:
        found: list[JsonValue] = []
        at = self.blank(at + 1)
        while self.text[at : at + 1] != "]":
            if found:
                at = self.blank(self._expect(at, ","))
            found.append(self.value((*pointer, len(found)), at, depth + 1))
            at = self.blank(self.at)
        self.at = at + 1
        return found

    def _expect(self, at: int, sign: str) -> int:
        if self.text[at : at + 1] != sign:
            raise self.wrong(at, f"it is not JSON: `{sign}` is missing")
        return at + 1
