"""Settings whose JSON type counts: RabbitMQ takes `10`, `10.0` and `"10"` for three different values.

Separate from `model.setting`, whose tables serve brokers that store text. The versions here are release numbers such
as `(3, 12, 7)`; an empty one is the newest.
"""

import re
from collections.abc import Mapping
from dataclasses import replace

from pydantic import JsonValue

from mqinfra.model.frozen import dataclass
from mqinfra.model.setting import Problem, Setting, SettingTable, SettingType, Unit, Value

Version = tuple[int, ...]
Span = tuple[Version, Version]
"""First version with a thing, and first version without it; empty for no end."""

_PLAIN_NUMBER = re.compile(r"\s*[+-]?[0-9.]+([eE][+-]?[0-9]+)?\s*")
LONGEST_DURATION = 315_360_000_000
"""Ten years in milliseconds: `rabbit_misc:check_expiry/1`."""
LONGEST_SEGMENT = 3_000_000_000
"""Bytes: `MAX_STREAM_MAX_SEGMENT_SIZE` in `rabbit.hrl`."""


@dataclass(frozen=True, slots=True)
class TypedSetting(Setting):
    """A setting that takes a value only in its own JSON type, with units for numbers.

    Attributes:
        pattern: what a text must match as a whole, in Python's syntax; empty for any.
        example: a text that matches.
        plugin: the plugin that knows the key; empty for the server itself.
    """

    pattern: str = ""
    example: str = ""
    plugin: str = ""

    @property
    def typed(self) -> bool:
        """RabbitMQ tells them apart."""
        return True

    def parse(self, raw: JsonValue) -> Value | Problem | None:
        """Turn what a manifest says into the value sent to the server.

        Returns:
            the value, or a Problem for another JSON type, a value out of bounds, or an unknown word.
        """
        if raw is None:
            return None
        match self.type:
            case SettingType.BOOLEAN if not isinstance(raw, bool):
                problem = Setting.parse(self, str(raw))
                hint = problem.help if isinstance(problem, Problem) else "write true or false"
                return Problem(f"`{self.name}` must be true or false, got `{raw}`", f"{hint}, without quotes")
            case SettingType.STRING if not isinstance(raw, str):
                shown = str(raw).lower() if isinstance(raw, bool) else raw
                return Problem(f"`{self.name}` must be text, got `{shown}`", f'put it in quotes: "{shown}"')
            case SettingType.INT | SettingType.LONG if isinstance(raw, float):
                return Problem(
                    f"`{self.name}` must be a whole number, got `{raw}`: RabbitMQ tells `10.0` from `10`",
                    f"write {int(raw)}" if raw.is_integer() else "write a whole number",
                )
            case SettingType.INT | SettingType.LONG if isinstance(raw, str) and _PLAIN_NUMBER.fullmatch(raw):
                return Problem(
                    f'`{self.name}` must be a number, got the text `"{raw}"`', f"write {raw.strip()} without quotes"
                )
        if self.pattern and isinstance(raw, str) and re.fullmatch(self.pattern, raw) is None:
            return Problem(f"invalid value for `{self.name}`: `{raw}`", f"accepted: {self.example}")
        return Setting.parse(self, raw)

    def same(self, one: JsonValue, other: JsonValue) -> bool:
        """Tell whether two values are one to RabbitMQ: equal, and of one JSON type."""
        return same_json(one, other)


class TypedTable(SettingTable):
    """A table whose unknown keys compare by JSON type too."""

    def same(self, name: str, one: JsonValue, other: JsonValue) -> bool:
        """Compare two values of a key, known or not: equal, and of one JSON type."""
        setting = self.get(name)
        return same_json(one, other) if setting is None else setting.same(one, other)


def same_json(one: JsonValue, other: JsonValue) -> bool:
    """Tell whether two JSON values are equal without mixing up 1, 1.0, true and "1"."""
    if type(one) is not type(other):
        return False
    if isinstance(one, list) and isinstance(other, list):
        return len(one) == len(other) and all(map(same_json, one, other))
    if isinstance(one, dict) and isinstance(other, dict):
        return one.keys() == other.keys() and all(same_json(value, other[key]) for key, value in one.items())
    return one == other


def within(version: Version, spans: tuple[Span, ...]) -> bool:
    """Tell whether a version lies in one of the spans; the newest, given as empty, in those without an end."""
    if not version:
        return any(not until for _, until in spans)
    return any(since <= version and (not until or version < until) for since, until in spans)


def keys_in(version: Version, spans: Mapping[str, tuple[Span, ...]]) -> frozenset[str]:
    """The keys whose spans hold a version."""
    return frozenset(key for key, where in spans.items() if within(version, where))


def text(name: str, description: str, *choices: str, since: Version = (), until: Version = ()) -> TypedSetting:
    """Describe a text, or one of some words."""
    return TypedSetting(name, SettingType.STRING, choices=choices, since=since, until=until, description=description)


def number(
    name: str,
    description: str,
    minimum: int | None = 0,
    maximum: int | None = None,
    *,
    special: Mapping[int, str] | None = None,
    since: Version = (),
    until: Version = (),
) -> TypedSetting:
    """Describe a whole number, not negative unless told."""
    return TypedSetting(
        name,
        SettingType.LONG,
        minimum=minimum,
        maximum=maximum,
        special=special,
        since=since,
        until=until,
        description=description,
    )


def duration(setting: TypedSetting) -> TypedSetting:
    """Let a number be written as a duration, in milliseconds."""
    return replace(setting, unit=Unit.MS)


def size(setting: TypedSetting) -> TypedSetting:
    """Let a number be written as a size, in bytes."""
    return replace(setting, unit=Unit.BYTES)
