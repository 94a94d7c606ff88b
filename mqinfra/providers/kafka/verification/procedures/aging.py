"""Copies on which the broker's cleaners are seen at work: with small segments, and limits of seconds."""

import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from typing import cast

from mqinfra.providers.base.verification.ground import Ground, Producer
from mqinfra.providers.base.verification.message import Message
from mqinfra.providers.base.verification.place import Place
from mqinfra.providers.base.verification.procedure import Procedure, Trial
from mqinfra.providers.base.verification.recorded import RecordedGround
from mqinfra.providers.kafka.api.faults import KafkaFault
from mqinfra.providers.kafka.verification.ground import CloneGround, cloned
from mqinfra.providers.kafka.verification.procedures.pipeline import clone_of

REMAINING, FIRST = "records that remain", "first offsets"
ROLLING, RETAINED_MS, SEGMENT_MS = "rolls a segment", 10_000, 1_000
CHECKED_MS = 300_000
"""How often brokers look for what is too old, by default (`log.retention.check.interval.ms`)."""
SLACK_MS = 60_000
_KEYS, _ROUNDS = 20, 8
_PAUSE = 1.2 * SEGMENT_MS / 1_000
_LOOK = 2.0
_COMPACTING: Mapping[str, str | None] = {
    "cleanup.policy": "compact",
    "segment.ms": str(SEGMENT_MS),
    "min.cleanable.dirty.ratio": "0.01",
    "min.compaction.lag.ms": "0",
    "max.compaction.lag.ms": str(SEGMENT_MS),
}
_DELETING: Mapping[str, str | None] = {
    "cleanup.policy": "delete",
    "segment.ms": str(SEGMENT_MS),
    "retention.ms": str(RETAINED_MS),
    "retention.bytes": "-1",
}


class Compaction(Procedure):
    """Values of a few keys over and over, in segments of a second, until the broker has thrown some away."""

    name = "compaction"
    slow = True
    seconds = 240.0

    def carry_out(self, trial: Trial) -> None:
        """Send rounds, wait for the cleaner, and read what is left."""
        with _aged(trial, _COMPACTING) as (ground, bare), ground.producer() as producer:
            sent = 0
            for number in range(_ROUNDS):
                keys = [f"key-{at:02d}" for at in range(_KEYS)]
                some = [Message(f"{number}-{key}", key, trial.chance.randbytes(50), number=number) for key in keys]
                sent += len(producer.send(some, trial.left))
                time.sleep(min(_PAUSE, trial.left))
            sent += _roll(producer, bare.lanes, trial)
            while trial.left > _LOOK:
                time.sleep(_LOOK)
                remaining = sum(1 for _ in bare.drain(max(1.0, trial.left)))
                if remaining < sent:
                    trial.notes.observe(REMAINING, remaining)
                    break
            for _ in ground.drain(max(5.0, trial.left)):
                pass


class Aging(Procedure):
    """Records in a segment that is closed, looked at until the broker has thrown it away."""

    name = "aging"
    slow = True
    seconds = (RETAINED_MS + SEGMENT_MS + CHECKED_MS + SLACK_MS) / 1_000 + 10

    def carry_out(self, trial: Trial) -> None:
        """Send, close the segment, and look at the first offsets that are there."""
        with _aged(trial, _DELETING) as (ground, bare), ground.producer() as producer:
            producer.send([Message(f"old-{at}", f"key-{at:02d}", b"old") for at in range(_KEYS)], trial.left)
            began = time.monotonic()
            time.sleep(min(_PAUSE, trial.left))
            _roll(producer, bare.lanes, trial)
            while trial.left > _LOOK:
                firsts, after = _firsts(bare), time.monotonic() - began
                trial.notes.observe(FIRST, {"ms": int(after * 1_000), "offsets": sum(firsts)})
                if sum(firsts):
                    break
                time.sleep(min(_LOOK, trial.left))


@contextmanager
def _aged(trial: Trial, changed: Mapping[str, str | None]) -> Iterator[tuple[RecordedGround, CloneGround]]:
    """One more copy, whose cleaners have work soon."""
    ground = clone_of(trial)
    with cloned(ground.client, ground.place, f"{ground.name}.aged", changed) as bare:
        yield RecordedGround(cast("Ground[Place]", bare), trial.notes, trial.amount.rate), bare


def _roll(producer: Producer, lanes: int, trial: Trial) -> int:
    """Send to every partition once more: a segment that is old enough ends with the next record."""
    some = [Message(f"{ROLLING}-{at}", f"roll-{at}", b"") for at in range(lanes * 8)]
    return len(producer.send(some, trial.left))


def _firsts(ground: CloneGround) -> list[int]:
    asked = ((ground.name, number) for number in range(ground.lanes))
    found = ground.client.topics.offsets(asked, latest=False)
    return [offset for _, offset in found if not isinstance(offset, KafkaFault)]
