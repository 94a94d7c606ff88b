"""Crashes: a consumer dies with messages in its hands, and another one of its group goes on."""

import time
from dataclasses import replace

from mqinfra.providers.base.verification.ground import Consumer
from mqinfra.providers.base.verification.message import Delivery
from mqinfra.providers.base.verification.payload import canaries
from mqinfra.providers.base.verification.procedure import Procedure, Trial
from mqinfra.verify.procedures.traffic import QUIET, batches

GROUP = "crash"
MOST = 200
_SLICE = 0.5
_ACCEPTED = 0.6
"""The part of what it got that the one that dies accepts before."""


class CrashBefore(Procedure):
    """The consumer dies before it has accepted all that it got."""

    name = "crash before acceptance"

    def carry_out(self, trial: Trial) -> None:
        """Let it die with two fifths of what it got not accepted."""
        crash(trial, accepts_itself=False)


class CrashAfter(Procedure):
    """The consumer dies after all that it got was accepted on delivery."""

    name = "crash after acceptance"

    def carry_out(self, trial: Trial) -> None:
        """Let it die with the work on what it got not done."""
        crash(trial, accepts_itself=True)


def crash(trial: Trial, *, accepts_itself: bool) -> None:
    """Send; let one consumer take half and die; let the next take what it is given."""
    outgoing = canaries(trial, replace(trial.amount, messages=min(trial.amount.messages, MOST)))
    first = trial.ground.doomed(group=GROUP, accepts_itself=accepts_itself)
    died = False
    try:
        with trial.ground.producer() as producer:
            for batch in batches(outgoing):
                producer.send(batch, trial.left)
        took = _take(trial, first, len(outgoing) // 2)
        if not accepts_itself:
            first.accept(took[: int(len(took) * _ACCEPTED)])
        first.crash()
        died = True
    finally:
        if not died:
            first.close()
    with trial.ground.consumer(group=GROUP, accepts_itself=accepts_itself) as second:
        second.accept(_take(trial, second, len(outgoing)))


def _take(trial: Trial, consumer: Consumer, most: int) -> list[Delivery]:
    quiet = min(QUIET, trial.amount.seconds / 4)
    came: list[Delivery] = []
    last = time.monotonic()
    while len(came) < most and time.monotonic() - last < min(quiet, trial.left):
        if some := consumer.receive(most - len(came), min(_SLICE, quiet)):
            came += some
            last = time.monotonic()
    return came
