"""What a topic looks like, and what a manifest may say of one: the spec and its sugar."""

from collections.abc import Mapping
from types import MappingProxyType
from typing import Annotated, ClassVar, cast

from pydantic import Field, JsonValue

from mqinfra.model.address import Address
from mqinfra.model.declaration import Reference
from mqinfra.model.setting import Problem
from mqinfra.model.spec import GrowOnly, Spec
from mqinfra.model.written import Written
from mqinfra.providers.base.expansion import Expansion, Generated
from mqinfra.providers.kafka.topics.schemas import SchemaNames, subjects_of
from mqinfra.providers.kafka.topics.settings import TOPIC_SETTINGS

ConfigValue = str | int | float | bool | list[str]
Partitions = Annotated[int, Field(ge=1, le=1_000_000)]
Replicas = Annotated[int, Field(ge=1, le=32_767)]

DEAD_LETTERS = "dead letters"
"""Role of the reference from a topic to the topic of its dead letters."""
DEAD_LETTER_SUFFIX = ".dlq"
_DEAD_LETTER_RETENTION = 14 * 86_400_000
_RETENTION = "retention.ms"
_INHERITED_KEYS = ("min.insync.replicas", "max.message.bytes", "compression.type")


class TopicSpec(Spec):
    """A Kafka topic.

    Attributes:
        partitions: number of partitions, 1 to 1,000,000; it can only grow. Null or left out: the broker's
            `num.partitions`.
        replication_factor: copies of each partition, 1 to 32,767. More are copied to other brokers, fewer are dropped,
            while the topic is in use (docs/kafka-replicas.md). Null or left out: the broker's
            `default.replication.factor`, and on a live topic what it has.
        config: the topic's own settings by Kafka's names; null resets one to the broker's default.
    """

    unwritten: ClassVar[Mapping[str, JsonValue]] = MappingProxyType({"config": {}})

    partitions: Annotated[Partitions | None, GrowOnly] = None
    replication_factor: Replicas | None = None
    config: dict[str, ConfigValue | None] = Field(default_factory=dict)


class DeadLetter(Written):
    """How the topic for dead letters differs from what `deadLetter: true` makes.

    Attributes:
        name: its name; the topic's own with `.dlq` by default.
        partitions: its partitions; the topic's by default, because recoverers of common clients write a record to the
            partition number that it came from.
        replication_factor: its replicas; the topic's by default.
        retention: how long letters stay, such as `30d`; by default 14 days, or the topic's retention if longer.
        config: further settings of its own.
    """

    name: Annotated[str, Field(min_length=1)] | None = None
    partitions: Partitions | None = None
    replication_factor: Replicas | None = None
    retention: str | int | None = None
    config: dict[str, ConfigValue | None] = Field(default_factory=dict)


_ALL_FOLLOWS = DeadLetter.model_construct()


class TopicEntry(TopicSpec):
    """A topic in a manifest.

    Attributes:
        dead_letter: `true`, or a block, also makes a topic for records that consumers give up on. A convention: on
            Kafka it is the consumer that writes them there.
        key_schema: subject of a schema registry with the schema of the records' keys, `true` for `TOPIC-key`, a naming
            strategy, or a list of those.
        value_schema: the same of their values; `true` is `TOPIC-value`.
    """

    dead_letter: bool | DeadLetter | None = None
    key_schema: SchemaNames = None
    value_schema: SchemaNames = None


def expand(address: Address, entry: Spec) -> Expansion:
    """Take the sugar out of an entry: `deadLetter` becomes a topic of its own.

    A topic that is itself one for dead letters by its name, and gets `deadLetter: true` from defaults, gets none.
    """
    spec = TopicSpec.narrow(entry)
    if not isinstance(entry, TopicEntry):
        return Expansion(spec)
    schemas = (
        *subjects_of(address.name, "keySchema", entry.key_schema),
        *subjects_of(address.name, "valueSchema", entry.value_schema),
    )
    wish = entry.dead_letter
    if not wish or (wish is True and address.name.endswith(DEAD_LETTER_SUFFIX)):
        return Expansion(spec, elsewhere=schemas)
    details = _ALL_FOLLOWS if wish is True else wish
    name = details.name or address.name + DEAD_LETTER_SUFFIX
    made = Generated(address.kind, (name,), _dead_letter_data(spec, details), ("deadLetter",))
    points_at = Reference(("deadLetter",), Address(address.cluster, address.kind, (name,)), DEAD_LETTERS, needed=False)
    return Expansion(spec, (made,), (points_at,), elsewhere=schemas)


def _dead_letter_data(source: TopicSpec, details: DeadLetter) -> dict[str, JsonValue]:
    config: dict[str, ConfigValue | None] = {key: source.config[key] for key in _INHERITED_KEYS if key in source.config}
    config["cleanup.policy"] = "delete"
    config[_RETENTION] = details.retention if details.retention is not None else _retention(source)
    # Said out loud, so that defaults don't give the new topic dead letters in turn.
    data: dict[str, JsonValue] = {"deadLetter": False, "config": cast("JsonValue", config | details.config)}
    for field, alias in (("partitions", "partitions"), ("replication_factor", "replicationFactor")):
        if getattr(details, field) is not None:
            data[alias] = getattr(details, field)
        elif field in source.model_fields_set:
            data[alias] = getattr(source, field)
    return data


def _retention(source: TopicSpec) -> int:
    """The larger of 14 days and what the topic declares; -1, which is for ever, stays."""
    setting = TOPIC_SETTINGS.get(_RETENTION)
    declared = setting.parse(cast("JsonValue", source.config.get(_RETENTION))) if setting is not None else None
    # A value that can't be read is the topic's own finding, not one of its dead letters.
    if isinstance(declared, Problem) or not isinstance(declared, int):
        return _DEAD_LETTER_RETENTION
    return -1 if declared < 0 else max(declared, _DEAD_LETTER_RETENTION)
