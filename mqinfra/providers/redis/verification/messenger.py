"""Messages through a Redis deployment."""

from collections.abc import Iterable, Mapping, Sequence
from contextlib import AbstractContextManager
from datetime import UTC, datetime, timedelta
from itertools import count
from typing import cast

from mqinfra.model.address import Address
from mqinfra.model.declaration import Declaration
from mqinfra.model.errors import Bug
from mqinfra.model.judgement import Mode
from mqinfra.model.reading import Reading
from mqinfra.providers.base.monitoring.watched import Watched
from mqinfra.providers.base.verification.adviser import Usages
from mqinfra.providers.base.verification.canary import Run, older_than
from mqinfra.providers.base.verification.door import Door
from mqinfra.providers.base.verification.examination import Examination
from mqinfra.providers.base.verification.ground import Ground
from mqinfra.providers.base.verification.messenger import Messenger
from mqinfra.providers.base.verification.place import Place
from mqinfra.providers.redis.api.client import RedisClient
from mqinfra.providers.redis.verification.advice.measuring import measured
from mqinfra.providers.redis.verification.advice.usage import StreamUsage
from mqinfra.providers.redis.verification.door import NodeDoor
from mqinfra.providers.redis.verification.examining import examine, readers
from mqinfra.providers.redis.verification.ground import clone_name, cloned
from mqinfra.providers.redis.verification.health import trouble
from mqinfra.providers.redis.verification.in_place import in_place
from mqinfra.providers.redis.verification.leftovers import delete_left, keys_left, named, users_left
from mqinfra.providers.redis.verification.place import StreamPlace, places


class RedisMessenger(Messenger):
    """Messages through the streams of a deployment. Every client has a connection of its own.

    Attributes:
        client: the deployment.
    """

    def __init__(self, client: RedisClient) -> None:
        self.client = client
        self._numbers = count(1)

    def places(self, declared: Mapping[Address, Declaration], reading: Reading) -> Sequence[Place]:
        """The deployment, the declared streams and the declared users."""
        return places(declared, reading, encrypted=self.client.nodes[0].context is not None)

    def ground(self, place: Place, mode: Mode, run: Run) -> AbstractContextManager[Ground[Place]]:
        """Make a copy of a stream, or work on the real one."""
        if mode is Mode.IN_PLACE and isinstance(place, StreamPlace):
            return cast("AbstractContextManager[Ground[Place]]", in_place(self.client, place))
        if mode is not Mode.CLONE or not isinstance(place, StreamPlace):
            raise Bug(f"only streams are tested on: {place.address}, {mode}")
        return cast(
            "AbstractContextManager[Ground[Place]]",
            cloned(self.client, place, clone_name(run, next(self._numbers), place.name)),
        )

    def readers(self, watched: Watched) -> Sequence[str]:
        """Its groups."""
        return readers(self.client, watched.name) if watched.name else ()

    def examine(self, watched: Watched, letters: Watched | None, *, peek: bool) -> Examination:  # noqa: ARG002 - reading leaves no trace here
        """Look at a group and a stream; reading entries leaves no trace."""
        return examine(self.client, watched, letters)

    def measured(self, usages: Usages) -> Usages:
        """Add how they are used now."""
        return measured(self.client, {at: one for at, one in usages.items() if isinstance(one, StreamUsage)})

    def trouble(self) -> tuple[str, ...]:
        """Servers down, links broken, memory nearly full, writes to disk failing."""
        return trouble(self.client)

    def doors(self) -> Sequence[Door]:
        """Every server."""
        return [NodeDoor(node) for node in self.client.nodes]

    def left(self) -> Iterable[str]:
        """Keys and users with a reserved name."""
        return named(keys_left(self.client), users_left(self.client))

    def collect(self, age: timedelta) -> Sequence[str]:
        """Delete keys and users that old runs made."""
        now = datetime.now(UTC)
        return delete_left(self.client, lambda name: older_than(name, age, now))

    def close(self) -> None:
        """Nothing is open besides the session."""
