"""The broker's own keys, made canonical: `7d` becomes 604800000. Unknown keys are left for a check to judge."""

from collections.abc import Mapping
from typing import Any

from mqinfra.manifest import codes
from mqinfra.manifest.bind.binding import Places
from mqinfra.model.address import Address
from mqinfra.model.diagnostic import Diagnostic
from mqinfra.model.setting import Problem, Setting
from mqinfra.providers.base.entry_type import EntryType


class Settings:
    """Parses settings by their tables; equal texts once, since thousands of entries repeat the same few."""

    def __init__(self, found: list[Diagnostic]) -> None:
        self._found = found
        self._known: dict[tuple[int, type, Any], Any] = {}

    def canonical(
        self, kind: EntryType, data: Mapping[str, Any], places: Places, address: Address
    ) -> tuple[Mapping[str, Any], bool]:
        """Give the data with canonical settings, and whether all could be read; findings tell of the others."""
        tables = kind.settings
        if not tables:
            return data, True
        result: dict[str, Any] | None = None
        sound = True
        for field, table in tables.items():
            given = data.get(field)
            if not isinstance(given, Mapping) or not given:
                continue
            values: dict[str, Any] = {}
            for key, raw in given.items():
                setting = table.get(key)
                value = self._value(setting, raw) if setting is not None else raw
                if isinstance(value, Problem):
                    sound = False
                    place = places.places((field, key))[1]
                    self._found.append(
                        place.report(codes.WRONG_VALUE, value.message, help=value.help, address=address.text)
                    )
                else:
                    values[key] = value
            result = result or dict(data)
            result[field] = values
        return result or data, sound

    def _value(self, setting: Setting, raw: Any) -> Any:  # noqa: ANN401 - any data in, any value out
        if isinstance(raw, list | dict):
            return setting.parse(raw)
        key = (id(setting), raw.__class__, raw)
        if key not in self._known:
            self._known[key] = setting.parse(raw)
        return self._known[key]
