"""What a broker does with a change to a topic, for the sandbox: the new topic, or the refusal in the broker's words.

A model of `ReplicationControlManager` and `LogConfig`; the conformance suite runs the same cases on real brokers.
"""

from collections.abc import Mapping
from typing import cast

from pydantic import JsonValue

from mqinfra.model.change import Action, Change
from mqinfra.model.reading import Facts
from mqinfra.model.setting import Problem
from mqinfra.model.spec import Spec
from mqinfra.providers.kafka.topics.fields import PARTITIONS, REPLICATION
from mqinfra.providers.kafka.topics.names import name_problem
from mqinfra.providers.kafka.topics.settings import settings_of
from mqinfra.providers.kafka.topics.spec import ConfigValue, TopicSpec
from mqinfra.providers.kafka.topics.values import broker_takes

MAX_PARTITIONS_PER_CALL = 10_000
_TOO_MANY = Problem(
    "Excessively large number of partitions per request.",
    f"Kafka makes at most {MAX_PARTITIONS_PER_CALL:,} partitions in one call",
)


def apply_change(change: Change, live: Spec | None, facts: Facts) -> TopicSpec | Problem | None:
    """Do what the broker would do: the new topic, None when it is gone, or its refusal."""
    topic = TopicSpec.narrow(live) if live is not None else None
    match change.action:
        case Action.CREATE:
            return _created(change, topic, facts)
        case Action.REPLACE:
            return _unknown(change) if topic is None else _created(change, None, facts)
        case Action.DELETE:
            return _unknown(change) if topic is None else None
        case _:
            return _unknown(change) if topic is None else _updated(change, topic, facts)


def _unknown(change: Change) -> Problem:
    return Problem(f"the topic `{change.address.name}` does not exist", "plan again")


def _created(change: Change, live: TopicSpec | None, facts: Facts) -> TopicSpec | Problem:
    name = change.address.name
    if problem := name_problem(name):
        return problem
    if live is not None:
        return Problem(f"Topic '{name}' already exists.", "plan again")
    wanted = change.wanted(TopicSpec)
    partitions, replicas = wanted.partitions or 1, wanted.replication_factor or 1
    if problem := _size_problem(partitions, replicas, facts):
        return problem
    config = _checked(wanted.config, facts)
    if isinstance(config, Problem):
        return config
    return TopicSpec(partitions=partitions, replication_factor=replicas, config=config)


def _size_problem(partitions: int, replicas: int, facts: Facts) -> Problem | None:
    if replicas > facts.brokers:
        return Problem(
            f"Unable to replicate the partition {replicas} time(s): The target replication factor of {replicas} "
            f"cannot be reached because only {facts.brokers} broker(s) are registered.",
            f"declare a replicationFactor of at most {facts.brokers}, or add brokers",
        )
    if partitions > MAX_PARTITIONS_PER_CALL:
        return _TOO_MANY
    return None


def _updated(change: Change, live: TopicSpec, facts: Facts) -> TopicSpec | Problem:
    partitions = live.partitions or 1
    replicas = live.replication_factor
    config: dict[str, ConfigValue | None] = dict(live.config)
    for difference in change.differences:
        if difference.path == PARTITIONS and isinstance(difference.after, int):
            if difference.after <= partitions:
                return _no_growth(change.address.name, partitions, difference.after)
            if difference.after - partitions > MAX_PARTITIONS_PER_CALL:
                return _TOO_MANY
            partitions = difference.after
        elif difference.path == REPLICATION and isinstance(difference.after, int):
            if problem := _size_problem(0, difference.after, facts):
                return problem
            replicas = difference.after
        elif len(difference.path) == 2:
            config[difference.path[1]] = cast("ConfigValue | None", difference.after)
    checked = _checked(config, facts)
    if isinstance(checked, Problem):
        return checked
    return TopicSpec(partitions=partitions, replication_factor=replicas, config=checked)


def _no_growth(name: str, partitions: int, wanted: int) -> Problem:
    if wanted == partitions:
        return Problem(f"Topic already has {partitions} partition(s).", "plan again")
    return Problem(
        f"The topic {name} currently has {partitions} partition(s); {wanted} would not be an increase.",
        "a topic's partitions can't become fewer; make another topic and move its users",
    )


def _checked(config: Mapping[str, ConfigValue | None], facts: Facts) -> dict[str, ConfigValue | None] | Problem:
    own = {key: cast("JsonValue", value) for key, value in config.items() if value is not None}
    taken = broker_takes(own, settings_of(facts.version_tuple))
    return taken if isinstance(taken, Problem) else dict(taken)
