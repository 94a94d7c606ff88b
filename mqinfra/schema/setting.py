"""Tables of a broker's settings as JSON Schema: types, units, ranges, words and descriptions."""

import re
from collections.abc import Mapping
from typing import Any

from mqinfra.model.setting import Setting, SettingTable, SettingType, Unit
from mqinfra.model.unit import format_bytes, format_ms
from mqinfra.schema.variable import USE

Schema = dict[str, Any]

_QUANTITY = {
    Unit.MS: r"(\d+(\.\d+)?(ms|s|m|h|d|w))+",
    Unit.BYTES: r"(\d+(\.\d+)?(B|[kMGT]B|[KMGT]iB))+",
}
_WRITTEN = {Unit.MS: "a duration: `7d`, `12h`, or milliseconds", Unit.BYTES: "a size: `1GiB`, `500MB`, or bytes"}
_NUMBER = r"[+-]?(\d+\.?\d*|\.\d+)([eE][+-]?\d{1,3})?"


def table_schema(table: SettingTable, broker: str) -> Schema:
    """Describe a mapping with settings.

    Where the keys are the broker's, others are let through, as the reader does: a newer one may know more.
    """
    others: Schema = {"type": ["string", "number", "boolean", "array", "null"], "items": {"type": "string"}}
    if any(setting.typed for setting in table):
        others = {}
    return {
        "type": ["object", "string"],
        "pattern": USE,
        "properties": {setting.name: setting_schema(setting, broker) for setting in table},
        "additionalProperties": False if table.closed else others,
    }


def setting_schema(setting: Setting, broker: str) -> Schema:
    """Describe the value of one key, in every form that the reader takes."""
    schema: Schema = {"description": _description(setting, broker)}
    match setting.type:
        case SettingType.BOOLEAN if setting.typed:
            schema |= {"type": ["boolean", "string", "null"], "pattern": USE}
        case SettingType.BOOLEAN:
            schema |= {
                "type": ["boolean", "string", "null"],
                "pattern": _either(f"{_any_case('true')}|{_any_case('false')}"),
            }
        case SettingType.INT | SettingType.LONG | SettingType.DOUBLE:
            schema |= _number(setting)
        case SettingType.LIST | SettingType.SET:
            schema |= _members(setting)
        case SettingType.STRING if setting.choices:
            schema |= {"anyOf": [{"enum": [*setting.choices, None]}, {"type": "string", "pattern": USE}]}
        case SettingType.STRING if setting.typed:
            schema["type"] = ["string", "null"]
        case SettingType.STRING:
            schema["type"] = ["string", "number", "boolean", "null"]
    if setting.default is not None:
        schema["default"] = setting.default
    if setting.until:
        schema["deprecated"] = True
    return schema


def _number(setting: Setting) -> Schema:
    words = [_any_case(word) for word in (setting.special or {}).values()]
    forms = [*words, *([_QUANTITY[setting.unit]] if setting.unit is not None else [])]
    if not setting.typed:
        forms.insert(0, _NUMBER)
    whole = setting.type is not SettingType.DOUBLE
    schema: Schema = {
        "type": ["integer" if whole else "number", "string", "null"],
        "pattern": _either("|".join(forms)) if forms else USE,
    }
    named = zip(("minimum", "maximum"), setting.bounds, strict=True)
    limits = {name: bound for name, bound in named if bound is not None}
    if setting.special and limits:
        # A keyword about numbers says nothing of text, so the first branch takes all text that the pattern takes.
        schema["anyOf"] = [limits, {"enum": list(setting.special)}]
    return schema | ({} if setting.special else limits)


def _members(setting: Setting) -> Schema:
    member = "|".join(map(_plain, setting.choices)) if setting.choices else "[^,]*"
    item = {"type": "string", "pattern": _either(member)}
    return {
        "type": ["array", "string", "null"],
        "items": {"anyOf": [{"enum": list(setting.choices)}, item]} if setting.choices else item,
        "pattern": _either(rf"|({member})\s*(,\s*({member})\s*)*"),
    }


def _description(setting: Setting, broker: str) -> str:
    parts = [setting.description] if setting.description else []
    if setting.unit is not None:
        parts.append(f"Written as {_WRITTEN[setting.unit]}.")
    parts += [f"{number} is {word}." for number, word in _special(setting).items()]
    if setting.default is not None:
        parts.append(f"Default: {_default(setting)}.")
    if setting.since:
        parts.append(f"Since {broker} {'.'.join(map(str, setting.since))}.")
    if setting.until:
        parts.append(f"Removed in {broker} {'.'.join(map(str, setting.until))}.")
    return " ".join(parts)


def _special(setting: Setting) -> Mapping[int, str]:
    return setting.special or {}


def _default(setting: Setting) -> str:
    value = setting.default
    if isinstance(value, bool):
        return str(value).lower()
    if isinstance(value, int) and value in _special(setting):
        return f"{value} ({_special(setting)[value]})"
    if isinstance(value, int) and setting.unit is not None:
        return format_ms(value) if setting.unit is Unit.MS else format_bytes(value)
    return str(value) or "empty"


def _plain(text: str) -> str:
    """Match a text as it is. Python escapes more than the dialect of JSON Schema knows."""
    return re.sub(r"[.*+?^${}()|\[\]\\]", r"\\\g<0>", text)


def _any_case(word: str) -> str:
    """Match a word in capitals or not; JSON Schema's patterns have no switch for that."""
    return "".join(f"[{letter.upper()}{letter.lower()}]" if letter.isalpha() else _plain(letter) for letter in word)


def _either(pattern: str) -> str:
    """Take a whole text of the pattern, or any text with a variable in it."""
    return rf"^\s*({pattern})\s*$|{USE}"
