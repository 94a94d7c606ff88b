"""A schema as a registry takes it, and what is wrong with one."""

from collections.abc import Mapping
from dataclasses import field
from enum import StrEnum
from types import MappingProxyType

from mqinfra.model.frozen import dataclass


class SchemaType(StrEnum):
    """The language of a schema, in the manifests' words."""

    AVRO = "avro"
    PROTOBUF = "protobuf"
    JSON = "json"

    @property
    def on_the_wire(self) -> str:
        """What a registry calls it."""
        return self.value.upper()

    @classmethod
    def of(cls, said: object) -> "SchemaType":
        """Read a registry's word; Avro where it says nothing."""
        word = str(said or "avro").lower()
        return cls(word) if word in tuple(cls) else cls.AVRO


@dataclass(frozen=True, slots=True)
class Schema:
    """A schema.

    Attributes:
        type: its language.
        text: its text.
        references: texts of what it refers to, by the name that it uses for them; what those refer to is among them.
        missing: names of references whose text is not known, so that what comes from them can't be looked into.
    """

    type: SchemaType
    text: str
    references: Mapping[str, str] = field(default_factory=lambda: MappingProxyType({}))
    missing: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True)
class Spot:
    """A place in a schema's text, both numbers from 1; 0 where it is not known."""

    line: int = 0
    column: int = 0


NOWHERE = Spot()


class SchemaError(Exception):
    """A schema that can't be read.

    Attributes:
        reason: what is wrong, as a clause.
        spot: where.
    """

    def __init__(self, reason: str, spot: Spot = NOWHERE) -> None:
        super().__init__(reason)
        self.reason, self.spot = reason, spot


class UncheckedError(Exception):
    """A schema that can't be looked into here, with the reason; nothing is said of whether it is right."""
