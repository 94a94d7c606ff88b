"""The kind `users`: compared without writing, by the salted hash that the server shows to administrators."""

from collections.abc import Iterable, Mapping, Sequence
from typing import TYPE_CHECKING

from pydantic import JsonValue
from typing_extensions import override

from mqinfra.model.address import Address
from mqinfra.model.change import Action, Change
from mqinfra.model.connection import ClientConnection
from mqinfra.model.form import Form
from mqinfra.model.holding import Holding
from mqinfra.model.reading import Facts, Figures, Live
from mqinfra.model.secret import SecretRef, SecretResolver
from mqinfra.model.setting import Problem
from mqinfra.model.span import Path
from mqinfra.model.story import Told
from mqinfra.providers.base.capabilities import Connected, DryRun, SecretHolder, Weighed
from mqinfra.providers.base.context import ClusterContext
from mqinfra.providers.base.kind import Kind, KindReading, Objection
from mqinfra.providers.base.request import Request, Result
from mqinfra.providers.base.telling import Scene, Telling
from mqinfra.providers.rabbitmq.io import user_connections, user_reading, user_requests, user_run
from mqinfra.providers.rabbitmq.settings.tags import same_tags
from mqinfra.providers.rabbitmq.spec.paths import name_problem, path_problem
from mqinfra.providers.rabbitmq.spec.user import FIRST, KIND, LIMITS, UserSpec
from mqinfra.providers.rabbitmq.telling import entries

if TYPE_CHECKING:
    from mqinfra.providers.rabbitmq.io.client import RabbitClient


class UserKind(
    Kind["RabbitClient"],
    SecretHolder,
    Weighed["RabbitClient"],
    Connected["RabbitClient"],
    DryRun["RabbitClient"],
    Telling,
):
    """Users of the server."""

    broker = "rabbitmq"
    name = KIND
    title = "user"
    spec = UserSpec
    entry = UserSpec
    overwrites = True
    holding = Holding.SETTINGS
    forms = {("tags",): Form.SET}  # noqa: RUF012 - declared as ClassVar in Kind
    settings = {"limits": LIMITS}  # noqa: RUF012 - declared as ClassVar in Kind

    @override
    def told(self, changes: Iterable[Change], scene: Scene) -> Iterable[tuple[Address, Told]]:
        """Where its password is."""
        return entries.users(changes)

    @override
    def same(self, path: Path, one: JsonValue, other: JsonValue) -> bool:
        """Compare tags as sets."""
        return same_tags(one, other) if path == ("tags",) else super().same(path, one, other)

    @override
    def holds_secret(self, live: Live, path: Path, wanted: JsonValue, secrets: SecretResolver) -> bool | None:
        """Hash the password with the salt that the server keeps, and compare."""
        if not isinstance(live.private, user_reading.Held):
            return None
        if wanted is None:
            return not live.private.hash
        return live.private.is_of(secrets(SecretRef.model_validate(wanted)).reveal())

    @override
    def name_problem(self, address: Address) -> Problem | None:
        """RabbitMQ takes any name but an empty one; the management API can't reach all of them."""
        return path_problem(address, ("USER",)) or name_problem(address.name, self.title, reserved=())

    @override
    def untouched(self, address: Address, live: Live) -> bool:
        """The user that a server makes at its first start, with the password that everybody knows."""
        spec, held = live.spec, live.private
        if address.name != FIRST or not isinstance(spec, UserSpec) or not isinstance(held, user_reading.Held):
            return False
        return list(spec.tags or ()) == ["administrator"] and not spec.limits and held.is_of(FIRST) is True

    @override
    def requests(self, changes: Sequence[Change], facts: Facts) -> list[Request]:
        """One call for the user itself, and one for each limit."""
        return user_requests.requests_for(changes)

    @override
    def read(self, client: "RabbitClient", wanted: Iterable[Address] | None, context: ClusterContext) -> KindReading:
        """Read users with one list."""
        return user_reading.read(client, wanted, context.alias)

    @override
    def figures(self, client: "RabbitClient", addresses: Sequence[Address]) -> Mapping[Address, Figures]:
        """Name what is cut off and what goes along."""
        return user_reading.figures(client, addresses)

    @override
    def connections(
        self, client: "RabbitClient", changes: Sequence[Change], context: ClusterContext
    ) -> Mapping[Address, tuple[ClientConnection, ...] | None]:
        """Those that were made with another password; the server itself closes those of a user that is deleted."""
        taking = (
            change
            for change in changes
            if change.action is Action.UPDATE and any(item.path == ("password",) for item in change.differences)
        )
        return user_connections.connections(client, {change.address: (change.address.name, None) for change in taking})

    @override
    def close(
        self, client: "RabbitClient", connections: Sequence[ClientConnection], context: ClusterContext
    ) -> Mapping[ClientConnection, str]:
        """Close them by the management API."""
        return user_connections.close(client, connections)

    @override
    def dry_run(self, client: "RabbitClient", changes: Sequence[Change], context: ClusterContext) -> list[Objection]:
        """Find what the caller would do to itself."""
        return [found for change in changes for found in _against_itself(client, change)]

    @override
    def run(self, client: "RabbitClient", request: Request, context: ClusterContext) -> Mapping[Address, Result]:
        """Send it, with passwords looked up, or the present hash."""
        return user_run.run(client, request, context.secrets)


def _against_itself(client: "RabbitClient", change: Change) -> Iterable[Objection]:
    user = change.address.name
    if user != client.user:
        return
    here = f"mqinfra is logged in as `{user}` itself"
    if change.action is Action.DELETE or change.after is None:
        yield Objection(change.address, Problem(f"{here}, which would be deleted", "plan as another user"))
        return
    tags = change.after.get("tags")
    if "administrator" in client.tags and not (isinstance(tags, list) and "administrator" in tags):
        hint = "keep it in its `tags`, or plan as another user"
        yield Objection(change.address, Problem(f"{here}, which would lose `administrator`", hint), ("tags",))
    if any(item.path == ("password",) and item.note == "differs" for item in change.differences):
        hint = "change it as another user, or by `rabbitmqctl change_password`"
        yield Objection(
            change.address, Problem(f"{here}, and with another password its calls fail", hint), ("password",)
        )
