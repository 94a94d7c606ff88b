"""What a plan knows of the logs that groups read: their ends, and where a moment is in them."""

from abc import ABC, abstractmethod
from collections.abc import Collection, Mapping
from typing import TYPE_CHECKING

from typing_extensions import override

from mqinfra.model.address import Address
from mqinfra.model.declaration import Declaration
from mqinfra.model.reading import Reading, Source
from mqinfra.model.spec import Spec
from mqinfra.providers.kafka.api.faults import KafkaFault
from mqinfra.providers.kafka.topics.figures import held_of
from mqinfra.providers.kafka.topics.requests import KIND as TOPICS
from mqinfra.providers.kafka.topics.spec import TopicSpec

if TYPE_CHECKING:
    from mqinfra.providers.kafka.api.client import KafkaClient

Ends = tuple[tuple[int, int], ...]
"""First and next offset of each partition."""


class Logs(ABC):
    """The logs of topics."""

    def __init__(self, alias: str, declared: Mapping[Address, Declaration], new: int) -> None:
        """Begin.

        Args:
            alias: the cluster's alias.
            declared: everything that is declared; a topic that is yet to be made is empty.
            new: partitions of a new topic for which nobody says how many.
        """
        self._alias, self._declared, self._new = alias, declared, new

    def ends(self, topics: Collection[str]) -> dict[str, Ends | str]:
        """First and next offsets; a text says why they can't be told."""
        found = self._ends(topics)
        return {name: self._grown(name, found[name]) if found[name] else self._unmade(name) for name in topics}

    def made(self, topics: Collection[str]) -> frozenset[str]:
        """Those of some topics that are there, whether or not their offsets can be told."""
        return frozenset(name for name, ends in self._ends(topics).items() if ends)

    @abstractmethod
    def _ends(self, topics: Collection[str]) -> Mapping[str, Ends | str]:
        """The same; nothing of a topic that is not there."""

    @abstractmethod
    def at(self, moments: Mapping[tuple[str, int], int]) -> Mapping[tuple[str, int], int]:
        """The first offset of partitions whose record is not older than a moment, in ms; -1 where there is none.

        What can't be told is left out.
        """

    def _grown(self, topic: str, ends: Ends | str) -> Ends | str:
        """The partitions that a topic is about to get are there too, and empty."""
        declaration = self._declared.get(Address(self._alias, TOPICS, (topic,)))
        wanted = TopicSpec.narrow(declaration.spec).partitions if declaration is not None else None
        if isinstance(ends, str) or wanted is None:
            return ends
        return ends + ((0, 0),) * (wanted - len(ends))

    def _unmade(self, topic: str) -> Ends | str:
        declaration = self._declared.get(Address(self._alias, TOPICS, (topic,)))
        if declaration is None:
            return f"topic `{topic}` does not exist"
        return _empty(declaration.spec, self._new)


class LiveLogs(Logs):
    """Those of a broker."""

    def __init__(self, client: "KafkaClient", alias: str, declared: Mapping[Address, Declaration], new: int) -> None:
        super().__init__(alias, declared, new)
        self._client = client

    @override
    def _ends(self, topics: Collection[str]) -> Mapping[str, Ends | str]:
        """Ask for both ends of each partition."""
        held = held_of(self._client, list(topics))
        return {
            name: tuple(some[partition] for partition in sorted(some))
            if (some := held[name]) is not None
            else f"topic `{name}` can't be seen: this needs Describe on it"
            for name in topics
        }

    @override
    def at(self, moments: Mapping[tuple[str, int], int]) -> Mapping[tuple[str, int], int]:
        """Ask by timestamps."""
        found = self._client.topics.offsets_at(moments)
        return {place: offset for place, offset in found if not isinstance(offset, KafkaFault)}


class ModelLogs(Logs):
    """Those of a model: nobody writes to its topics."""

    def __init__(self, reading: Reading, declared: Mapping[Address, Declaration], new: int) -> None:
        super().__init__(reading.alias, declared, new)
        self._reading = reading

    @override
    def _ends(self, topics: Collection[str]) -> Mapping[str, Ends | str]:
        """All are empty; a snapshot does not tell."""
        live = {name: self._reading.resources.get(Address(self._alias, TOPICS, (name,))) for name in topics}
        if self._reading.source is Source.SNAPSHOT:
            text = "a snapshot does not say which offsets topic `{}` has"
            return {name: text.format(name) if one is not None else () for name, one in live.items()}
        return {name: _empty(one.spec, self._new) if one is not None else () for name, one in live.items()}

    @override
    def at(self, moments: Mapping[tuple[str, int], int]) -> Mapping[tuple[str, int], int]:
        """There is no record at any time."""
        return dict.fromkeys(moments, -1)


def _empty(spec: Spec, new: int) -> Ends:
    return ((0, 0),) * (TopicSpec.narrow(spec).partitions or new)
