"""Messages through a Kafka cluster."""

import time
from collections.abc import Iterable, Mapping, Sequence
from contextlib import AbstractContextManager
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from itertools import count
from typing import cast

from mqinfra.model.address import Address
from mqinfra.model.declaration import Declaration
from mqinfra.model.errors import Bug, UserError
from mqinfra.model.judgement import Mode
from mqinfra.model.reading import Reading
from mqinfra.model.secret import SecretResolver
from mqinfra.providers.base.connecting.codes import NOT_READ
from mqinfra.providers.base.monitoring.watched import Watched
from mqinfra.providers.base.verification.adviser import Usages
from mqinfra.providers.base.verification.canary import Run, older_than
from mqinfra.providers.base.verification.door import Door
from mqinfra.providers.base.verification.examination import Examination
from mqinfra.providers.base.verification.ground import Ground
from mqinfra.providers.base.verification.messenger import Messenger
from mqinfra.providers.base.verification.place import Place
from mqinfra.providers.kafka.api.client import KafkaClient
from mqinfra.providers.kafka.verification.advice.measuring import measured
from mqinfra.providers.kafka.verification.advice.usage import TopicUsage
from mqinfra.providers.kafka.verification.door import BrokerDoor
from mqinfra.providers.kafka.verification.examining import examine, readers
from mqinfra.providers.kafka.verification.ground import clone_name, cloned
from mqinfra.providers.kafka.verification.health import trouble
from mqinfra.providers.kafka.verification.in_place import in_place
from mqinfra.providers.kafka.verification.leftovers import delete_left, named
from mqinfra.providers.kafka.verification.place import TopicPlace, cluster, places, users

_TRANSACTIONS = "__transaction_state"
_AGE = 60.0
_BEHIND = 10.0
_PAUSE = 0.1


class KafkaMessenger(Messenger):
    """Messages through copies of topics. Every client has connections of its own.

    Attributes:
        client: the cluster.
        secrets: looks passwords of declared users up.
    """

    def __init__(self, client: KafkaClient, secrets: SecretResolver) -> None:
        self.client, self.secrets = client, secrets
        self._numbers = count(1)
        self._deleted: set[str] = set()

    def places(self, declared: Mapping[Address, Declaration], reading: Reading) -> Sequence[Place]:
        """The cluster, the declared topics, and users whose passwords are declared."""
        found = places(declared, reading, transactions=_TRANSACTIONS in self.client.topics.names(age=_AGE))
        first = next((at for at, place in enumerate(found) if not place.unfit), None)
        if first is not None and self._lets_strangers_try:
            found[first] = replace(found[first], strangers=True)
        return [
            cluster(declared, reading, encrypted=self._encrypted),
            *found,
            *(users(declared) if self._lets_strangers_try else ()),
        ]

    @property
    def _encrypted(self) -> bool:
        return "ssl" in str(self.client.clients.settings.get("security.protocol", "")).lower()

    @property
    def _lets_strangers_try(self) -> bool:
        """Whether the listener takes logins that can be made and taken away: SCRAM's."""
        scram = str(self.client.clients.settings.get("sasl.mechanism", "")).startswith("SCRAM")
        return scram and not self.client.logins.impossible

    def ground(self, place: Place, mode: Mode, run: Run) -> AbstractContextManager[Ground[Place]]:
        """Make a copy of a topic, or work on the real one."""
        if mode is Mode.IN_PLACE and isinstance(place, TopicPlace):
            return cast("AbstractContextManager[Ground[Place]]", in_place(self.client, place, run))
        if mode is not Mode.CLONE or not isinstance(place, TopicPlace):
            raise Bug(f"only topics are tested on: {place.address}, {mode}")
        name = clone_name(run, next(self._numbers), place.name)
        return cast("AbstractContextManager[Ground[Place]]", cloned(self.client, place, name, deleted=self._deleted))

    def readers(self, watched: Watched) -> Sequence[str]:
        """Its groups."""
        return readers(self.client, watched.name) if watched.name else ()

    def examine(self, watched: Watched, letters: Watched | None, *, peek: bool) -> Examination:  # noqa: ARG002 - reading leaves no trace here
        """Look at a group and a topic; reading records without a group leaves no trace."""
        return examine(self.client, watched, letters)

    def measured(self, usages: Usages) -> Usages:
        """Add how they are used now."""
        return measured(self.client, {at: one for at, one in usages.items() if isinstance(one, TopicUsage)})

    def trouble(self) -> tuple[str, ...]:
        """Partitions that take no durable writes."""
        return trouble(self.client)

    def doors(self) -> Sequence[Door]:
        """Every broker."""
        context = self.client.second.tls()
        if isinstance(context, str):
            raise UserError([NOT_READ.at(f"looking at certificates {context}")])
        return [
            BrokerDoor(self.client, number, address, context)
            for number, address in self.client.replicas.addresses().items()
        ]

    def left(self) -> Iterable[str]:
        """Topics, groups, users, quotas and ACLs with a reserved name.

        A broker that is behind lists topics that the cluster has deleted: it is asked again, for some seconds.
        """
        deadline = time.monotonic() + _BEHIND
        while True:
            found = named(self.client, lambda _: True)
            if not any(f"topic {name}" in found for name in self._deleted) or time.monotonic() > deadline:
                return found
            time.sleep(_PAUSE)

    def collect(self, age: timedelta) -> Sequence[str]:
        """Delete topics, groups, users and ACLs that old runs made."""
        now = datetime.now(UTC)
        return delete_left(self.client, lambda name: older_than(name, age, now))

    def close(self) -> None:
        """Nothing is open besides the session."""
