"""Broker settings with a type: what a key such as `retention.ms` may hold, and when two values mean the same.

Kinds whose fields are the broker's own keys (`config`, `arguments`, `definition`) describe them in a table of
settings. Units, comparison, "did you mean", JSON Schema and docs follow from the table.
"""

import math
import re
from collections.abc import Iterable, Iterator, Mapping
from decimal import Decimal, InvalidOperation
from enum import StrEnum

from pydantic import JsonValue

from mqinfra.model import unit
from mqinfra.model.frozen import dataclass
from mqinfra.model.span import Path

Value = str | int | float | bool
_MEANS = {**dict.fromkeys(("yes", "on", "y", "1"), "true"), **dict.fromkeys(("no", "off", "n", "0"), "false")}
_NUMBER = re.compile(r"[+-]?([0-9]+\.?[0-9]*|\.[0-9]+)([eE][+-]?[0-9]{1,3})?")


class SettingType(StrEnum):
    """How the broker reads a value."""

    INT = "int"
    LONG = "long"
    DOUBLE = "double"
    BOOLEAN = "boolean"
    STRING = "string"
    LIST = "list"
    SET = "set"


_TYPE_BOUNDS: Mapping[SettingType, tuple[float, float]] = {
    SettingType.INT: (-(2**31), 2**31 - 1),
    SettingType.LONG: (-(2**63), 2**63 - 1),
}


class Unit(StrEnum):
    """What a number counts."""

    MS = "ms"
    BYTES = "bytes"


@dataclass(frozen=True, slots=True)
class Problem:
    """Why a value can't be taken, and what can be.

    Attributes:
        message: one sentence, the value in backticks.
        help: what to write instead; may be empty.
        path: the field it speaks of, where the caller does not know; empty for the whole.
    """

    message: str
    help: str = ""
    path: Path = ()


@dataclass(frozen=True, slots=True)
class Setting:
    """One key that a broker understands.

    Attributes:
        name: the broker's own key.
        type: how the broker reads the value.
        unit: unit of a number, which allows `7d` or `1GiB` in manifests.
        default: the broker's built-in default in canonical form; None when it has none or takes it from elsewhere.
        minimum: smallest number the broker takes.
        maximum: largest number the broker takes.
        choices: allowed words; for a set or list, the allowed members.
        special: numbers below the minimum with a meaning of their own: `{-1: "unlimited"}`.
        since: first broker version with this key, `(4, 2)`.
        until: first broker version without it.
        description: one sentence for docs and `explain`.
    """

    name: str
    type: SettingType
    unit: Unit | None = None
    default: Value | None = None
    minimum: float | None = None
    maximum: float | None = None
    choices: tuple[str, ...] = ()
    special: Mapping[int, str] | None = None
    since: tuple[int, ...] = ()
    until: tuple[int, ...] = ()
    description: str = ""

    @property
    def typed(self) -> bool:
        """Whether the broker tells `10` from `"10"`, so that no text is taken for a number."""
        return False

    @property
    def bounds(self) -> tuple[float | None, float | None]:
        """Smallest and largest number: the setting's own, else its type's; None where there is none."""
        low, high = _TYPE_BOUNDS.get(self.type, (None, None))
        return self.minimum if self.minimum is not None else low, self.maximum if self.maximum is not None else high

    def parse(self, raw: JsonValue) -> Value | Problem | None:
        """Turn what a manifest says into the canonical value.

        Numbers become numbers with units expanded to the key's own unit, booleans `true`/`false`, sets a sorted and
        lists a plain comma-separated text, as the broker writes them. None stays None: the broker's default.

        Returns:
            the canonical value, or the Problem that the user has to mend.
        """
        if raw is None:
            return None
        match self.type:
            case SettingType.BOOLEAN:
                return self._boolean(raw)
            case SettingType.INT | SettingType.LONG | SettingType.DOUBLE:
                return self._number(raw)
            case SettingType.LIST | SettingType.SET:
                return self._members(raw)
            case SettingType.STRING:
                return self._word(raw)

    def same(self, one: JsonValue, other: JsonValue) -> bool:
        """Tell whether two values mean the same to the broker: `"604800000"` is 604800000, `a,b` may be `b,a`."""
        if type(one) is type(other) and (one == other or type(one) is int):
            return one == other
        first, second = self.parse(one), self.parse(other)
        if isinstance(first, Problem) or isinstance(second, Problem):
            return as_text(one) == as_text(other)
        return first == second

    def _boolean(self, raw: JsonValue) -> Value | Problem:
        if isinstance(raw, bool):
            return raw
        if isinstance(raw, str) and raw.strip().lower() in ("true", "false"):
            return raw.strip().lower() == "true"
        return Problem(f"`{self.name}` must be true or false, got {_describe(raw)}", self._flag(raw))

    def _flag(self, raw: JsonValue) -> str:
        """Help for something else than true or false: what YAML 1.1 and people take for it, as it is written here."""
        meant = _MEANS.get(str(raw).strip().lower()) if isinstance(raw, str | int) else None
        return "write true or false" if meant is None else f"write {meant}"

    def _number(self, raw: JsonValue) -> Value | Problem:
        if isinstance(raw, bool) or not isinstance(raw, str | int | float):
            return Problem(f"`{self.name}` must be a number, got {_describe(raw)}", self._accepted())
        number = self._plain_number(raw)
        if number is None and isinstance(raw, str):
            word = next((n for n, w in (self.special or {}).items() if w == raw.strip().lower()), None)
            if word is not None:
                return word
            if self.unit is not None:
                converted = unit.parse_ms(raw) if self.unit is Unit.MS else unit.parse_bytes(raw)
                number = None if converted is None else Decimal(converted)
        if number is None:
            return Problem(f"invalid value for `{self.name}`: `{raw}`", self._accepted())
        if self.type is not SettingType.DOUBLE and number != number.to_integral_value():
            return Problem(f"`{self.name}` must be a whole number, got `{raw}`", self._accepted())
        return self._in_range(number, raw)

    def _plain_number(self, raw: str | float) -> Decimal | None:
        text = str(raw).strip()
        if len(text) > 40 or not _NUMBER.fullmatch(text):
            return None
        try:
            return Decimal(text)
        except InvalidOperation:  # pragma: no cover - the pattern above admits only decimals
            return None

    def _in_range(self, number: Decimal, raw: JsonValue) -> Value | Problem:
        low, high = self.bounds
        special = number == number.to_integral_value() and int(number) in (self.special or {})
        if not special and ((low is not None and number < low) or (high is not None and number > high)):
            bounds = f"at least {_number_text(low)}" if low is not None else ""
            if high is not None and (low is None or number > high):
                bounds = f"at most {_number_text(high)}"
            return Problem(f"`{self.name}` must be {bounds}, got `{raw}`", self._accepted())
        if self.type is not SettingType.DOUBLE:
            return int(number)
        value = float(number)
        return value if math.isfinite(value) else Problem(f"`{raw}` is too large for `{self.name}`", self._accepted())

    def _members(self, raw: JsonValue) -> Value | Problem:
        if isinstance(raw, str):
            members = [part.strip() for part in raw.split(",")] if raw.strip() else []
        elif isinstance(raw, list) and all(isinstance(part, str) for part in raw):
            members = [str(part).strip() for part in raw]
        else:
            return Problem(f"`{self.name}` must be a list of words, got {_describe(raw)}", self._accepted())
        for member in members:
            if self.choices and member not in self.choices:
                return Problem(f"invalid value for `{self.name}`: `{member}`", did_you_mean(member, self.choices))
        if self.type is SettingType.SET:
            members = sorted(set(members))
        return ",".join(members)

    def _word(self, raw: JsonValue) -> Value | Problem:
        if isinstance(raw, bool):
            raw = str(raw).lower()
        if not isinstance(raw, str | int | float):
            return Problem(f"`{self.name}` must be a word, got {_describe(raw)}", self._accepted())
        word = str(raw)
        if self.choices and word not in self.choices:
            return Problem(f"invalid value for `{self.name}`: `{word}`", did_you_mean(word, self.choices))
        return word

    def _accepted(self) -> str:
        words = [] if not self.special else [f"{number} ({word})" for number, word in self.special.items()]
        if self.unit is Unit.MS:
            return ", ".join(["accepted: 7d, 168h, 604800000", *words])
        if self.unit is Unit.BYTES:
            return ", ".join(["accepted: 1GiB, 500MB, 1073741824", *words])
        if self.choices:
            return "accepted: " + ", ".join(self.choices)
        return ", ".join(["accepted: a number", *words]) if words else ""


class SettingTable:
    """The settings that one field of a kind understands, by name.

    Attributes:
        closed: the keys are our own, so there are no others; else they are the broker's, and it may know more.
        kept: the broker takes keys that it does not know, and keeps them without effect.
    """

    def __init__(self, settings: Iterable[Setting], *, closed: bool = False, kept: bool = False) -> None:
        self._by_name = {setting.name: setting for setting in settings}
        self.closed, self.kept = closed, kept

    def get(self, name: str) -> Setting | None:
        """Look a key up; None when the table does not know it."""
        return self._by_name.get(name)

    def names(self) -> tuple[str, ...]:
        """All known keys, sorted."""
        return tuple(sorted(self._by_name))

    def __iter__(self) -> Iterator[Setting]:
        return iter(self._by_name.values())

    def closest(self, name: str) -> str:
        """Help for an unknown key: `did you mean ...?`, or nothing."""
        return did_you_mean(name, self._by_name)

    def same(self, name: str, one: JsonValue, other: JsonValue) -> bool:
        """Compare two values of a key by meaning; of an unknown key by their text, as the broker stores text."""
        setting = self._by_name.get(name)
        if setting is not None:
            return setting.same(one, other)
        return one == other if one is None or other is None else as_text(one) == as_text(other)


def did_you_mean(word: str, known: Iterable[str]) -> str:
    """Suggest the closest of the known words; when none is close and they are few, list them."""
    words = list(known)
    return suggestion(word, words) or ("accepted: " + ", ".join(sorted(words)) if 0 < len(words) <= 12 else "")


def suggestion(word: str, known: Iterable[str]) -> str:
    """Suggest the closest of the known words; empty when none is close."""
    close = closest(word, known)
    return f"did you mean `{close}`?" if close else ""


def closest(word: str, known: Iterable[str]) -> str:
    """The closest of the known words; empty when none is close."""
    from difflib import get_close_matches  # noqa: PLC0415 - only when something is wrong

    words = list(known)
    close = get_close_matches(word, words, n=1, cutoff=0.6) or get_close_matches(
        word.lower(), [w.lower() for w in words], n=1, cutoff=0.75
    )
    return next(w for w in words if w.lower() == close[0].lower()) if close else ""


def as_text(value: JsonValue) -> str:
    """Write a value the way Kafka's and RabbitMQ's text settings carry it."""
    if isinstance(value, bool):
        return "true" if value else "false"
    return str(value)


def _describe(raw: JsonValue) -> str:
    match raw:
        case bool():
            return f"`{str(raw).lower()}`"
        case list():
            return "a list"
        case dict():
            return "a mapping"
        case _:
            return f"`{raw}`"


def _number_text(number: float | None) -> str:
    return "" if number is None else str(int(number)) if number == int(number) else str(number)
