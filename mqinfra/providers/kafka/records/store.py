"""The records of one owner, as messages of a compacted topic: the last one under a key counts."""

from collections.abc import Callable, Collection, Iterator, Mapping
from contextlib import AbstractContextManager
from typing import TYPE_CHECKING

from mqinfra.model.errors import UserError
from mqinfra.model.record import Owner
from mqinfra.providers.base.codes import RECORDS
from mqinfra.providers.base.records import RecordStore, Stored
from mqinfra.providers.kafka.api.faults import KafkaFault
from mqinfra.providers.kafka.records.entries import OWNER, Entries, owner_value, record_key, to_bytes
from mqinfra.providers.kafka.records.names import is_cut, owner_of, topic_of
from mqinfra.providers.kafka.records.place import RecordTopic, rights_on
from mqinfra.providers.kafka.topics.names import RECORDS_PREFIX

if TYPE_CHECKING:
    from mqinfra.providers.kafka.api.client import KafkaClient
    from mqinfra.providers.kafka.api.logs.writer import LogWriter

_LINGER = 0.05
_AGE = 10.0
"""Seconds for which a list of topics still tells who has records: reading the cluster lists them a moment before."""


class KafkaRecordStore(RecordStore):
    """Records in a topic of their own."""

    def __init__(
        self, client: "KafkaClient", owner: Owner, brokers: int, guard: Callable[[], AbstractContextManager[None]]
    ) -> None:
        """Make a store; nothing is asked of the cluster yet.

        Args:
            client: the connected cluster.
            owner: whose records they are.
            brokers: how many brokers the cluster has, which bounds the copies.
            guard: what every question is asked within.
        """
        self.owner, self._guard = owner, guard
        self._client, self._topic = client, RecordTopic(client, topic_of(owner), brokers)
        self.place = f"topic `{self._topic.name}`"
        self.rights = rights_on(self._topic.name)
        self._writer: LogWriter | None = None

    def load(self) -> Stored:
        """Read the topic up to its end.

        Raises:
            UserError: it can't be read.
        """
        with self._guard():
            return self._load()

    def save(self, texts: Mapping[str, str | None]) -> None:
        """Write one message per text, and wait until all replicas in sync have them.

        Raises:
            UserError: the topic can't be made, or not all is known to be written.
        """
        with self._guard():
            self._save(texts)

    def others(self, keys: Collection[str]) -> Mapping[Owner, Mapping[str, str]]:
        """Read the topics of all other owners at once.

        Raises:
            UserError: the topics can't be listed.
        """
        with self._guard():
            return self._others(keys)

    def load_others(self) -> Mapping[Owner, Stored]:
        """Read the topics of all other owners at once.

        Raises:
            UserError: the topics can't be listed.
        """
        with self._guard():
            found, unread = self._read_others(None)
        return {
            owner: Stored(exists=True, texts={} if why else entries.texts(), unavailable=why)
            for name, entries in found.items()
            for why in (unread[name].message if name in unread else "",)
            if (owner := _owner_of(name, entries)) is not None
        }

    def unkept(self) -> str:
        """Ask for the rights on the topic.

        Raises:
            UserError: the cluster does not answer.
        """
        with self._guard():
            return next((problem.message for problem in self._topic.lacking()), "")

    def _load(self) -> Stored:
        end = self._topic.end()
        if isinstance(end, KafkaFault):
            if end.absent:
                return Stored()
            raise self._topic.error(RECORDS, "the records can't be read", "ListOffsets", end)
        entries = Entries()
        for fault in self._read({self._topic.name: end}, {self._topic.name: entries}).values():
            raise self._topic.error(RECORDS, "the records can't be read", "Fetch", fault)
        return Stored(exists=True, texts=entries.texts())

    def _save(self, texts: Mapping[str, str | None]) -> None:
        self._topic.make(self._not_written)
        if self._writer is None:
            self._writer = self._client.logs.writer(self._client.wire.timeout, linger=_LINGER)
        if (fault := self._writer.write(self._topic.name, self._messages(texts))) is not None:
            self._writer.drop()
            self._writer = None
            raise self._not_written("Produce", fault)

    def _not_written(self, api: str, fault: KafkaFault) -> UserError:
        return self._topic.error(RECORDS, "the records can't be written", api, fault)

    def _others(self, keys: Collection[str]) -> Mapping[Owner, Mapping[str, str]]:
        found, unread = self._read_others(keys)
        return {
            owner: texts
            for name, entries in found.items()
            if name not in unread and (owner := _owner_of(name, entries)) is not None and (texts := entries.texts())
        }

    def _read_others(self, keys: Collection[str] | None) -> tuple[dict[str, Entries], dict[str, KafkaFault]]:
        """Read what the topics of all other owners hold under some keys, or under any.

        Returns:
            what they hold by topic, and of those that could not be read, why.
        """
        names = [name for name in self._client.topics.names(age=_AGE) if name.startswith(RECORDS_PREFIX)]
        places = [(name, 0) for name in names if name != self._topic.name]
        said = {name: end for (name, _), end in self._client.topics.offsets(places, latest=True)}
        ends = {name: end for name, end in said.items() if not isinstance(end, KafkaFault)}
        faults = {name: end for name, end in said.items() if isinstance(end, KafkaFault)}
        found = {name: Entries(keys) for name in said}
        return found, {**faults, **self._read(ends, found)}

    def _read(self, ends: Mapping[str, int], into: Mapping[str, Entries]) -> Mapping[str, KafkaFault]:
        """Read topics up to their ends; what can't be read, and why."""
        wanted = {topic: end for topic, end in ends.items() if end}
        if not wanted:
            return {}
        with self._client.logs.reader() as reader:
            reader.start(dict.fromkeys(wanted, 0))
            for message in reader.read_to(wanted):
                into[message.topic].note(message)
        return reader.faults

    def _messages(self, texts: Mapping[str, str | None]) -> Iterator[tuple[bytes, bytes | None]]:
        if is_cut(self._topic.name):
            yield OWNER, owner_value(self.owner)
        for key, text in texts.items():
            yield record_key(key), to_bytes(text)


def _owner_of(topic: str, entries: Entries) -> Owner | None:
    """Whose records a topic holds; None where it does not say, or is none of ours."""
    owner = entries.owner if is_cut(topic) else owner_of(topic)
    return owner if owner is not None and topic_of(owner) == topic else None
