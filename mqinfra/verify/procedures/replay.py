"""Replay: what one group has done with, another one reads from the beginning."""

import time

from mqinfra.providers.base.verification.payload import canaries
from mqinfra.providers.base.verification.procedure import Procedure, Trial
from mqinfra.verify.procedures.traffic import BATCH, QUIET, batches, taken

FIRST, SECOND = "first", "again"


class Replay(Procedure):
    """One group takes all and accepts it; then a new group begins at the beginning."""

    name = "replay"

    def carry_out(self, trial: Trial) -> None:
        """Send, and let two groups read after one another."""
        outgoing = canaries(trial)
        with trial.ground.producer() as producer:
            for batch in batches(outgoing):
                producer.send(batch, trial.left)
        quiet = min(QUIET, trial.amount.seconds / 4)
        for group in (FIRST, SECOND):
            with trial.ground.consumer(group=group) as consumer:
                waiting = {message.uid for message in outgoing}
                last = time.monotonic()
                while waiting and time.monotonic() - last < min(quiet, trial.left):
                    if came := taken(consumer, BATCH, min(0.5, quiet)):
                        waiting -= came
                        last = time.monotonic()
