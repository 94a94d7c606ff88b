"""Exporters: live resources in another tool's words, for clusters that it runs. One file for each format."""

import re
from abc import ABC, abstractmethod
from collections.abc import Iterable, Mapping, Sequence
from hashlib import sha256
from typing import ClassVar

from pydantic import JsonValue

from mqinfra.model.address import Address
from mqinfra.model.frozen import dataclass
from mqinfra.providers.base.converting.foreign import Part

_NOT_IN_NAMES = re.compile(r"[^a-z0-9.-]+")
_LONGEST = 200
_DIGITS = 6


@dataclass(frozen=True, slots=True)
class Exported:
    """A resource to be said in other words.

    Attributes:
        address: its address.
        spec: what it is, by the fields of manifests. What an exporter doesn't read of it is left out, and listed.
    """

    address: Address
    spec: Part


class Exporter(ABC):
    """Says the resources of one cluster in another tool's words.

    Attributes:
        name: the format, for `-o`: `strimzi`. Providers that share a format give it one name.
        title: what is written, for people.
        whole: everything is one document, and those of several providers are put together.
        json: it is JSON, and YAML otherwise.
    """

    name: ClassVar[str]
    title: ClassVar[str]
    whole: ClassVar[bool] = False
    json: ClassVar[bool] = False

    @abstractmethod
    def export(self, alias: str, resources: Sequence[Exported]) -> Iterable[Mapping[str, JsonValue]]:
        """Write documents.

        Args:
            alias: the cluster.
            resources: its resources, by address.
        """


def kubernetes_name(*words: str) -> str:
    """A name that Kubernetes takes, the same for the same words; with a digest where letters had to go."""
    text = "-".join(words)
    name = _NOT_IN_NAMES.sub("-", text.lower()).strip("-.")[:_LONGEST]
    if name == text:
        return name
    return f"{name or 'x'}-{sha256(text.encode()).hexdigest()[:_DIGITS]}"
