"""A queue's ground as RabbitMQ made it, with clients that write down what they do."""

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from typing import cast

from pydantic import JsonValue

from mqinfra.model.errors import Bug
from mqinfra.providers.base.verification.ground import Ground
from mqinfra.providers.base.verification.message import Message
from mqinfra.providers.base.verification.place import Place
from mqinfra.providers.base.verification.procedure import Trial
from mqinfra.providers.base.verification.recorded import RecordedConsumer, RecordedGround
from mqinfra.providers.rabbitmq.io.client import RabbitClient
from mqinfra.providers.rabbitmq.verification.consumer import AnsweringConsumer
from mqinfra.providers.rabbitmq.verification.ground import QueueGround
from mqinfra.providers.rabbitmq.verification.messenger import RabbitMessenger


def ground_of(trial: Trial) -> QueueGround:
    """The copy of a trial's queue.

    Raises:
        Bug: it is on something else.
    """
    return _copy(trial.bare)


def copy_in(ground: RecordedGround) -> QueueGround:
    """The copy of a queue that a ground writes down the history of.

    Raises:
        Bug: it is on something else.
    """
    return _copy(ground.inner)


def _copy(ground: Ground[Place] | None) -> QueueGround:
    if not isinstance(ground, QueueGround):
        raise Bug(f"not a copy of a queue: {ground.place.address if ground is not None else 'nothing'}")
    return ground


def messenger_of(trial: Trial) -> RabbitMessenger:
    """The deployment's messenger.

    Raises:
        Bug: it is another broker's.
    """
    if not isinstance(trial.messenger, RabbitMessenger):
        raise Bug(f"not on RabbitMQ: {trial.place.address}")
    return trial.messenger


def client_of(trial: Trial) -> RabbitClient:
    """The deployment."""
    return messenger_of(trial).client


@contextmanager
def lowered(
    trial: Trial, settings: Mapping[str, JsonValue], room: Mapping[str, int] | None = None
) -> Iterator[RecordedGround]:
    """One more copy of a trial's queue, on which some settings are lower, or limits of where its dead letters get to.

    Raises:
        UserError: it can't be made.
    """
    ground = ground_of(trial)
    with messenger_of(trial).copied(ground.place, ground.blueprint.run, settings, room) as own:
        yield RecordedGround(cast("Ground[Place]", own), trial.notes, trial.amount.rate)


@contextmanager
def recorded(trial: Trial, consumer: AnsweringConsumer, name: str) -> Iterator[RecordedConsumer]:
    """A consumer of its provider's own that writes down what it does."""
    with RecordedConsumer(consumer, trial.notes, name) as one:
        yield one


def numbered(trial: Trial, prefix: str, number: int, keys: tuple[str, ...] = ("",), size: int = 0) -> list[Message]:
    """Messages of a phase, whose ids begin with its name, by routing keys in turn."""
    length = size or trial.amount.size
    return [
        Message(
            uid=f"{prefix}-{place:05d}-{trial.chance.getrandbits(64):016x}",
            key=keys[place % len(keys)],
            body=trial.chance.randbytes(length),
            number=place,
        )
        for place in range(number)
    ]
