"""More dead letters than the queues that they get to may hold."""

import time
from collections.abc import Mapping

from mqinfra.providers.base.verification.procedure import Procedure, Trial
from mqinfra.providers.base.verification.recorded import RecordedGround
from mqinfra.providers.rabbitmq.api.call import RabbitFault
from mqinfra.providers.rabbitmq.verification.copying import BYTES, LENGTH
from mqinfra.providers.rabbitmq.verification.ground import QueueGround
from mqinfra.providers.rabbitmq.verification.own import copy_in, ground_of, lowered, numbered
from mqinfra.providers.rabbitmq.verification.procedures.giving_up import REJECTED, dead
from mqinfra.providers.rabbitmq.verification.procedures.settings import SETTINGS

WAITS = "dead letters that wait where they died"
MOST = 50
"""Letters that copies of queues of dead letters hold at most, where they have a limit."""
_SIZE = 500
"""Bytes of a body."""
_FEW = 20
_AT_ONCE = 10
"""Messages that are rejected before more are sent: the queue itself may hold few."""
_COMES = 8.0
"""Seconds within which a message comes."""
_STILL = 1.0
"""Seconds without a change after which all letters have arrived that do."""
_FIRST = 3.0
"""Seconds within which the first arrives."""
_PAUSE = 0.1
_COUNTED = 12.0
"""Seconds within which statistics tell of letters that wait: servers renew them every five."""


class FullGraves(Procedure):
    """Rejects twice as many messages as there is room for, on a copy whose dead letters have room for a few."""

    name = "full dead letters"

    def carry_out(self, trial: Trial) -> None:
        """Reject, wait until nothing more arrives, and only then look: whoever looks makes room."""
        settings = ground_of(trial).place.settings
        safe = settings.get("dead-letter-strategy") == "at-least-once"
        with lowered(trial, {}, {LENGTH: MOST, BYTES: MOST * _SIZE}) as ground:
            copy = copy_in(ground)
            limits = _limits(copy)
            trial.notes.observe(SETTINGS, {"limits": {**limits}})
            rejected = _reject(trial, ground, max(_FEW, 2 * max(limits.values(), default=0)))
            arrived = _arrived(trial, copy, len(rejected))
            if safe and arrived < len(rejected):
                trial.notes.observe(WAITS, _waiting(trial, copy, len(rejected) - arrived))
            dead(trial, ground, rejected)


def _limits(copy: QueueGround) -> Mapping[str, int]:
    """How many letters each copy of a queue of dead letters holds that has a limit, by what it stands for."""
    found: dict[str, int] = {}
    for name, real in copy.graves.items():
        arguments = copy.blueprint.queues[name].arguments
        rooms = [
            limit // each
            for key, each in ((LENGTH, 1), (BYTES, _SIZE))
            if isinstance(limit := arguments.get(f"x-{key}"), int)
        ]
        if rooms and copy.blueprint.queues[name].type != "stream":
            found[real] = min(rooms)
    return found


def _reject(trial: Trial, ground: RecordedGround, number: int) -> set[str]:
    """Send and reject so many, a few at a time; return those that were rejected."""
    sent = numbered(trial, REJECTED, number, copy_in(ground).place.keys, _SIZE)
    rejected: set[str] = set()
    with ground.producer() as producer, ground.consumer() as consumer:
        for start in range(0, number, _AT_ONCE):
            some = sent[start : start + _AT_ONCE]
            producer.send(some, trial.left)
            for one in consumer.receive(len(some), min(_COMES, trial.left)):
                consumer.reject(one)
                rejected.add(one.uid)
    return rejected


def _arrived(trial: Trial, copy: QueueGround, expected: int) -> int:
    """Wait until all letters are in each queue, or their numbers no longer change; return how many the fullest has."""
    began = changed = time.monotonic()
    before: list[int] = []
    while trial.left:
        told = copy.client.counts(copy.place.vhost, [*copy.graves]).values()
        found = [one.messages for one in told if not isinstance(one, RabbitFault)]
        if found != before:
            before, changed = found, time.monotonic()
        still = time.monotonic() - (changed if any(found) else began)
        if (found and min(found) >= expected) or still > (_STILL if any(found) else _FIRST):
            break
        time.sleep(_PAUSE)
    return max(before, default=0)


def _waiting(trial: Trial, copy: QueueGround, missing: int) -> int | None:
    """How many letters a queue keeps until they are taken where they go; None where the server does not say."""
    end = time.monotonic() + min(_COUNTED, trial.left)
    while True:
        row = copy.client.get("queues", copy.place.vhost, copy.name)
        told = row.get("messages_dlx") if isinstance(row, dict) else None
        waits = told if isinstance(told, int) else None
        if (waits or 0) >= missing or time.monotonic() > end:
            return waits
        time.sleep(_PAUSE)
