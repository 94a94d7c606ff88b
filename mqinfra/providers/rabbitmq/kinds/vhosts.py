"""The kind `vhosts`."""

from collections.abc import Iterable, Mapping, Sequence
from typing import TYPE_CHECKING

from pydantic import JsonValue
from typing_extensions import override

from mqinfra.model.address import Address
from mqinfra.model.change import Action, Change
from mqinfra.model.form import Form
from mqinfra.model.reading import Facts, Figures, Live
from mqinfra.model.setting import Problem
from mqinfra.model.span import Path
from mqinfra.model.spec import Spec
from mqinfra.model.story import Told
from mqinfra.providers.base.capabilities import DryRun, Weighed
from mqinfra.providers.base.context import ClusterContext
from mqinfra.providers.base.kind import Kind, KindReading, Objection, refusals, set_and_remove
from mqinfra.providers.base.request import Request, Result
from mqinfra.providers.base.telling import Scene, Telling
from mqinfra.providers.rabbitmq.io import vhost_reading, vhost_requests, vhost_run
from mqinfra.providers.rabbitmq.settings.tags import same_tags
from mqinfra.providers.rabbitmq.spec.paths import name_problem, path_problem
from mqinfra.providers.rabbitmq.spec.vhost import FIRST, KIND, LIMITS, VhostSpec, version_problem
from mqinfra.providers.rabbitmq.telling import entries

if TYPE_CHECKING:
    from mqinfra.providers.rabbitmq.io.client import RabbitClient


class VhostKind(Kind["RabbitClient"], Weighed["RabbitClient"], DryRun["RabbitClient"], Telling):
    """Vhosts."""

    broker = "rabbitmq"
    name = KIND
    title = "vhost"
    spec = VhostSpec
    entry = VhostSpec
    renaming = (
        "RabbitMQ renames no vhost: declare all of it in the new one too, move clients and messages, and then "
        "remove the old one"
    )
    overwrites = True
    forms = {("tags",): Form.SET}  # noqa: RUF012 - declared as ClassVar in Kind
    settings = {"limits": LIMITS}  # noqa: RUF012 - declared as ClassVar in Kind

    @override
    def told(self, changes: Iterable[Change], scene: Scene) -> Iterable[tuple[Address, Told]]:
        """Its description."""
        return entries.vhosts(changes)

    @override
    def same(self, path: Path, one: JsonValue, other: JsonValue) -> bool:
        """Compare tags as sets."""
        return same_tags(one, other) if path == ("tags",) else super().same(path, one, other)

    @override
    def name_problem(self, address: Address) -> Problem | None:
        """RabbitMQ takes any name but an empty one; the management API can't reach all of them."""
        return path_problem(address, ("VHOST",)) or name_problem(address.name, self.title, reserved=())

    @override
    def untouched(self, address: Address, live: Live) -> bool:
        """The vhost that a server makes at its first start; what type its queues have is up to rabbitmq.conf."""
        spec = live.spec
        if address.name != FIRST or not isinstance(spec, VhostSpec):
            return False
        said = spec.description in (None, "", "Default virtual host")
        return said and not spec.tags and not spec.limits and not spec.deletion_protection

    @override
    def requests(self, changes: Sequence[Change], facts: Facts) -> list[Request]:
        """One call for the vhost itself, and one for each limit and for protection."""
        return vhost_requests.requests_for(changes, facts.version_tuple)

    @override
    def inherited(self, facts: Facts) -> Mapping[Path, JsonValue]:
        """An empty description, no tags, no protection; and before 3.12, classic queues."""
        return vhost_reading.inherited(facts.version_tuple)

    @override
    def simulate(self, change: Change, live: Spec | None, facts: Facts) -> Spec | Problem | None:
        """Refuse what the version can't do, and what is protected."""
        before = live if isinstance(live, VhostSpec) else None
        if change.after is None or change.action is Action.DELETE:
            return _protected(change.address) if before is not None and before.deletion_protection else None
        problem = version_problem(change.wanted(VhostSpec), before, facts.version_tuple)
        return problem or set_and_remove(self.spec, change, live)

    @override
    def read(self, client: "RabbitClient", wanted: Iterable[Address] | None, context: ClusterContext) -> KindReading:
        """Read vhosts with two lists."""
        return vhost_reading.read(client, wanted, context.alias, self.inherited(context.facts))

    @override
    def figures(self, client: "RabbitClient", addresses: Sequence[Address]) -> Mapping[Address, Figures]:
        """Count what lies in them."""
        return vhost_reading.figures(client, addresses)

    @override
    def dry_run(self, client: "RabbitClient", changes: Sequence[Change], context: ClusterContext) -> list[Objection]:
        """Check versions and protection."""
        return refusals((change.address, self._problem(client, change, context.facts)) for change in changes)

    def _problem(self, client: "RabbitClient", change: Change, facts: Facts) -> Problem | None:
        if change.after is not None:
            before = VhostSpec.model_validate(change.before) if change.before is not None else None
            return version_problem(change.wanted(VhostSpec), before, facts.version_tuple)
        row = client.get("vhosts", change.address.name)
        protected = isinstance(row, dict) and vhost_reading.spec_of(row, {}).deletion_protection
        return _protected(change.address) if protected else None

    @override
    def run(self, client: "RabbitClient", request: Request, context: ClusterContext) -> Mapping[Address, Result]:
        """Send it, one vhost after the other."""
        return vhost_run.run(client, request)


def _protected(address: Address) -> Problem:
    return Problem(
        f"vhost `{address.name}` is protected from deletion",
        "declare it with `deletionProtection: false` and apply that first",
    )
