"""How a broker reads the settings of a topic: what it takes, what it stores, and its words when it refuses.

A model of Kafka's `ConfigDef` and `LogConfig.validate`, held against real brokers by integration tests. Separate
from the table, whose `parse` reads what people write (`7d`), while this reads what goes over the wire.
"""

import re
from collections.abc import Mapping

from pydantic import JsonValue

from mqinfra.model.setting import Problem, Setting, SettingTable, SettingType, Value
from mqinfra.providers.kafka.topics.requests import config_text

_WHOLE = re.compile(r"[+-]?\d+")
_DECIMAL = re.compile(r"[+-]?(\d+\.?\d*|\.\d+)([eE][+-]?\d+)?")
_REPLICAS = re.compile(r"\*|\d+:\d+(,\d+:\d+)*|")
_FORMAT_VERSION = re.compile(r"(0\.(8|9|10|11)|1\.[01]|2\.[0-8]|3\.\d|4\.0)([.-].*)?")
_INT_MAX = 2**31 - 1
_LONG_MAX = 2**63 - 1


def canonical(setting: Setting | None, text: str | None) -> Value | None:
    """Read a value that a broker reports; text that the table can't read stays as it is."""
    if text is None or setting is None:
        return text
    value = setting.parse(text)
    return text if isinstance(value, Problem) else value


def broker_takes(config: Mapping[str, JsonValue], settings: SettingTable) -> dict[str, Value] | Problem:
    """Read settings as a broker would.

    Returns:
        the stored values in canonical form, or the broker's refusal.
    """
    taken: dict[str, Value] = {}
    for key in config:
        if settings.get(key) is None:
            return Problem(f"Unknown topic config name: {key}", settings.closest(key))
    for key, value in sorted(config.items()):
        setting = settings.get(key)
        if setting is None:  # pragma: no cover - seen above
            continue
        text = config_text(value).strip()
        if why := refusal(setting, text):
            return Problem(f"Invalid value {_shown(setting, text)} for configuration {key}: {why}")
        stored = canonical(setting, text)
        if stored is not None:
            taken[key] = stored
    return _conflict(taken, settings) or taken


def _conflict(taken: Mapping[str, Value], settings: SettingTable) -> Problem | None:
    low, high = (_number(key, taken, settings) for key in ("min.compaction.lag.ms", "max.compaction.lag.ms"))
    if low > high:
        return Problem(
            f"conflict topic config setting min.compaction.lag.ms ({low}) > max.compaction.lag.ms ({high})",
            "make `min.compaction.lag.ms` the smaller one",
        )
    if taken.get("remote.storage.enable") is True:
        return Problem(
            "Tiered Storage functionality is disabled in the broker. "
            "Topic cannot be configured with remote log storage.",
            "set `remote.log.storage.system.enable` on the brokers first",
        )
    return None


def _number(key: str, taken: Mapping[str, Value], settings: SettingTable) -> int:
    setting = settings.get(key)
    value = taken.get(key, setting.default if setting is not None else None)
    return value if isinstance(value, int) else 0


def refusal(setting: Setting, text: str) -> str:
    """Why a broker does not take a value; empty where it does."""
    match setting.type:
        case SettingType.INT | SettingType.LONG | SettingType.DOUBLE:
            return _number_refusal(setting, text)
        case SettingType.BOOLEAN:
            return "" if text.lower() in ("true", "false") else "Expected value to be either true or false"
        case SettingType.LIST if _REPLICAS.fullmatch(text.replace(" ", "")) is None:
            return (
                f"{setting.name} must be the literal '*' or a list of replicas in the following format: "
                "[partitionId]:[brokerId],[partitionId]:[brokerId],..."
            )
        case SettingType.SET | SettingType.STRING if setting.choices:
            words = [word.strip() for word in text.split(",")] if setting.type is SettingType.SET else [text]
            if any(word not in setting.choices for word in words) and (text or setting.type is not SettingType.SET):
                return f"String must be one of: {', '.join(setting.choices)}"
        case SettingType.STRING if _FORMAT_VERSION.fullmatch(text) is None:  # the one word without choices
            return f"Version {text} is not a valid version"
    return ""


def _number_refusal(setting: Setting, text: str) -> str:
    pattern = _DECIMAL if setting.type is SettingType.DOUBLE else _WHOLE
    limit = {SettingType.INT: _INT_MAX, SettingType.LONG: _LONG_MAX}.get(setting.type)
    if not pattern.fullmatch(text) or (limit is not None and not -limit - 1 <= int(text) <= limit):
        return f"Not a number of type {setting.type.name}"
    if setting.name == "retention.bytes":
        return ""  # the one number that brokers take whatever it is; every negative one is unlimited
    number = float(text)
    if setting.name == "compression.gzip.level":
        return "" if number == -1 or 1 <= number <= 9 else "Value must be between 1 and 9 or equal to -1"
    low = min([*(setting.special or {}), *([] if setting.minimum is None else [setting.minimum])], default=None)
    if low is not None and number < low:
        return f"Value must be at least {low:g}" if low % 1 else f"Value must be at least {int(low)}"
    if setting.maximum is not None and number > setting.maximum:
        return f"Value must be no more than {int(setting.maximum)}"
    return ""


def _shown(setting: Setting, text: str) -> str:
    """Java prints a rejected list of replicas as a list, and a rejected policy as its first wrong word."""
    if setting.type is SettingType.LIST:
        return f"[{', '.join(part.strip() for part in text.split(','))}]"
    if setting.type is SettingType.SET:
        return next((word.strip() for word in text.split(",") if word.strip() not in setting.choices), text)
    return text
