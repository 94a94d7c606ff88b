"""Connections that the broker ends: a producer and a consumer are cut off, and go on."""

import time
from collections.abc import Sequence
from dataclasses import replace

from mqinfra.model.operation import Known
from mqinfra.providers.base.verification.ground import Producer
from mqinfra.providers.base.verification.message import Message
from mqinfra.providers.base.verification.payload import canaries
from mqinfra.providers.base.verification.procedure import Procedure, Trial
from mqinfra.verify.procedures.traffic import BATCH, QUIET, taken

_MOST = 200
_BATCH = 20
_PAUSE = 0.05
_PATIENCE = 20.0
"""Seconds in which a producer that was cut off tries to send."""


class Reconnect(Procedure):
    """Half of the messages go before the broker ends all connections, the other half after."""

    name = "reconnect"

    def carry_out(self, trial: Trial) -> None:
        """Send again only what certainly is not there; what has no answer stays unknown."""
        outgoing = canaries(trial, replace(trial.amount, messages=min(trial.amount.messages, _MOST)))
        half = len(outgoing) // 2
        waiting = {message.uid for message in outgoing}
        with trial.ground.consumer() as consumer, trial.ground.producer() as producer:
            for start in range(0, half, _BATCH):
                producer.send(outgoing[start : min(half, start + _BATCH)], trial.left)
                waiting -= taken(consumer, _BATCH, _PAUSE)
            if not trial.ground.sever():
                return
            for start in range(half, len(outgoing), _BATCH):
                sent(trial, producer, outgoing[start : start + _BATCH])
                waiting -= taken(consumer, _BATCH, _PAUSE)
            last = time.monotonic()
            while waiting and time.monotonic() - last < min(QUIET, trial.left):
                if came := taken(consumer, BATCH, _PAUSE):
                    waiting -= came
                    last = time.monotonic()
        for _ in trial.ground.drain(max(5.0, trial.left)):
            pass


def sent(trial: Trial, producer: Producer, some: Sequence[Message]) -> None:
    """Send until nothing is left that certainly is not there, or for some seconds."""
    end = time.monotonic() + min(_PATIENCE, trial.left)
    rest = list(some)
    while rest and time.monotonic() < end:
        answers = producer.send(rest, max(0.1, end - time.monotonic()))
        rest = [one for one, answer in zip(rest, answers, strict=True) if answer.known is Known.FAILED]
