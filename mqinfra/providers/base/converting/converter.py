"""Converters: what a provider makes of another tool's manifests. One file for each format."""

from abc import ABC, abstractmethod
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import field
from types import MappingProxyType
from typing import ClassVar

from pydantic import JsonValue

from mqinfra.model.frozen import dataclass
from mqinfra.providers.base.converting.foreign import Foreign, Part


@dataclass(frozen=True, slots=True)
class Entry:
    """An entry of a manifest.

    Attributes:
        type: its type, `topics`; one of the provider that converts.
        path: its name, as in an Address; of an entry that its fields name, what it lies in.
        data: its fields, as somebody would write them.
        source: where it comes from.
        labels: its labels.
    """

    type: str
    path: tuple[str, ...]
    data: Mapping[str, JsonValue]
    source: Part
    labels: Mapping[str, str] = field(default_factory=lambda: MappingProxyType({}))


class Converter(ABC):
    """Turns documents of one format into entries of one broker.

    It takes out of a document what it carries over, and loses with a reason what it understands and can't say. What it
    leaves untouched is listed as lost, unless another provider's converter of the same format takes it.

    Attributes:
        name: the format, for `--from`: `strimzi`. Providers that share a format give it one name.
        title: what is read, for people.
    """

    name: ClassVar[str]
    title: ClassVar[str]

    @abstractmethod
    def detects(self, document: Foreign) -> bool:
        """Whether a document is of this format. It is told apart by what it says, not by its file's name."""

    @abstractmethod
    def convert(self, documents: Sequence[Foreign]) -> Iterable[Entry]:
        """Convert all documents of this format together, since some name others."""
