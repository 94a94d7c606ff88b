"""Many connections at once, a bounded number, with a few messages meanwhile."""

import resource
from contextlib import ExitStack

from mqinfra.model.errors import UserError
from mqinfra.model.operation import Known
from mqinfra.providers.base.verification.payload import canaries
from mqinfra.providers.base.verification.procedure import Amount, Procedure, Trial
from mqinfra.verify.procedures.traffic import BATCH, taken

WANTED, OPENED, OPEN = "wanted", "opened", "open a connection"
_STEP = 50
_PER_STEP = 5
_SPARE = 200
"""Descriptors that this process needs for other things."""
_PAUSE = 0.05


class Storm(Procedure):
    """Opens as many as the caller says, or until one is refused; none is held for longer than this takes."""

    name = "connection storm"
    alone = True

    def carry_out(self, trial: Trial) -> None:
        """Open in steps, with messages between them, and close all."""
        most = min(trial.place.lab.connections, _own() - _SPARE)
        trial.notes.observe(WANTED, trial.place.lab.connections)
        steps = -(-most // _STEP)
        outgoing = canaries(trial, Amount(messages=max(1, steps) * _PER_STEP, keys=5))
        trial.ground.limits()
        opened = 0
        with ExitStack() as stack, trial.ground.consumer() as consumer, trial.ground.producer() as producer:
            refused = False
            while opened < most and not refused and trial.left:
                try:
                    one = trial.ground.connect()
                except UserError as error:
                    trial.notes.tried(OPEN, Known.FAILED, error.diagnostics[0].message)
                    refused = True
                else:
                    if one is None:
                        return
                    stack.push(one)
                    opened += 1
                if opened % _STEP == 0 or opened == most or refused:
                    batch = outgoing[:_PER_STEP]
                    outgoing = outgoing[_PER_STEP:]
                    producer.send(batch, min(10.0, trial.left))
                    taken(consumer, BATCH, _PAUSE)
            trial.notes.observe(OPENED, opened)
            trial.ground.limits()
            for _ in range(20):
                taken(consumer, BATCH, _PAUSE)


def _own() -> int:
    return resource.getrlimit(resource.RLIMIT_NOFILE)[0]
