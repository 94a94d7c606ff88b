"""The node that leads a copy is stopped by the caller's command, and started again after clients had time to go on."""

import time
from collections.abc import Sequence
from dataclasses import replace

from mqinfra.model.errors import UserError
from mqinfra.model.operation import Known
from mqinfra.providers.base.verification.ground import Consumer, Producer
from mqinfra.providers.base.verification.message import Delivery, Message
from mqinfra.providers.base.verification.payload import canaries
from mqinfra.providers.base.verification.procedure import Procedure, Trial
from mqinfra.verify.procedures.command import run
from mqinfra.verify.procedures.traffic import BATCH, QUIET, taken

STOPPED, STARTED, GONE = "stop command", "start command", "gone meanwhile"
WITHIN = 30.0
"""Seconds in which clients have to go on: brokers that were killed are missed after ten or so."""
_MOST = 200
_BATCH = 20
_PAUSE = 0.05
_SLICE = 5.0
_NOTICED = 15.0
_BACK = 60.0


class NodeLoss(Procedure):
    """Half of the messages go before the leader is stopped, the other half while it is gone."""

    name = "node loss"
    alone = True

    def carry_out(self, trial: Trial) -> None:
        """Send, stop, send, start, drain."""
        outgoing = canaries(trial, replace(trial.amount, messages=min(trial.amount.messages, _MOST)))
        half = len(outgoing) // 2
        with trial.ground.consumer() as consumer, trial.ground.producer() as producer:
            waiting: set[str] = set()
            for start in range(0, half, _BATCH):
                waiting |= _sent(producer, outgoing[start : min(half, start + _BATCH)], trial.left)
                waiting -= taken(consumer, _BATCH, _PAUSE)
            leader = trial.ground.leader()
            if leader is None:
                return
            try:
                trial.notes.observe(STOPPED, run(trial.place.lab.stop, trial.left, node=leader))
                end = time.monotonic() + min(WITHIN, trial.left / 2)
                for start in range(half, len(outgoing), _BATCH):
                    rest = outgoing[start : start + _BATCH]
                    # Of what has no answer nobody knows, so it goes once; a batch that failed goes again.
                    while rest and time.monotonic() < end:
                        went = _sent(producer, rest, min(_SLICE, max(0.1, end - time.monotonic())))
                        waiting |= went
                        rest = [] if went else rest
                        waiting -= taken_anyway(trial, consumer, BATCH, _PAUSE)
                last = time.monotonic()
                # A consumer may find the new leader later than a producer: it has as long.
                while waiting and trial.left and (time.monotonic() < end or time.monotonic() - last < QUIET):
                    if came := taken_anyway(trial, consumer, BATCH, _PAUSE):
                        waiting -= came
                        last = time.monotonic()
                trial.notes.observe(GONE, missed(trial, leader))
            finally:
                trial.notes.observe(STARTED, run(trial.place.lab.start, max(_BACK, trial.left), node=leader))
            settled(trial)
        for _ in trial.ground.drain(max(5.0, trial.left)):
            pass


def taken_anyway(trial: Trial, consumer: Consumer, most: int, timeout: float) -> set[str]:
    """Receive and accept. What is refused while brokers come and go is written down, and comes again."""
    came: Sequence[Delivery] = ()
    try:
        came = consumer.receive(most, timeout)
        if came:
            consumer.accept(came)
    except UserError as error:
        trial.notes.tried("receive and accept", Known.UNKNOWN, error.diagnostics[0].message)
        time.sleep(_PAUSE)
    return {one.uid for one in came}


def missed(trial: Trial, node: str) -> bool:
    """Whether the cluster sees that a node is gone, within some seconds."""
    end = time.monotonic() + min(_NOTICED, trial.left)
    while node in up(trial):
        if time.monotonic() > end:
            return False
        time.sleep(_PAUSE * 5)
    return True


def up(trial: Trial) -> Sequence[str]:
    """The nodes that are up, by one that answers; none where nobody does."""
    try:
        return trial.ground.nodes()
    except UserError:
        return ()


def settled(trial: Trial) -> bool:
    """Whether all replicas are there again, within the time that is left."""
    while not trial.ground.settled():
        if not trial.left:
            return False
        time.sleep(_PAUSE * 5)
    return True


def _sent(producer: Producer, some: Sequence[Message], timeout: float) -> set[str]:
    answers = producer.send(some, timeout)
    return {one.uid for one, answer in zip(some, answers, strict=True) if answer.known is Known.OK}
