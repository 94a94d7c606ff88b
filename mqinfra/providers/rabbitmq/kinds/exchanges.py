"""The kind `exchanges`: what each file beside this one knows of exchanges, put together."""

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from typing import TYPE_CHECKING, Any, ClassVar

from pydantic import JsonValue
from typing_extensions import override

from mqinfra.model.address import Address
from mqinfra.model.change import Change, FieldDifference, Undo
from mqinfra.model.holding import Holding
from mqinfra.model.names import NameAt
from mqinfra.model.reading import Facts, Figures, Live
from mqinfra.model.setting import Problem, SettingTable
from mqinfra.model.span import Path
from mqinfra.model.spec import Spec
from mqinfra.model.story import Told
from mqinfra.providers.base.capabilities import DryRun, Weighed
from mqinfra.providers.base.context import ClusterContext
from mqinfra.providers.base.drawing import Drawing, Drawn, Line
from mqinfra.providers.base.kind import Kind, KindReading, Objection, refusals
from mqinfra.providers.base.placement import Placement
from mqinfra.providers.base.request import Request, Result
from mqinfra.providers.base.telling import Scene, Telling
from mqinfra.providers.base.verdict import Verdict, Way
from mqinfra.providers.rabbitmq import names
from mqinfra.providers.rabbitmq.drawing import routes
from mqinfra.providers.rabbitmq.io import exchange_reading, exchange_requests, sending
from mqinfra.providers.rabbitmq.kinds import immutable_advice
from mqinfra.providers.rabbitmq.settings.exchange_arguments import EXCHANGE_ARGUMENTS, exchange_type_problem
from mqinfra.providers.rabbitmq.settings.typed import Version, same_json
from mqinfra.providers.rabbitmq.spec.exchange import KIND, ExchangeSpec
from mqinfra.providers.rabbitmq.spec.paths import name_problem, path_problem
from mqinfra.providers.rabbitmq.telling import entries

if TYPE_CHECKING:
    from mqinfra.providers.rabbitmq.io.client import RabbitClient

_TYPE = ("type",)


class ExchangeKind(Kind["RabbitClient"], Weighed["RabbitClient"], DryRun["RabbitClient"], Telling, Drawn):
    """Exchanges."""

    broker = "rabbitmq"
    name = KIND
    promises = frozenset({"throughput", "latency", "survives", "canary"})
    title = "exchange"
    holding = Holding.SETTINGS
    spec = ExchangeSpec
    entry = ExchangeSpec
    renaming = (
        "RabbitMQ renames no exchange: declare both with the same bindings, let publishers move to the new "
        "one, and then remove the old one"
    )
    placement = Placement(nested_in="vhosts")
    settings: ClassVar[Mapping[str, SettingTable]] = {"arguments": EXCHANGE_ARGUMENTS}
    name_form = names.NAME

    @override
    def names(self, data: Mapping[str, Any]) -> Iterable[NameAt]:
        """Where messages go that no binding takes."""
        return names.in_arguments(data)

    @override
    def told(self, changes: Iterable[Change], scene: Scene) -> Iterable[tuple[Address, Told]]:
        """Its type."""
        return entries.exchanges(changes)

    @override
    def same(self, path: Path, one: JsonValue, other: JsonValue) -> bool:
        """Compare with JSON types: 10, 10.0 and "10" are three values to the server."""
        return same_json(one, other)

    @override
    def classify(self, difference: FieldDifference, live: Live, facts: Facts) -> Verdict:
        """An exchange never changes; an alternate exchange can come from a policy too."""
        return Verdict(Way.REPLACE, undo=Undo.NO, advice=immutable_advice.of_exchange(difference, live))

    @override
    def internal(self, address: Address) -> str | None:
        """The default exchange and those that every vhost has belong to the server."""
        if address.name == "":
            return "it is the default exchange"
        return "exchanges that begin with `amq.` are the server's own" if address.name.startswith("amq.") else None

    @override
    def name_problem(self, address: Address) -> Problem | None:
        """A short string of AMQP, without line breaks; `amq.` is a matter of `internal`."""
        return path_problem(address, ("VHOST", "EXCHANGE")) or name_problem(address.name, self.title, reserved=())

    @override
    def lines(self, drawing: Drawing) -> Iterable[Line]:
        """To the alternate exchange."""
        return routes.of_exchanges(drawing)

    @override
    def caption(self, spec: Spec) -> str:
        """Its type."""
        return ExchangeSpec.narrow(spec).type

    @override
    def requests(self, changes: Sequence[Change], facts: Facts) -> list[Request]:
        """PUT with everything said, and DELETE."""
        return exchange_requests.requests_for(changes)

    @override
    def simulate(self, change: Change, live: Spec | None, facts: Facts) -> Spec | Problem | None:
        """Do what RabbitMQ does; where the types are not known, plugins count as enabled."""
        if change.after is None:
            return None
        wanted = change.wanted(ExchangeSpec)
        return _problem(wanted, facts.version_tuple, _offered(facts)) or wanted

    @override
    def read(self, client: "RabbitClient", wanted: Iterable[Address] | None, context: ClusterContext) -> KindReading:
        """Read exchanges, one list per vhost."""
        return exchange_reading.read(client, wanted, context.alias)

    @override
    def figures(self, client: "RabbitClient", addresses: Sequence[Address]) -> Mapping[Address, Figures]:
        """List the bindings that would go too."""
        return exchange_reading.figures(client, addresses)

    @override
    def dry_run(self, client: "RabbitClient", changes: Sequence[Change], context: ClusterContext) -> list[Objection]:
        """RabbitMQ has no dry run; apply its rules, with the types that the server says it has."""
        offered = client.exchange_types or None
        return refusals(
            (change.address, _problem(change.wanted(ExchangeSpec), context.facts.version_tuple, offered))
            for change in changes
            if change.after is not None
        )

    @override
    def run(self, client: "RabbitClient", request: Request, context: ClusterContext) -> Mapping[Address, Result]:
        """Send one request, exchanges side by side."""
        return sending.send(
            client, request, lambda address, body: exchange_requests.call_of(request.api, address, body)
        )


def _problem(wanted: ExchangeSpec, version: Version, offered: frozenset[str] | None) -> Problem | None:
    problem = exchange_type_problem(wanted.type, version, offered)
    return replace(problem, path=_TYPE) if problem is not None else None


def _offered(facts: Facts) -> frozenset[str] | None:
    """The types that a snapshot's server had; None when it does not say."""
    return frozenset(re.findall(r"[^\s,]+", facts.traits.get("exchange-types", ""))) or None
