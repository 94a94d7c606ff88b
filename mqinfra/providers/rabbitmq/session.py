"""A session with a RabbitMQ deployment: its kinds are read side by side.

Separate from what all brokers share, because it takes a client whose calls may be on their way at once. Bindings take
the server the longest to list; the others are listed, and made into resources, meanwhile.
"""

from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import replace
from typing import TYPE_CHECKING

from typing_extensions import override

from mqinfra.model.address import Address
from mqinfra.model.change import Change
from mqinfra.model.reading import Reading
from mqinfra.model.record import Owner
from mqinfra.model.setting import Problem
from mqinfra.providers.base.broker_session import BrokerSession
from mqinfra.providers.base.connecting.workers import side_by_side
from mqinfra.providers.base.kind import KindReading, Objection
from mqinfra.providers.base.records import Lock, RecordStore
from mqinfra.providers.base.session import Wanted
from mqinfra.providers.rabbitmq.api.call import Call, RabbitFault
from mqinfra.providers.rabbitmq.io import policy_reading, queue_reading, rights
from mqinfra.providers.rabbitmq.io.client import RabbitClient
from mqinfra.providers.rabbitmq.io.nodes import NODES, down_of
from mqinfra.providers.rabbitmq.records.names import lock_name
from mqinfra.providers.rabbitmq.records.store import GlobalParameterStore
from mqinfra.providers.rabbitmq.spec import policy as policy_spec
from mqinfra.providers.rabbitmq.spec import queue as queue_spec

if TYPE_CHECKING:
    from mqinfra.providers.base.monitoring.sample import Sampler
    from mqinfra.providers.base.verification.messenger import Messenger

_AT_ONCE = 4
_POLICIES = (policy_spec.KIND, policy_spec.OPERATOR_KIND)
_CHECKS = ("alarms", "node-is-quorum-critical")
"""Of `/api/health/checks`: memory and disk anywhere, and queues that would lose their majority without this node."""


class RabbitSession(BrokerSession[RabbitClient]):
    """A session with a real deployment."""

    def read(self, wanted: Wanted) -> Reading:
        """Read kinds, and first see that the names which are asked for can arrive."""
        asked = (address for addresses in wanted.values() for address in addresses or ())
        self._client.need_slashes(part for address in asked for part in _names(address))
        return self._with_reached(wanted, super().read(wanted))

    def _with_reached(self, wanted: Wanted, reading: Reading) -> Reading:
        """Add the queues and all policies of vhosts whose policies are asked for and whose queues are not.

        A policy reaches queues that nobody declares, and may drop what they hold.
        """
        if any(wanted.get(kind, ()) is None for kind in (*_POLICIES, queue_spec.KIND)):
            return reading
        asked = {address.path[0] for kind in _POLICIES for address in wanted.get(kind) or ()}
        unseen = asked - {address.path[0] for address in wanted.get(queue_spec.KIND) or ()}
        if not unseen:
            return reading
        queues = queue_reading.all_in(self._client, unseen, self.alias)
        policies = policy_reading.in_vhosts(self._client, unseen, self.alias)
        neighbours = {a: live for a, live in (queues | policies).items() if a not in reading.resources}
        return replace(reading, neighbours={**reading.neighbours, **neighbours})

    def health(self) -> tuple[str, ...]:
        """Ask for nodes and the server's own checks; what the caller may not ask says nothing."""
        checks = [Call("GET", ("health", "checks", name)) for name in _CHECKS]
        nodes, *answers = self._client.send([NODES, *checks])
        faults = [answer for answer in answers if isinstance(answer, RabbitFault)]
        down = [f"node `{name}` is down" for name in down_of(nodes)]
        return (*down, *(fault.message for fault in faults if not fault.denied and not fault.absent))

    @override
    def records(self, owner: Owner) -> RecordStore:
        """Keep them as global parameters."""
        return GlobalParameterStore(self._client, owner)

    @override
    @contextmanager
    def lock(self, owner: Owner, holder: str, timeout: float) -> Iterator[Lock]:
        """Hold an exclusive queue."""
        from mqinfra.providers.rabbitmq.records.lock import queue_lock  # noqa: PLC0415 - a plan takes no lock

        with ExitStack() as stack:
            with self._asking():
                held = stack.enter_context(queue_lock(self._client, owner, holder, timeout))
            yield held

    @override
    def messenger(self) -> "Messenger":
        """Send by AMQP, through connections of their own."""
        from mqinfra.providers.rabbitmq.verification.messenger import (  # noqa: PLC0415 - a plan sends no messages
            RabbitMessenger,
        )

        return RabbitMessenger(self._client, self._secrets)

    @override
    def sampler(self) -> "Sampler":
        """Look at queues; see `Session.sample`."""
        from mqinfra.providers.rabbitmq.monitoring.sampler import RabbitSampler  # noqa: PLC0415 - a plan looks at no traffic

        return RabbitSampler(self._client)

    def by_kind(self, names: Iterable[str], read: Callable[[str], KindReading]) -> dict[str, KindReading]:
        """Read some kinds at once."""
        some = list(names)
        return dict(zip(some, side_by_side(some, read, _AT_ONCE), strict=True))

    @override
    def lacking(self, changes: Sequence[Change]) -> list[Objection]:
        """Hold the caller's tags and permissions against all changes at once: some give it more."""
        with self._asking():
            return rights.objections(self._client, changes)

    @override
    def lacking_to_keep(self, owner: Owner) -> list[Problem]:
        """Look for the permissions that the lock's queue needs; the tag for records, reading them needs already."""
        with self._asking():
            return rights.against_the_lock(self._client, lock_name(owner))


def _names(address: Address) -> Iterable[str]:
    return (*address.path, *(value for _, value in address.pairs))
