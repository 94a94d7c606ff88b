"""A live group watched for a few seconds: its state, who owns its partitions, and how far behind it is."""

import time
from typing import Any

from pydantic import JsonValue

from mqinfra.model.errors import UserError
from mqinfra.model.judgement import Mode
from mqinfra.providers.base.connecting.codes import NOT_READ
from mqinfra.providers.base.verification.procedure import Procedure, Trial
from mqinfra.providers.kafka.api.client import KafkaClient
from mqinfra.providers.kafka.api.faults import KafkaFault
from mqinfra.providers.kafka.groups.spec import GroupEntry
from mqinfra.providers.kafka.verification.procedures.settings import client_of

STATE, PROGRESS = "state", "progress"
_SAMPLES = 4
_PAUSE = 0.75


class GroupWatch(Procedure):
    """Looks several times. It joins nothing and reads no message."""

    name = "group watch"
    modes = (Mode.PASSIVE,)

    def carry_out(self, trial: Trial) -> None:
        """Sample."""
        client, group = client_of(trial.messenger), trial.place.name
        declaration = trial.place.declaration
        spec = declaration.spec if declaration is not None else None
        topics = list(spec.topics) if isinstance(spec, GroupEntry) else []
        for at in range(_SAMPLES):
            time.sleep(min(_PAUSE, trial.left) if at else 0.0)
            trial.notes.observe(STATE, _state(client, group, topics))
            trial.notes.observe(PROGRESS, _progress(client, group))


def _state(client: KafkaClient, group: str, topics: list[str]) -> JsonValue:
    (asked,) = client.wire.admin.describe_consumer_groups([group], request_timeout=client.wire.timeout).values()
    answer: Any = client.wire.answer(asked)
    if isinstance(answer, KafkaFault):
        if answer.absent or answer.name == "GROUP_ID_NOT_FOUND":
            return {"state": "DEAD", "members": 0, "unowned": []}
        raise UserError([NOT_READ.at(f"group `{group}` can't be described: {answer.message}")])
    owned = {
        (place.topic, place.partition)
        for member in answer.members
        for place in (member.assignment.topic_partitions if member.assignment is not None else ())
    }
    unowned: list[JsonValue] = [
        f"{topic}:{number}"
        for topic, described in client.topics.describe(topics)
        if not isinstance(described, KafkaFault)
        for number in range(described.partitions)
        if (topic, number) not in owned
    ]
    return {"state": answer.state.name, "members": len(answer.members), "unowned": unowned}


def _progress(client: KafkaClient, group: str) -> JsonValue:
    """What the group has committed, and how much it has still to read, in all partitions that it has committed."""
    found = client.groups.positions([group])[group]
    if isinstance(found, KafkaFault) or not found:
        return None
    stands = {
        (topic, number): offset
        for topic, offsets in found.items()
        for number, offset in enumerate(offsets)
        if offset is not None
    }
    ends = dict(client.topics.offsets(stands, latest=True))
    lag = sum(max(0, end - stands[place]) for place, end in ends.items() if not isinstance(end, KafkaFault))
    return {"committed": sum(stands.values()), "lag": lag}
