"""What a change comes to in words, written by its kind while planning, so that a saved plan is shown without kinds."""

from collections.abc import Mapping
from dataclasses import field
from typing import ClassVar

from pydantic import ConfigDict, JsonValue
from pydantic.alias_generators import to_camel

from mqinfra.model.address import Address
from mqinfra.model.frozen import dataclass
from mqinfra.model.setting import Unit

_CONFIG = ConfigDict(
    frozen=True, extra="forbid", alias_generator=to_camel, validate_by_name=True, validate_by_alias=True
)


def _no_units() -> Mapping[str, Unit]:
    return _NO_UNITS


_NO_UNITS: Mapping[str, Unit] = {}


@dataclass(frozen=True, slots=True)
class Detail:
    """One line below a change.

    Attributes:
        label: what it is about, one word: `retry`, `except`.
        text: what there is to say.
    """

    __pydantic_config__: ClassVar[ConfigDict] = _CONFIG

    label: str
    text: str


@dataclass(frozen=True, slots=True)
class Effect:
    """Settings that are in force on a resource because of a change, before it and after it.

    Attributes:
        address: the resource; the change's own, or another one.
        before: those that are in force now and will not be as they are; empty where there are none, or no resource.
        after: those that will be, likewise.
        by: what gives them, or gave them where nothing does any more; None where that does not change.
        units: units of their numbers, by name.
    """

    __pydantic_config__: ClassVar[ConfigDict] = _CONFIG

    address: Address
    before: Mapping[str, JsonValue]
    after: Mapping[str, JsonValue]
    by: Address | None = None
    units: Mapping[str, Unit] = field(default_factory=_no_units)


@dataclass(frozen=True, slots=True)
class Told:
    """What a kind says of one change.

    Attributes:
        summary: what it comes to, instead of its fields: `may publish to mail`; empty where they say it best.
        details: lines below it.
        belongs_to: the resource that it is read with, such as the user of a right; None for itself.
    """

    summary: str = ""
    details: tuple[Detail, ...] = ()
    belongs_to: Address | None = None


NOTHING_TOLD = Told()
