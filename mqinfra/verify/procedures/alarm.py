"""An alarm by which the broker takes no messages, made and ended by the caller's commands."""

import time
from collections.abc import Sequence
from dataclasses import replace

from mqinfra.model.operation import Known
from mqinfra.providers.base.verification.ground import Producer
from mqinfra.providers.base.verification.message import Message
from mqinfra.providers.base.verification.payload import canaries
from mqinfra.providers.base.verification.procedure import Procedure, Trial
from mqinfra.verify.procedures.command import run
from mqinfra.verify.procedures.traffic import BATCH, QUIET, taken

ALARMED, CALMED = "alarm command", "calm command"
BEFORE, DURING, AFTER = "before-", "during-", "after-"
WITHIN = 30.0
"""Seconds after the alarm in which a producer has to be taken from again."""
_MOST = 60
_BATCH = 20
_RAISED = 1.0
"""Seconds in which an alarm is known to all of a broker."""
_REFUSED = 3.0
"""Seconds in which a message would have been taken."""
_BACK = 30.0
_PAUSE = 0.2


class Alarm(Procedure):
    """Messages before the alarm, while it is on, and after it; what the alarm holds back is sent by nobody again."""

    name = "alarm"
    alone = True

    def carry_out(self, trial: Trial) -> None:
        """Send, raise the alarm, try, end it, send, drain."""
        lab = trial.place.lab
        with trial.ground.consumer() as consumer, trial.ground.producer() as producer:
            producer.send(_some(trial, BEFORE), trial.left)
            try:
                trial.notes.observe(ALARMED, run(lab.alarm, trial.left))
                time.sleep(min(_RAISED, trial.left))
                producer.send(_some(trial, DURING)[:_BATCH], min(_REFUSED, trial.left))
                taken(consumer, BATCH, _PAUSE)
            finally:
                trial.notes.observe(CALMED, run(lab.calm, max(_BACK, trial.left)))
            end = time.monotonic() + min(WITHIN, trial.left)
            _until_taken(producer, _some(trial, AFTER), end)
            last = time.monotonic()
            while time.monotonic() - last < min(QUIET, trial.left) / 2:
                if taken(consumer, BATCH, _PAUSE):
                    last = time.monotonic()
        for _ in trial.ground.drain(max(5.0, trial.left)):
            pass


def _some(trial: Trial, prefix: str) -> list[Message]:
    amount = replace(trial.amount, messages=min(trial.amount.messages, _MOST))
    return canaries(trial, amount, prefix=prefix)


def _until_taken(producer: Producer, some: Sequence[Message], end: float) -> None:
    """Send what is certainly not there until all is taken."""
    rest = list(some)
    while rest and time.monotonic() < end:
        answers = producer.send(rest, max(0.1, end - time.monotonic()))
        rest = [one for one, answer in zip(rest, answers, strict=True) if answer.known is Known.FAILED]
        if rest:
            time.sleep(_PAUSE)
