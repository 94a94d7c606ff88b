"""What is in force on a topic, and how its replicas are. Nothing is sent."""

from collections.abc import Mapping
from typing import cast

from pydantic import JsonValue

from mqinfra.model.errors import Bug, UserError
from mqinfra.model.judgement import Mode
from mqinfra.model.setting import Problem
from mqinfra.providers.base.connecting.codes import NOT_READ
from mqinfra.providers.base.verification.messenger import Messenger
from mqinfra.providers.base.verification.place import Place
from mqinfra.providers.base.verification.procedure import Procedure, Trial
from mqinfra.providers.kafka.api.client import KafkaClient
from mqinfra.providers.kafka.api.config_entry import Entry
from mqinfra.providers.kafka.api.faults import KafkaFault
from mqinfra.providers.kafka.topics.settings import TOPIC_SETTINGS
from mqinfra.providers.kafka.topics.spec import ConfigValue, TopicSpec
from mqinfra.providers.kafka.verification.messenger import KafkaMessenger

LOOKED_AT = (
    "min.insync.replicas",
    "unclean.leader.election.enable",
    "retention.ms",
    "retention.bytes",
    "cleanup.policy",
    "segment.ms",
    "message.timestamp.type",
)
LIMITS = ("retention.ms", "retention.bytes", "cleanup.policy")
REPLICAS, DECLARED = "replicas", "declared"


class Settings(Procedure):
    """Reads settings and replicas."""

    name = "settings"
    modes = (Mode.PASSIVE,)

    def carry_out(self, trial: Trial) -> None:
        """Read both."""
        client = client_of(trial.messenger)
        ((_, placed),) = client.topics.partitions([trial.place.name])
        ((_, entries),) = client.topics.configs([trial.place.name])
        if isinstance(placed, KafkaFault) or isinstance(entries, KafkaFault):
            fault = next(one for one in (placed, entries) if isinstance(one, KafkaFault))
            raise UserError([NOT_READ.at(f"`{trial.place.name}` can't be read: {fault.message}")])
        for name, value in limits_of(trial.place).items():
            trial.notes.observe(f"{DECLARED} {name}", value)
        listed: Mapping[str, Entry] = entries
        for name in LOOKED_AT:
            if name in listed:
                trial.notes.observe(name, listed[name].value)
        for one in placed:
            seen: dict[str, JsonValue] = {
                "partition": one.number,
                "replicas": len(one.replicas),
                "inSync": len(one.in_sync),
                "leader": one.leader is not None,
            }
            trial.notes.observe(REPLICAS, seen)


def limits_of(place: Place) -> dict[str, JsonValue]:
    """Limits of age and size that are declared of a topic, as the brokers would write them."""
    if place.declaration is None or not isinstance(place.declaration.spec, TopicSpec):
        return {}
    config = place.declaration.spec.config
    return {name: _canonical(name, config[name]) for name in LIMITS if config.get(name) is not None}


def _canonical(name: str, value: ConfigValue | None) -> JsonValue:
    setting, written = TOPIC_SETTINGS.get(name), cast("JsonValue", value)
    parsed = setting.parse(written) if setting is not None else written
    return written if isinstance(parsed, Problem) else parsed


def client_of(messenger: Messenger | None) -> KafkaClient:
    """The cluster behind a messenger, for what only Kafka's own procedures ask it.

    Raises:
        Bug: it is none of Kafka's.
    """
    if not isinstance(messenger, KafkaMessenger):
        raise Bug(f"no messenger of Kafka's: {messenger}")
    return messenger.client
