"""The kind `policies`: what each file beside this one knows of policies, put together."""

from collections.abc import Iterable, Mapping, Sequence
from typing import TYPE_CHECKING, Any, ClassVar

from pydantic import JsonValue
from typing_extensions import override

from mqinfra.model.address import Address
from mqinfra.model.change import Action, Change
from mqinfra.model.form import Form
from mqinfra.model.holding import Holding
from mqinfra.model.names import NameAt
from mqinfra.model.reading import Facts
from mqinfra.model.setting import Problem, SettingTable
from mqinfra.model.span import Path
from mqinfra.model.spec import Spec
from mqinfra.model.story import Told
from mqinfra.providers.base.capabilities import DryRun, Guarding, TakesEffect, Weighty
from mqinfra.providers.base.context import ClusterContext
from mqinfra.providers.base.drawing import Drawing, Drawn, Line
from mqinfra.providers.base.kind import Kind, KindReading, Objection, refusals
from mqinfra.providers.base.placement import Placement
from mqinfra.providers.base.request import Request, Result
from mqinfra.providers.base.telling import Scene, Telling
from mqinfra.providers.rabbitmq import names
from mqinfra.providers.rabbitmq.drawing import routes
from mqinfra.providers.rabbitmq.io import policy_in_force, policy_reading, policy_requests
from mqinfra.providers.rabbitmq.pattern.regex import compile_pattern
from mqinfra.providers.rabbitmq.settings.deprecations import told_by
from mqinfra.providers.rabbitmq.settings.policy_keys import POLICY_KEYS
from mqinfra.providers.rabbitmq.settings.typed import TypedTable, same_json
from mqinfra.providers.rabbitmq.spec import policy_refusals as policy_rules
from mqinfra.providers.rabbitmq.spec.paths import path_problem
from mqinfra.providers.rabbitmq.spec.policy import KIND, PolicySpec
from mqinfra.providers.rabbitmq.telling import policies

if TYPE_CHECKING:
    from mqinfra.providers.rabbitmq.io.client import RabbitClient

_REACHED = ("queues", "exchanges")
_UNADDRESSABLE = (".", "..")


class PolicyKind(
    Kind["RabbitClient"], Weighty, TakesEffect["RabbitClient"], DryRun["RabbitClient"], Guarding, Telling, Drawn
):
    """Policies.

    Attributes:
        resource: what the management API calls the kind.
        keys: the keys that its definitions may set.
    """

    broker = "rabbitmq"
    name = KIND
    title = "policy"
    spec: ClassVar[type[PolicySpec]] = PolicySpec
    entry: ClassVar[type[Spec]] = PolicySpec
    placement = Placement(nested_in="vhosts")
    overwrites = True
    holding = Holding.SETTINGS
    forms: ClassVar[Mapping[Path, Form]] = {("pattern",): Form.REGEX}
    settings: ClassVar[Mapping[str, SettingTable]] = {"definition": POLICY_KEYS}
    resource: ClassVar[str] = "policies"
    keys: ClassVar[TypedTable] = POLICY_KEYS

    @override
    def names(self, data: Mapping[str, Any]) -> Iterable[NameAt]:
        """What it reaches, and where it leads dead letters."""
        return names.in_policy(data)

    @override
    def told(self, changes: Iterable[Change], scene: Scene) -> Iterable[tuple[Address, Told]]:
        """What it reaches and says, and what it leaves alone."""
        return policies.policies(changes, scene)

    @override
    def same(self, path: Path, one: JsonValue, other: JsonValue) -> bool:
        """Compare with JSON types, as the server does."""
        return same_json(one, other)

    @override
    def name_problem(self, address: Address) -> Problem | None:
        """Policies are no things of AMQP: any name goes, of any length, that can stand in a URL."""
        problem = path_problem(address, ("VHOST", "POLICY"))
        if problem is None and (not address.name or address.name in _UNADDRESSABLE):
            problem = Problem(f"`{address.name}` is not a valid name for a {self.title}", "choose another name")
        return problem

    @override
    def reached(self, spec: Spec, among: Iterable[Address], own: Address) -> Iterable[Address]:
        """Queues and exchanges of its vhost whose names it matches; all of them where its pattern can't be read."""
        policy = self.spec.narrow(spec)
        pattern = compile_pattern(policy.pattern)
        for address in among:
            near = address.cluster == own.cluster and address.path[:-1] == own.path[:1] and address.kind in _REACHED
            if near and (isinstance(pattern, Problem) or pattern.matches(address.name)):
                yield address

    @override
    def lines(self, drawing: Drawing) -> Iterable[Line]:
        """To what it is in force on."""
        return routes.of_policies(drawing, self.name)

    @override
    def requests(self, changes: Sequence[Change], facts: Facts) -> list[Request]:
        """PUT with everything said, and DELETE."""
        return policy_requests.requests_for(changes, kind=self.name, resource=self.resource)

    @override
    def simulate(self, change: Change, live: Spec | None, facts: Facts) -> Spec | Problem | None:
        """Do what RabbitMQ does: a policy is written whole, and an update leaves the rest as it is."""
        if change.after is None:
            return None
        data = change.after
        if change.action is Action.UPDATE and live is not None:
            data = policy_requests.merged(live.to_json(), policy_requests.difference_of(change))
        wanted = self.spec.model_validate(data)
        return next(policy_rules.problems(wanted, facts.version_tuple, self.keys, told_by(facts)), None) or wanted

    @override
    def read(self, client: "RabbitClient", wanted: Iterable[Address] | None, context: ClusterContext) -> KindReading:
        """Read policies, one list per vhost."""
        return policy_reading.read(
            client, wanted, context.alias, kind=self.name, resource=self.resource, spec=self.spec
        )

    @override
    def dry_run(self, client: "RabbitClient", changes: Sequence[Change], context: ClusterContext) -> list[Objection]:
        """RabbitMQ has no dry run; apply its rules."""
        return refusals(
            (change.address, problem)
            for change in changes
            if change.after is not None
            for problem in policy_rules.problems(
                change.wanted(self.spec), context.facts.version_tuple, self.keys, told_by(context.facts)
            )
        )

    @override
    def not_in_force(
        self, client: "RabbitClient", changes: Sequence[Change], context: ClusterContext
    ) -> Mapping[Address, str]:
        """See which queues don't show yet where their dead letters go."""
        return policy_in_force.not_in_force(client, changes)

    @override
    def run(self, client: "RabbitClient", request: Request, context: ClusterContext) -> Mapping[Address, Result]:
        """Send one request, policies side by side."""
        return policy_requests.run(client, request, self.resource)
