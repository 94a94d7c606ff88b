"""Traffic: messages of all shapes go in, a group takes them, and a fresh client reads everything once more."""

import time
from collections.abc import Sequence

from mqinfra.model.judgement import Mode
from mqinfra.providers.base.verification.ground import Consumer
from mqinfra.providers.base.verification.message import Message
from mqinfra.providers.base.verification.payload import canaries
from mqinfra.providers.base.verification.procedure import Procedure, Trial

BATCH = 200
QUIET = 5.0
"""Seconds without a message after which a group waits no longer; the rest only the drain can find."""


class Traffic(Procedure):
    """The procedure behind most checks: many messages by few keys, no fault, and a drain at the end."""

    name = "traffic"
    modes = (Mode.CLONE, Mode.IN_PLACE)

    def carry_out(self, trial: Trial) -> None:
        """Send in batches, receive with a group meanwhile, then drain."""
        outgoing = canaries(trial)
        waiting = {message.uid for message in outgoing}
        with trial.ground.consumer() as consumer, trial.ground.producer() as producer:
            for batch in batches(outgoing, trial.ground.room):
                producer.send(batch, trial.left)
                waiting -= taken(consumer, len(batch), 0.0)
            quiet = min(QUIET, trial.amount.seconds / 4)
            last = time.monotonic()
            while waiting and time.monotonic() - last < min(quiet, trial.left):
                if came := taken(consumer, BATCH, min(0.5, quiet)):
                    waiting -= came
                    last = time.monotonic()
        for _ in trial.ground.drain(max(5.0, trial.left)):
            pass


def batches(outgoing: Sequence[Message], room: int | None = None) -> list[Sequence[Message]]:
    """Messages in batches, of which two have room where only so many may wait."""
    size = BATCH if room is None else max(1, min(BATCH, room // 2))
    return [outgoing[start : start + size] for start in range(0, len(outgoing), size)]


def taken(consumer: Consumer, most: int, timeout: float) -> set[str]:
    """Receive and accept; the ids of what came."""
    came = consumer.receive(most, timeout)
    if came:
        consumer.accept(came)
    return {one.uid for one in came}
