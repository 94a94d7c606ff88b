"""The kind `users`: SCRAM users, whose passwords are compared by logging in, since brokers do not show them."""

from collections.abc import Iterable, Mapping, Sequence
from typing import TYPE_CHECKING

from pydantic import JsonValue
from typing_extensions import override

from mqinfra.model.address import Address
from mqinfra.model.change import Change
from mqinfra.model.form import Form
from mqinfra.model.holding import Holding
from mqinfra.model.reading import Facts, Live
from mqinfra.model.secret import SecretRef, SecretResolver
from mqinfra.model.setting import Problem
from mqinfra.model.span import Path
from mqinfra.model.spec import Spec
from mqinfra.model.story import Told
from mqinfra.providers.base.capabilities import DryRun, Influential, LookedAt, Permitted, SecretHolder
from mqinfra.providers.base.context import ClusterContext
from mqinfra.providers.base.kind import Kind, KindReading, Objection, set_and_remove
from mqinfra.providers.base.placement import Placement
from mqinfra.providers.base.request import Request, Result
from mqinfra.providers.base.telling import Scene, Telling
from mqinfra.providers.kafka.api.rights import ALTER
from mqinfra.providers.kafka.users import meaning as user_meaning
from mqinfra.providers.kafka.users import reading as user_reading
from mqinfra.providers.kafka.users import requests as user_requests
from mqinfra.providers.kafka.users import run as user_run
from mqinfra.providers.kafka.users import telling as user_telling
from mqinfra.providers.kafka.users.spec import KIND, UserSpec

if TYPE_CHECKING:
    from mqinfra.providers.kafka.api.client import KafkaClient


class UserKind(
    Kind["KafkaClient"],
    SecretHolder,
    LookedAt["KafkaClient"],
    Influential,
    Telling,
    Permitted["KafkaClient"],
    DryRun["KafkaClient"],
):
    """SCRAM users."""

    broker = "kafka"
    name = KIND
    title = "user"
    holding = Holding.SETTINGS
    forms = {("mechanisms",): Form.SET}  # noqa: RUF012 - declared as ClassVar in Kind
    spec = UserSpec
    entry = UserSpec
    overwrites = True
    placement = Placement(scoped_as="principals", scoped_with="User:")
    rotates_by_revision = True

    @override
    def told(self, changes: Iterable[Change], scene: Scene) -> Iterable[tuple[Address, Told]]:
        """How one logs in."""
        return user_telling.users(changes)

    @override
    def same(self, path: Path, one: JsonValue, other: JsonValue) -> bool:
        """Compare mechanisms as sets."""
        if path == ("mechanisms",):
            return user_requests.mechanisms_of({"mechanisms": one}) == user_requests.mechanisms_of(
                {"mechanisms": other}
            )
        return super().same(path, one, other)

    @override
    def holds_secret(self, live: Live, path: Path, wanted: JsonValue, secrets: SecretResolver) -> bool | None:
        """Try to log in with the password, by one of the mechanisms that the user has."""
        from mqinfra.providers.kafka.api.logins import Login  # noqa: PLC0415 - brings in the client library

        held = live.private
        if wanted is None:
            return True  # what the user has stays
        password = secrets(SecretRef.model_validate(wanted)).reveal()
        if not isinstance(held, user_reading.Held):
            return None
        return held.logins.works(held.user, Login(held.mechanisms[0], password))

    @override
    def name_problem(self, address: Address) -> Problem | None:
        """Kafka takes any name but an empty one."""
        if len(address.path) != 1 or address.pairs:
            return Problem(f"`{address}` is not a user's address", "expected CLUSTER/users/NAME")
        return None if address.name else Problem("a user's name must not be empty", "choose a name")

    @override
    def requests(self, changes: Sequence[Change], facts: Facts) -> list[Request]:
        """AlterUserScramCredentials, once for each mechanism."""
        return user_requests.requests_for(changes)

    @override
    def simulate(self, change: Change, live: Spec | None, facts: Facts) -> Spec | Problem | None:
        """Refuse a credential without a password."""
        missing = user_meaning.without_password(change)
        if missing is not None:
            return Problem(missing.message, missing.help, path=("password",))
        return set_and_remove(self.spec, change, live)

    @override
    def consequences(
        self, live: Mapping[Address, Spec], changes: Mapping[Address, Change], facts: Facts
    ) -> Mapping[Address, tuple[str, ...]]:
        """Who is refused from then on, and who stays connected."""
        return user_meaning.consequences(changes)

    @override
    def read(self, client: "KafkaClient", wanted: Iterable[Address] | None, context: ClusterContext) -> KindReading:
        """Read all users with one DescribeUserScramCredentials."""
        return user_reading.read(client, wanted, context.alias)

    @override
    def look(self, client: "KafkaClient", wanted: Sequence[Address], context: ClusterContext) -> KindReading:
        """Read the named ones alone."""
        return user_reading.look(client, wanted)

    @override
    def lacking(self, client: "KafkaClient", changes: Sequence[Change], context: ClusterContext) -> list[Objection]:
        """Every change needs the same right."""
        return ALTER.objections(client.rights, client.peer.principal, changes)

    @override
    def dry_run(self, client: "KafkaClient", changes: Sequence[Change], context: ClusterContext) -> list[Objection]:
        """Find what the brokers would refuse, and what no plan may do to them."""
        return user_meaning.objections(client, changes)

    @override
    def run(self, client: "KafkaClient", request: Request, context: ClusterContext) -> Mapping[Address, Result]:
        """Send it, with passwords looked up, and log in with what was made."""
        return user_run.run(client, request, context.secrets)
