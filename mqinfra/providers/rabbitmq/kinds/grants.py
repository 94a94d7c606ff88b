"""What permissions and topic permissions share: they are written whole, checked alike, and read with one list."""

from abc import abstractmethod
from collections.abc import Iterable, Mapping, Sequence
from typing import TYPE_CHECKING, ClassVar

from pydantic import JsonValue
from typing_extensions import override

from mqinfra.model.address import Address
from mqinfra.model.change import Change
from mqinfra.model.connection import ClientConnection
from mqinfra.model.holding import Holding
from mqinfra.model.names import NameAt
from mqinfra.model.reading import Facts, Live
from mqinfra.model.setting import Problem
from mqinfra.model.spec import Spec
from mqinfra.providers.base.capabilities import Connected, Dependent, DryRun
from mqinfra.providers.base.context import ClusterContext
from mqinfra.providers.base.kind import Kind, KindReading, Objection, refusals
from mqinfra.providers.base.placement import Placement
from mqinfra.providers.base.request import Request, Result
from mqinfra.providers.rabbitmq import names
from mqinfra.providers.rabbitmq.api.call import Call
from mqinfra.providers.rabbitmq.io import user_connections
from mqinfra.providers.rabbitmq.io.list_all import Found, list_all
from mqinfra.providers.rabbitmq.io.listing import Row
from mqinfra.providers.rabbitmq.io.sending import send, written_whole
from mqinfra.providers.rabbitmq.spec import user as user_spec
from mqinfra.providers.rabbitmq.spec import vhost as vhost_spec
from mqinfra.providers.rabbitmq.spec.permission import refused_pattern

if TYPE_CHECKING:
    from mqinfra.providers.rabbitmq.io.client import RabbitClient


class GrantKind(Kind["RabbitClient"], Dependent, DryRun["RabbitClient"], Connected["RabbitClient"]):
    """What users may do in vhosts.

    Attributes:
        put: the call that writes one.
        delete: the call that takes one away.
        listed: path of the list of all.
    """

    broker = "rabbitmq"
    overwrites = True
    holding = Holding.RIGHT
    placement = Placement(nested_in=vhost_spec.KIND, shared_as=user_spec.KIND)
    put: ClassVar[str]
    delete: ClassVar[str]
    listed: ClassVar[str]
    in_path: ClassVar[tuple[NameAt, ...]] = (NameAt((), (names.VHOSTS,)), NameAt((), (names.USERS,)))

    @abstractmethod
    def call(self, api: str, address: Address, body: Mapping[str, JsonValue]) -> Call:
        """The call for one resource of a request."""

    @abstractmethod
    def found_in(self, rows: list[Row], alias: str) -> Found:
        """Turn the list of all into resources."""

    @abstractmethod
    def takes(self, change: Change) -> bool:
        """Whether a change may take a right that lasts on a connection."""

    @override
    def connections(
        self, client: "RabbitClient", changes: Sequence[Change], context: ClusterContext
    ) -> Mapping[Address, tuple[ClientConnection, ...] | None]:
        """The user's connections to the vhost: consumers go on, and channels publish as they have before."""
        taking = filter(self.takes, changes)
        return user_connections.connections(
            client, {change.address: (change.address.path[1], change.address.path[0]) for change in taking}
        )

    @override
    def close(
        self, client: "RabbitClient", connections: Sequence[ClientConnection], context: ClusterContext
    ) -> Mapping[ClientConnection, str]:
        """Close them by the management API."""
        return user_connections.close(client, connections)

    @override
    def rests_on(self, address: Address) -> tuple[Address, ...]:
        """A vhost and a user: with either gone, so is what one may do in the other."""
        if len(address.path) < 2:
            return self.placement.nesting(address)
        return (*self.placement.nesting(address), Address(address.cluster, user_spec.KIND, (address.path[1],)))

    def lets_in(self, address: Address, user: str) -> bool:  # noqa: ARG002 - for those without which a user stays in
        """Whether a user could do nothing more in a vhost without it."""
        return False

    @override
    def requests(self, changes: Sequence[Change], facts: Facts) -> list[Request]:
        """A permission is written whole, new or not."""
        return written_whole(self.name, self.put, self.delete, changes, lambda change: dict(change.after or {}))

    @override
    def simulate(self, change: Change, live: Spec | None, facts: Facts) -> Spec | Problem | None:
        """Refuse what the server's regular expressions can't take."""
        if change.after is None:
            return None
        spec = change.wanted(self.spec)
        return refused_pattern(spec, facts.version_tuple) or spec

    @override
    def read(self, client: "RabbitClient", wanted: Iterable[Address] | None, context: ClusterContext) -> KindReading:
        """Read all of them with one list."""
        return list_all(
            client,
            wanted,
            (self.listed,),
            lambda rows: self.found_in(rows, context.alias),
            lambda address: self.lets_in(address, client.user),
        )

    @override
    def dry_run(self, client: "RabbitClient", changes: Sequence[Change], context: ClusterContext) -> list[Objection]:
        """Refuse what `simulate` refuses."""
        return refusals((change.address, self.simulate(change, None, context.facts)) for change in changes)

    @override
    def run(self, client: "RabbitClient", request: Request, context: ClusterContext) -> Mapping[Address, Result]:
        """Send one call per resource."""
        return send(client, request, lambda address, body: self.call(request.api, address, body))


def live_of(spec: type[Spec], row: Row) -> Live:
    """A row as a resource, all fields said."""
    names = spec.model_fields.keys()
    return Live(spec.model_construct(set(names), **{name: str(row.get(name) or "") for name in names}))
