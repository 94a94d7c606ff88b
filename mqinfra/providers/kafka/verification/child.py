"""A member of a group in a process of its own, which can be killed as a consumer is when its machine goes.

It is told what to do by lines of JSON, and ends when nobody tells it any more. The login comes in the first line: other
users of the machine may see a command line or an environment.
"""

import signal
import sys
from collections.abc import Sequence
from dataclasses import replace

from pydantic import BaseModel

from mqinfra.model.errors import UserError
from mqinfra.providers.base.child import obedient
from mqinfra.providers.base.verification.message import Delivery
from mqinfra.providers.kafka.api.clients import Clients
from mqinfra.providers.kafka.verification.consumer import GroupConsumer


class Begin(BaseModel):
    """The first line: who it is."""

    settings: dict[str, str | int | bool]
    topic: str
    group: str
    accepts_itself: bool


class Order(BaseModel):
    """Every other line: receive up to `most`, or accept, reject or give back deliveries."""

    do: str
    most: int = 0
    timeout: float = 0.0
    deliveries: list[Delivery] = []


class Answer(BaseModel):
    """What it answers: what came, or why nothing can."""

    deliveries: list[Delivery] = []
    error: str = ""


def obey(consumer: GroupConsumer, order: Order) -> Sequence[Delivery]:
    """Do what a line says."""
    match order.do:
        case "receive":
            return [replace(one, handle=None) for one in consumer.receive(order.most, order.timeout)]
        case "accept":
            consumer.accept(order.deliveries)
        case "requeue":
            for one in order.deliveries:
                consumer.requeue(one)
    return []


def main() -> None:
    """Obey until the input ends."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    begin = Begin.model_validate_json(sys.stdin.readline())
    try:
        consumer = GroupConsumer(Clients(begin.settings), begin.topic, begin.group, accepts_itself=begin.accepts_itself)
    except UserError as error:
        _say(Answer(error=str(error)))
        return
    _say(Answer())
    with consumer:
        for line in sys.stdin:
            try:
                answer = Answer(deliveries=list(obey(consumer, Order.model_validate_json(line))))
            except UserError as error:
                answer = Answer(error=str(error))
            _say(answer)


def _say(answer: Answer) -> None:
    sys.stdout.write(answer.model_dump_json() + "\n")
    sys.stdout.flush()


if __name__ == "__main__":
    obedient(main)
