"""Entries that no consumer can handle, and a reference reaper that moves them to the dead letters.

Redis has no dead letters: a client looks at how often an entry was delivered. What runs here is the convention that the
manifest names and the pages describe, so the copy shows whether streams, counts and transactions carry it.
"""

import time

from mqinfra.providers.base.verification.ground import Consumer
from mqinfra.providers.base.verification.message import Delivery, Message
from mqinfra.providers.base.verification.procedure import Procedure, Trial

LIMIT = "deliveries until given up"
DELIVERIES = 3
GIVEN_BACK, CRASHED = "given-back", "crashed"
_GOOD = 20
_POISON = 3
_QUIET = 3.0


class Poison(Procedure):
    """Of each way to fail some entries, among others that are fine."""

    name = "poison"

    def carry_out(self, trial: Trial) -> None:
        """Send, fail until the limit, give up, and read the dead letters."""
        limit = trial.place.promised.promises.dead_letter_after or DELIVERIES
        trial.notes.observe(LIMIT, limit)
        outgoing = _messages()
        waiting = {one.uid for one in outgoing}
        with trial.ground.producer() as producer:
            producer.send(outgoing, trial.left)
        consumer = trial.ground.consumer()
        quiet = time.monotonic() + _QUIET
        while waiting and time.monotonic() < min(quiet, trial.deadline):
            came = consumer.receive(_GOOD, 0.2)
            if came:
                quiet = time.monotonic() + _QUIET
            # A crash ends the consumer with all that it still holds, which the next one claims.
            done = [_done_with(one, consumer, limit) for one in came]
            waiting -= {one.uid for one, over in zip(came, done, strict=True) if over}
            if any(over is None for over in done):
                consumer.crash()
                consumer = trial.ground.consumer()
        consumer.close()
        for _ in trial.ground.drain_dead(max(5.0, trial.left)):
            pass


def _messages() -> list[Message]:
    poison = [Message(f"{kind}-{at}", "", b"poison") for kind in (GIVEN_BACK, CRASHED) for at in range(_POISON)]
    return [*(Message(f"good-{at}", "", b"fine") for at in range(_GOOD)), *poison]


def _done_with(one: Delivery, consumer: Consumer, limit: int) -> bool | None:
    """Handle a delivery: True when that was its end, False when it comes again, None when it is the consumer's end."""
    if not one.uid.startswith((GIVEN_BACK, CRASHED)):
        consumer.accept([one])
        return True
    if (one.deliveries or 0) + 1 >= limit:
        consumer.reject(one)
        return True
    if one.uid.startswith(GIVEN_BACK):
        consumer.requeue(one)
        return False
    return None
