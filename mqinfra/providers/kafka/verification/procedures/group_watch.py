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

STATE, PROGRESS, WAITING = "state", "progress", "waiting too long"
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
        if (most := trial.place.promised.promises.max_delay) is not None:
            trial.notes.observe(WAITING, _waiting(client, group, most))


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
    stands = _stands(client, group)
    if not stands:
        return None
    ends = dict(client.topics.offsets(stands, latest=True))
    lag = sum(max(0, end - stands[place]) for place, end in ends.items() if not isinstance(end, KafkaFault))
    return {"committed": sum(stands.values()), "lag": lag}


def _waiting(client: KafkaClient, group: str, most: int) -> JsonValue:
    """How much the group has still to read, and how much of it is older than so many milliseconds.

    As far as readers of committed records get: what lies in open transactions nobody is late with.
    """
    stands = _stands(client, group)
    if not stands:
        return None
    moment = int(time.time() * 1_000) - most
    earliest = dict(client.topics.offsets(stands, latest=False))
    ends = dict(client.topics.offsets(stands, latest=True, stable=True))
    young = dict(client.topics.offsets_at(dict.fromkeys(stands, moment)))
    lag = overdue = 0
    for place, stand in stands.items():
        first, end, fresh = earliest[place], ends[place], young[place]
        if isinstance(first, KafkaFault) or isinstance(end, KafkaFault) or isinstance(fresh, KafkaFault):
            return None
        start = max(stand, first)
        lag += max(0, end - start)
        overdue += max(0, (min(fresh, end) if fresh >= 0 else end) - start)
    return {"waiting": lag, "overdue": overdue}


def _stands(client: KafkaClient, group: str) -> dict[tuple[str, int], int]:
    """Where the group stands, in all partitions that it has committed."""
    found = client.groups.positions([group])[group]
    if isinstance(found, KafkaFault):
        return {}
    return {
        (topic, number): offset
        for topic, offsets in found.items()
        for number, offset in enumerate(offsets)
        if offset is not None
    }
