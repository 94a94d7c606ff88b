"""Reading topics in bulk: DescribeTopics and DescribeConfigs, of the named topics only.

10,000 topics answer with 380,000 settings, nearly all of them inherited and the same. So little is done per setting:
each distinct text is parsed once, and topics that inherit the same share one dict.
"""

import gc
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import replace
from typing import TYPE_CHECKING

from pydantic import JsonValue

from mqinfra.model.address import Address
from mqinfra.model.reading import Coverage, Live
from mqinfra.model.setting import Value
from mqinfra.model.span import Path
from mqinfra.providers.base.kind import KindReading
from mqinfra.providers.kafka.api import config_entry
from mqinfra.providers.kafka.api.config_entry import Entry
from mqinfra.providers.kafka.api.faults import KafkaFault, missing_right
from mqinfra.providers.kafka.moves.throttles import LISTS, throttled
from mqinfra.providers.kafka.topics.fields import NOT_TOLD, THROTTLED
from mqinfra.providers.kafka.topics.names import internal_reason
from mqinfra.providers.kafka.topics.placement import Placement, placements_of
from mqinfra.providers.kafka.topics.requests import KIND
from mqinfra.providers.kafka.topics.settings import TOPIC_SETTINGS
from mqinfra.providers.kafka.topics.spec import ConfigValue, TopicSpec
from mqinfra.providers.kafka.topics.values import canonical

if TYPE_CHECKING:
    from mqinfra.providers.kafka.api.client import KafkaClient
    from mqinfra.providers.kafka.api.topic_calls import TopicDescription

_OWN = object()


class SettingsReader:
    """Turns answers of DescribeConfigs into canonical values; remembers what it has seen."""

    def __init__(self) -> None:
        self._values: dict[tuple[str, str | None], Value | None] = {}
        self._inherited: dict[tuple[tuple[str, ...], tuple[object, ...]], Mapping[Path, JsonValue]] = {}

    def read(self, entries: Mapping[str, Entry]) -> tuple[dict[str, ConfigValue | None], Mapping[Path, JsonValue]]:
        """Split the settings of a topic into its own and the inherited ones."""
        # One pass that does nothing but compare; whatever costs more is done once per distinct outcome.
        texts = tuple([_OWN if entry.source == config_entry.OWN else entry.value for entry in entries.values()])
        own: dict[str, ConfigValue | None] = {}
        if _OWN in texts:
            own = {
                name: self._value(name, entry.value)
                for name, entry in entries.items()
                if entry.source == config_entry.OWN
            }
        key = (tuple(entries), texts)
        known = self._inherited.get(key)
        if known is None:
            known = {
                ("config", name): self._value(name, entry.value)
                for name, entry in entries.items()
                if entry.source != config_entry.OWN
            }
            self._inherited[key] = known
        return own, known

    def _value(self, name: str, text: str | None) -> Value | None:
        pair = (name, text)
        if pair not in self._values:
            self._values[pair] = canonical(TOPIC_SETTINGS.get(name), text)
        return self._values[pair]


def read(client: "KafkaClient", wanted: Iterable[Address] | None, alias: str) -> KindReading:
    """Read the named topics, or all but internal ones, and list all there are. That takes one call more.

    See `look` for what is denied.
    """
    if wanted is None:
        addresses = _addresses(client.nodes.names(), alias)
        return replace(look(client, addresses), coverage=Coverage.COMPLETE, listed=addresses)
    found = look(client, wanted)
    return replace(found, listed=_addresses(client.topics.names(), alias))


def look(client: "KafkaClient", wanted: Iterable[Address]) -> KindReading:
    """Read the named topics.

    A topic that may not be described, or whose settings may not, is denied: without its settings it can't be
    compared. A topic that was made a moment ago may still be unknown to the broker that answers.
    """
    addresses = {address.name: address for address in wanted}
    denied: dict[Address, str] = {}
    topics: dict[str, TopicDescription] = {}
    for name, topic in client.topics.describe(addresses):
        if not isinstance(topic, KafkaFault):
            topics[name] = topic
        elif not topic.absent:
            denied[addresses[name]] = _reason(topic, "Metadata", name)
    placements = placements_of(topics, lambda: client.replicas.moves)
    reader = SettingsReader()
    resources: dict[Address, Live] = {}
    with _collector_paused():
        for name, entries in client.topics.configs(topics):
            if not isinstance(entries, KafkaFault):
                resources[addresses[name]] = _live(topics[name], placements[name], *reader.read(entries))
            elif not entries.absent:
                denied[addresses[name]] = _reason(entries, "DescribeConfigs", name)
    return KindReading(resources, denied)


def _addresses(names: Iterable[str], alias: str) -> list[Address]:
    return [Address(alias, KIND, (name,)) for name in names if internal_reason(name) is None]


@contextmanager
def _collector_paused() -> Iterator[None]:
    """Keep Python from searching for cycles while a million short-lived objects come by.

    librdkafka's answers hold none and go as soon as they are read, so memory stays as it was; the searches take as
    long as everything else together.
    """
    was_on = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if was_on:
            gc.enable()


def _live(
    topic: "TopicDescription",
    placed: Placement,
    own: dict[str, ConfigValue | None],
    inherited: Mapping[Path, JsonValue],
) -> Live:
    if any(name in own for name in LISTS):
        placed, own = _limited(placed, own)
    # Not validated: a broker may hold values that no manifest could ask for.
    spec = TopicSpec.model_construct(
        {"partitions", "replication_factor", "config"},
        partitions=topic.partitions,
        replication_factor=placed.factor,
        config=own,
    )
    if not placed.remarks:
        return Live(spec, topic.id, inherited)
    return Live(spec, topic.id, {**inherited, **placed.remarks}, unknown=placed.unknown, mixed=placed.mixed)


def _limited(placed: Placement, own: dict[str, ConfigValue | None]) -> tuple[Placement, dict[str, ConfigValue | None]]:
    """Take what throttles replicas for what it is: ours is no setting of the topic's, and others' may be left over."""
    found = throttled({name: str(own[name]) for name in LISTS if own.get(name) is not None})
    others = {name: ",".join(some) for name, some in found.others.items() if some}
    rest = {name: value for name, value in own.items() if name not in found.ours or name in others}
    idle = placed.ours is None and NOT_TOLD not in placed.remarks
    if found.any_ours:
        placed = placed.throttled_by_us
    if idle and (found.any_ours or others):
        listed = ", ".join(name for name in LISTS if name in own)
        placed = replace(placed, remarks={**placed.remarks, THROTTLED: listed})
    return placed, {**rest, **others}


def _reason(fault: KafkaFault, api: str, name: str) -> str:
    return missing_right(api, name) if fault.denied else fault.message
