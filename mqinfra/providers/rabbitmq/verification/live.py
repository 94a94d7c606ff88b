"""What a vhost has at this moment, of which copies are made: queues, exchanges, bindings, and the policies in force."""

from collections.abc import Mapping, Sequence
from typing import Literal

from pydantic import JsonValue

from mqinfra.model.errors import UserError
from mqinfra.providers.base.connecting.codes import NOT_READ
from mqinfra.providers.rabbitmq.api.call import RabbitFault
from mqinfra.providers.rabbitmq.io.client import RabbitClient
from mqinfra.providers.rabbitmq.io.listing import Row
from mqinfra.providers.rabbitmq.io.queue_reading import TYPE_ARGUMENT
from mqinfra.providers.rabbitmq.policy.effective import effective_definition
from mqinfra.providers.rabbitmq.policy.match import Policy, PolicySet, Target

Settings = Mapping[str, JsonValue]
_POLICIES = ("policies", "operator-policies")


class LiveVhost:
    """A vhost, of which each thing is read when it is first asked for.

    Args:
        client: the deployment.
        name: the vhost.
    """

    def __init__(self, client: RabbitClient, name: str) -> None:
        self.client, self.name = client, name
        self._policies: dict[str, PolicySet] = {}

    def queue(self, name: str) -> Row | None:
        """A queue; None where there is none.

        Raises:
            UserError: it can't be read.
        """
        return self._row("queues", name)

    def exchange(self, name: str) -> Row | None:
        """An exchange; None where there is none.

        Raises:
            UserError: it can't be read.
        """
        return self._row("exchanges", name)

    def bindings_from(self, exchange: str) -> Sequence[Row]:
        """The bindings of an exchange.

        Raises:
            UserError: they can't be read.
        """
        rows = self._read("exchanges", self.name, exchange, "bindings", "source")
        return [row for row in rows if isinstance(row, dict)] if isinstance(rows, list) else []

    def in_force(self, queue: Row) -> dict[str, JsonValue]:
        """What is in force on a queue, by the names of policy keys: policies, and its arguments.

        The server says it itself of a queue, but as of its last statistics, which are seconds old. So its word only
        counts where nobody can tell here which policy a queue has.

        Raises:
            UserError: policies can't be read.
        """
        name, kind = str(queue["name"]), type_of(queue)
        target, told = Target(name, "queue", kind), queue.get("effective_policy_definition")
        found = [self._set(which).effective(target) for which in _POLICIES]
        if isinstance(told, dict) and any(one.tied or one.unknown for one in found):
            policies: tuple[Policy | None, Policy | None] = (Policy("", "", "all", 0, told), None)
        else:
            policies = (found[0].policy, found[1].policy)
        return effective_definition(*policies, arguments_of(queue), kind, self.client.version_tuple)

    def alternate(self, exchange: Row) -> str:
        """The alternate exchange of an exchange; empty without.

        Raises:
            UserError: policies can't be read.
        """
        said = (exchange.get("arguments") or {}).get("alternate-exchange")
        if said is None and exchange.get("policy"):
            said = self.reaching(str(exchange["name"]), "exchange", str(exchange["type"])).get("alternate-exchange")
        return str(said or "")

    def reaching(self, name: str, kind: Literal["queue", "exchange"], its_type: str) -> Settings:
        """What policies and operator policies would give something of a name that need not be there.

        Raises:
            UserError: they can't be read.
        """
        found = [self._set(which).effective(Target(name, kind, its_type)).policy for which in _POLICIES]
        return effective_definition(found[0], found[1], {}, its_type, self.client.version_tuple)

    def _set(self, which: str) -> PolicySet:
        if which not in self._policies:
            rows = self._read(which, self.name)
            some = [row for row in rows if isinstance(row, dict)] if isinstance(rows, list) else []
            self._policies[which] = PolicySet(map(_policy, some), self.client.version_tuple)
        return self._policies[which]

    def _row(self, kind: str, name: str) -> Row | None:
        answer = self.client.get(kind, self.name, name)
        if isinstance(answer, RabbitFault):
            if answer.absent:
                return None
            raise self._unread(f"`{name}`", answer)
        return answer if isinstance(answer, dict) else None

    def _read(self, *segments: str) -> JsonValue:
        answer = self.client.get(*segments)
        if isinstance(answer, RabbitFault):
            raise self._unread(f"{segments[0]} of vhost `{self.name}`", answer)
        return answer

    def _unread(self, what: str, fault: RabbitFault) -> UserError:
        message = f"{what} can't be read: {fault.message}"
        return UserError([NOT_READ.at(message, address=self.client.where, help=fault.help)])


def type_of(queue: Row) -> str:
    """The type of a queue."""
    return str(queue.get("type") or "classic")


def arguments_of(row: Row) -> dict[str, JsonValue]:
    """Arguments of a queue or exchange, without the type of a queue."""
    return {name: value for name, value in (row.get("arguments") or {}).items() if name != TYPE_ARGUMENT}


def _policy(row: Row) -> Policy:
    return Policy(
        str(row.get("name")),
        str(row.get("pattern", "")),
        str(row.get("apply-to") or "all"),
        int(row.get("priority") or 0),
        row.get("definition") or {},
    )
