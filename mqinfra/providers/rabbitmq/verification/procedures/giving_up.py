"""Messages that are rejected, and messages that fail in each way in which a consumer can, until they are given up."""

import time

from mqinfra.model.judgement import Mode
from mqinfra.model.operation import Act, Operation
from mqinfra.providers.base.verification.ground import Ground
from mqinfra.providers.base.verification.message import Delivery
from mqinfra.providers.base.verification.place import Place
from mqinfra.providers.base.verification.procedure import Procedure, Trial
from mqinfra.providers.rabbitmq.verification.consumer import AnsweringConsumer
from mqinfra.providers.rabbitmq.verification.ground import QueueGround
from mqinfra.providers.rabbitmq.verification.own import ground_of, numbered, recorded
from mqinfra.providers.rabbitmq.verification.procedures.settings import SETTINGS

REJECTED = "reject"
FAIL, RETURN, CRASH = "fail", "return", "crash"
_MANY = 10
_MORE = 3
"""Deliveries beyond the limit after which a message counts as delivered for ever."""
_ARRIVES = 3.0
"""Seconds within which a dead letter arrives."""
_GONE = 0.5
"""Seconds without a message after its limit, in which it counts as gone."""
_COMES = 8.0
"""Seconds within which a message comes again."""


class GivingUp(Procedure):
    """Rejects messages of every routing key, then lets one fail in each way until it is a dead letter.

    On a copy, whose dead letters go by copies of exchanges; or by the real one into queues of the run's own.
    """

    name = "dead letters"
    modes = (Mode.CLONE, Mode.SHADOW_BIND)

    def carry_out(self, trial: Trial) -> None:
        """Reject, fail by `basic.reject`, give back by `basic.nack`, crash; look for dead letters after each."""
        ground = ground_of(trial)
        limit = ground.blueprint.queues[ground.name].arguments.get("x-delivery-limit")
        if limit is None and "delivery-limit" not in ground.place.wanted:
            limit = ground.place.limit  # which the server has by default
        trial.notes.observe(SETTINGS, {"queue": ground.place.name, "type": ground.place.type, "limit": limit})
        self._reject(trial, ground)
        if isinstance(limit, int) and limit >= 0 and ground.place.type == "quorum":
            for way in (FAIL, RETURN, CRASH):
                self._fail(trial, ground, way, limit + 1)

    def _reject(self, trial: Trial, ground: QueueGround) -> None:
        keys = ground.place.keys
        sent = numbered(trial, REJECTED, max(_MANY, len(keys)), keys)
        with trial.ground.producer() as producer:
            producer.send(sent, trial.left)
        with trial.ground.consumer() as consumer:
            rest = len(sent)
            while rest and (came := consumer.receive(rest, min(_COMES, trial.left))):
                for one in came:
                    consumer.reject(one)
                rest -= len(came)
        dead(trial, trial.ground, {one.uid for one in sent})

    def _fail(self, trial: Trial, ground: QueueGround, way: str, expected: int) -> None:
        """Let one message fail in one way until it comes no more, or far too often."""
        [message] = numbered(trial, way, 1, ground.place.keys)
        with trial.ground.producer() as producer:
            producer.send([message], trial.left)
        times, gone = 0, False
        while not gone and times < expected + _MORE and trial.left:
            consumer = ground.consumer_ahead(1)
            with recorded(trial, consumer, way) as one:
                while not gone and times < expected + _MORE:
                    came = one.receive(1, min(_COMES if times < expected else _GONE, trial.left))
                    gone, times = not came, times + len(came)
                    if came and way == CRASH:
                        one.crash()
                        break
                    if came and way == FAIL:
                        failed(trial, consumer, came[0])
                    elif came:
                        one.requeue(came[0])
        dead(trial, trial.ground, {message.uid})
        if not gone:
            for _ in trial.ground.drain(max(1.0, trial.left)):  # so that the next message is alone
                pass


def failed(trial: Trial, consumer: AnsweringConsumer, delivery: Delivery) -> None:
    """Give a message back by `basic.reject`, and write it down."""
    began = time.monotonic_ns()
    consumer.fail(delivery)
    trial.notes.note(Operation(Act.REQUEUE, began, time.monotonic_ns(), client=FAIL, uid=delivery.uid))


def dead(trial: Trial, ground: Ground[Place], expected: set[str]) -> None:
    """Look for dead letters until all that are expected are there, or some seconds have passed."""
    end = time.monotonic() + min(_ARRIVES, trial.left)
    waiting = set(expected)
    while True:
        waiting -= {one.uid for one in ground.drain_dead(max(1.0, trial.left))}
        if not waiting or time.monotonic() >= end:
            return
