"""Messages through a RabbitMQ deployment."""

from collections.abc import Iterable, Mapping, Sequence
from contextlib import AbstractContextManager, nullcontext
from datetime import UTC, datetime, timedelta
from itertools import count
from typing import cast

from pydantic import JsonValue

from mqinfra.model.address import Address
from mqinfra.model.declaration import Declaration
from mqinfra.model.errors import Bug
from mqinfra.model.judgement import Mode
from mqinfra.model.reading import Reading
from mqinfra.model.secret import SecretResolver
from mqinfra.providers.base.monitoring.watched import Watched
from mqinfra.providers.base.verification.adviser import Usages
from mqinfra.providers.base.verification.canary import Run, older_than
from mqinfra.providers.base.verification.door import Door
from mqinfra.providers.base.verification.examination import Examination
from mqinfra.providers.base.verification.ground import Ground
from mqinfra.providers.base.verification.messenger import Messenger
from mqinfra.providers.base.verification.place import Place
from mqinfra.providers.rabbitmq.io.client import RabbitClient
from mqinfra.providers.rabbitmq.verification.advice.measuring import measured
from mqinfra.providers.rabbitmq.verification.advice.usage import QueueUsage
from mqinfra.providers.rabbitmq.verification.blueprint import Blueprint
from mqinfra.providers.rabbitmq.verification.canary_ground import canaries
from mqinfra.providers.rabbitmq.verification.door import doors
from mqinfra.providers.rabbitmq.verification.examining import examine
from mqinfra.providers.rabbitmq.verification.exchange_ground import exchange_copy
from mqinfra.providers.rabbitmq.verification.ground import QueueGround, queue_copy
from mqinfra.providers.rabbitmq.verification.health import trouble
from mqinfra.providers.rabbitmq.verification.in_place import InPlaceGround
from mqinfra.providers.rabbitmq.verification.leftovers import delete_old, found, named
from mqinfra.providers.rabbitmq.verification.letters import letters_ground
from mqinfra.providers.rabbitmq.verification.place import ExchangePlace, QueuePlace, places
from mqinfra.providers.rabbitmq.verification.principal import PrincipalPlace, principals
from mqinfra.providers.rabbitmq.verification.shadow import shadow_ground

MOST_FAILURES = 20
"""How often a message may fail on a copy; it is what RabbitMQ 4 has by default."""


class RabbitMessenger(Messenger):
    """Messages through queues and exchanges. Every client has a connection of its own.

    Attributes:
        client: the deployment.
        secrets: looks passwords of declared users up.
    """

    def __init__(self, client: RabbitClient, secrets: SecretResolver) -> None:
        self.client, self.secrets = client, secrets
        self._numbers = count(1)

    def places(self, declared: Mapping[Address, Declaration], reading: Reading) -> Sequence[Place]:
        """The deployment, the declared queues and exchanges, and permissions of users whose passwords are declared."""
        encrypted = self.client.broker.context is not None
        return [*places(declared, reading, encrypted=encrypted), *principals(declared, reading)]

    def doors(self) -> Sequence[Door]:
        """The address of each node for AMQP."""
        return doors(self.client)

    def ground(self, place: Place, mode: Mode, run: Run) -> AbstractContextManager[Ground[Place]]:
        """Make copies of a queue or an exchange, bind queues of the run's own, or work on a real stream."""
        if mode is Mode.SHADOW_BIND and isinstance(place, ExchangePlace):
            shadow = shadow_ground(self.client, place, run, next(self._numbers))
            return cast("AbstractContextManager[Ground[Place]]", shadow)
        if mode is Mode.SHADOW_BIND and isinstance(place, QueuePlace):
            letters = letters_ground(self.client, place, self.blueprint(place.vhost, run), _bounded(place.settings))
            return cast("AbstractContextManager[Ground[Place]]", letters)
        if mode is Mode.IN_PLACE and isinstance(place, QueuePlace):
            stream = nullcontext(InPlaceGround(self.client, place, run, next(self._numbers)))
            return cast("AbstractContextManager[Ground[Place]]", stream)
        if mode is Mode.CLONE and isinstance(place, ExchangePlace):
            copy = exchange_copy(self.client, place, self.blueprint(place.vhost, run))
            return cast("AbstractContextManager[Ground[Place]]", copy)
        if mode is Mode.CLONE and isinstance(place, PrincipalPlace):
            own = canaries(self.client, place, self.blueprint(place.vhost, run))
            return cast("AbstractContextManager[Ground[Place]]", own)
        if mode is not Mode.CLONE or not isinstance(place, QueuePlace):
            raise Bug(f"only copies of queues and exchanges are tested on: {place.address}, {mode}")
        return cast("AbstractContextManager[Ground[Place]]", self.copied(place, run, _bounded(place.settings)))

    def copied(
        self,
        place: QueuePlace,
        run: Run,
        lowered: Mapping[str, JsonValue] | None = None,
        room: Mapping[str, int] | None = None,
    ) -> AbstractContextManager[QueueGround]:
        """Make a copy of a queue with some settings lowered; see `queue_copy`."""
        return queue_copy(self.client, place, self.blueprint(place.vhost, run), lowered, room)

    def blueprint(self, vhost: str, run: Run) -> Blueprint:
        """An empty blueprint for one more ground."""
        return Blueprint(vhost, run, next(self._numbers))

    def examine(self, watched: Watched, letters: Watched | None, *, peek: bool) -> Examination:
        """Look at a queue, and into its dead letters where that was asked for."""
        return examine(self.client, watched, letters, peek=peek)

    def measured(self, usages: Usages) -> Usages:
        """Add how they are used now."""
        return measured(self.client, {at: one for at, one in usages.items() if isinstance(one, QueueUsage)})

    def trouble(self) -> tuple[str, ...]:
        """Alarms, nodes that are down, partitions, and what is nearly full."""
        return trouble(self.client)

    def left(self) -> Iterable[str]:
        """Queues, exchanges and users with a reserved name."""
        return named(found(self.client))

    def collect(self, age: timedelta) -> Sequence[str]:
        """Delete what old runs made."""
        now = datetime.now(UTC)
        return delete_old(self.client, lambda name: older_than(name, age, now))

    def close(self) -> None:
        """Nothing is open besides the session."""


def _bounded(settings: Mapping[str, JsonValue]) -> dict[str, JsonValue]:
    """What a copy has lower so that its limit can be reached."""
    limit = settings.get("delivery-limit")
    return {"delivery-limit": MOST_FAILURES} if isinstance(limit, int) and limit > MOST_FAILURES else {}
