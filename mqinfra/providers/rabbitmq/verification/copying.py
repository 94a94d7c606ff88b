"""From what a vhost has to a blueprint of its copy."""

from collections.abc import Mapping
from typing import Literal

from pydantic import JsonValue

from mqinfra.model.errors import UserError
from mqinfra.providers.base.connecting.codes import NOT_READ
from mqinfra.providers.rabbitmq.io.listing import Row
from mqinfra.providers.rabbitmq.policy.effective import effective_definition
from mqinfra.providers.rabbitmq.policy.match import Policy
from mqinfra.providers.rabbitmq.settings.capabilities import listed_arguments
from mqinfra.providers.rabbitmq.verification.blueprint import (
    LIFE_MS,
    BindingCopy,
    Blueprint,
    ExchangeCopy,
    QueueCopy,
)
from mqinfra.providers.rabbitmq.verification.live import LiveVhost, arguments_of, type_of

DEAD, DEAD_KEY = "dead-letter-exchange", "dead-letter-routing-key"
KEEPER = "k"
"""The letter in the names of copies of queues at the end of a way."""
_NOWHERE, _STREAM = "nowhere", "stream"
_MOST = 100
"""Exchanges, queues or bindings behind an exchange of which a copy is made."""
LENGTH, BYTES = "max-length", "max-length-bytes"
_KEEPS = (LENGTH, BYTES, "overflow")
"""Of the queue that dead letters get to: what may drop them at once. What drops them later, the copy lives too short
for."""
_OWN = ("expires",)
_FEDERATED = "federation-"


class Copying:
    """Puts copies into a blueprint.

    Args:
        live: the vhost.
        blueprint: what is made.
        room: limits that copies of queues at the end of a way have at most, where they have any, by the names of
            policy keys.
    """

    def __init__(self, live: LiveVhost, blueprint: Blueprint, room: Mapping[str, int] | None = None) -> None:
        self._live, self._blueprint, self._room = live, blueprint, room or {}
        self._version = live.client.version_tuple

    def queue(
        self, name: str, lowered: Mapping[str, JsonValue] | None = None, way: Mapping[str, JsonValue] | None = None
    ) -> str:
        """Copy a queue with what is in force on it, its dead letters included.

        Args:
            name: the queue.
            lowered: settings that the copy has instead, by the names of policy keys.
            way: settings by which its dead letters go, where no copies of their way are made.

        Returns:
            The copy's name.

        Raises:
            UserError: it is not there, can't be read, or no copy of it can be like it.
        """
        row = self._row(name)
        settings = {**self._live.in_force(row), **(lowered or {})}
        settings |= self.dead_letters(settings) if way is None else way
        own = self._blueprint.name(name)
        self._put(own, row, settings)
        self._require_alike(own, "queue", type_of(row), settings, name)
        return own

    def exchange(self, name: str) -> str:
        """Copy an exchange and everything behind it: exchanges, queues that keep what they get, and bindings.

        Returns:
            The copy's name.

        Raises:
            UserError: it is not there, can't be read, or there is too much behind it.
        """
        own = self._blueprint.name(name)
        todo = [name]
        while todo:
            real = todo.pop()
            copy = self._blueprint.name(real)
            row = self._live.exchange(real)
            if copy in self._blueprint.exchanges or row is None:
                continue
            todo += self._exchange(row, copy)
        return own

    def _exchange(self, row: Row, own: str) -> list[str]:
        real, its_type = str(row["name"]), str(row["type"])
        arguments = arguments_of(row)
        further: list[str] = []
        if other := self._live.alternate(row):
            arguments["alternate-exchange"] = self._blueprint.name(other)
            further.append(other)
        self._blueprint.exchanges[own] = ExchangeCopy(real, its_type, arguments)
        self._refuse_federation(own, "exchange", its_type)
        for binding in self._live.bindings_from(real):
            target, to_queue = str(binding["destination"]), binding["destination_type"] == "queue"
            copy = self._blueprint.name(target, KEEPER) if to_queue else self._blueprint.name(target)
            if to_queue:
                self._keeper(target, copy)
            else:
                further.append(target)
            self._blueprint.bindings.append(
                BindingCopy(own, copy, to_queue, str(binding["routing_key"]), dict(binding["arguments"]))
            )
        if max(len(self._blueprint.exchanges), len(self._blueprint.queues), len(self._blueprint.bindings)) > _MOST:
            raise self._unlike(f"more than {_MOST} exchanges, queues or bindings are behind exchange `{real}`")
        return further

    def _keeper(self, real: str, own: str) -> None:
        """Copy a queue at the end of a way, of which only counts what it drops at once, and where that goes."""
        row = self._live.queue(real)
        if own in self._blueprint.queues or row is None:
            return
        live = self._live.in_force(row)
        settings = {key: value for key, value in live.items() if key in _KEEPS}
        for key, most in self._room.items():
            if isinstance(limit := settings.get(key), int) and type_of(row) != _STREAM:
                settings[key] = min(limit, most)
        self._put(own, row, settings)
        if settings.keys() & {LENGTH, BYTES} and DEAD in live:  # it is known by now, where its way leads back to it
            self._put(own, row, {**settings, **self.dead_letters(live)})
        self._refuse_federation(own, "queue", type_of(row))

    def dead_letters(self, settings: Mapping[str, JsonValue]) -> dict[str, JsonValue]:
        """Copy the way of a queue's dead letters; where it leads nowhere, that of the copy does so too.

        Args:
            settings: what is in force on the queue.

        Returns:
            What is in force on the copy instead.

        Raises:
            UserError: it can't be read, or there is too much behind it.
        """
        exchange = settings.get(DEAD)
        if exchange is None:
            return {}
        key = settings.get(DEAD_KEY)
        if exchange == "":
            target = str(key) if key is not None else _NOWHERE
            own = self._blueprint.name(target, KEEPER)
            self._keeper(target, own)
            return {DEAD: "", DEAD_KEY: own}
        return {DEAD: self.exchange(str(exchange))}

    def _row(self, name: str) -> Row:
        row = self._live.queue(name)
        if row is None:
            raise self._unlike(f"there is no queue `{name}`")
        return row

    def _put(self, own: str, row: Row, settings: Mapping[str, JsonValue]) -> None:
        kind = type_of(row)
        takes = listed_arguments(kind, self._version)
        arguments = {
            name: value
            for name, value in arguments_of(row).items()
            if name.removeprefix("x-") not in settings and name.removeprefix("x-") not in (*_OWN, DEAD, DEAD_KEY)
        }
        arguments |= {f"x-{key}": value for key, value in settings.items() if f"x-{key}" in takes}
        members = row.get("members")
        if kind == "quorum" and isinstance(members, list):
            arguments.setdefault("x-quorum-initial-group-size", len(members))
        if "x-expires" in takes:
            arguments["x-expires"] = LIFE_MS
        self._blueprint.queues[own] = QueueCopy(str(row["name"]), kind, arguments)

    def _require_alike(
        self, own: str, kind: Literal["queue"], its_type: str, settings: Mapping[str, JsonValue], real: str
    ) -> None:
        """Refuse a copy on which policies for its own name would put something else into force."""
        self._refuse_federation(own, kind, its_type)
        reaching = self._live.reaching(own, kind, its_type)
        copy = self._blueprint.queues[own]
        policy = Policy("", "", "all", 0, reaching)
        found = effective_definition(policy, None, copy.arguments, its_type, self._version)
        takes = listed_arguments(its_type, self._version)
        other = [
            key
            for key in sorted({*found, *settings})
            if key not in _OWN and f"x-{key}" in takes and found.get(key) != settings.get(key)
        ]
        if other:
            keys = ", ".join(f"`{key}`" for key in other)
            raise self._unlike(f"policies give a copy of queue `{real}` other settings by its name: {keys}")

    def _refuse_federation(self, own: str, kind: Literal["queue", "exchange"], its_type: str) -> None:
        if any(key.startswith(_FEDERATED) for key in self._live.reaching(own, kind, its_type)):
            raise self._unlike(f"a policy would federate a copy by its name `{own}`")

    def _unlike(self, why: str) -> UserError:
        return UserError([NOT_READ.at(f"no copy can be created: {why}", address=self._live.client.where)])
