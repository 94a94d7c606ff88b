"""The kind `queues`: what each file beside this one knows of queues, put together."""

from collections.abc import Collection, Iterable, Mapping, Sequence
from typing import TYPE_CHECKING, Any, ClassVar

from pydantic import JsonValue
from typing_extensions import override

from mqinfra.model.address import Address
from mqinfra.model.change import Change, FieldDifference, Undo
from mqinfra.model.declaration import Declaration
from mqinfra.model.loss import Counted, Loss
from mqinfra.model.names import NameAt
from mqinfra.model.promises import PROMISES
from mqinfra.model.reading import Facts, Figures, Live
from mqinfra.model.setting import Problem, SettingTable
from mqinfra.model.span import Path
from mqinfra.model.spec import Spec
from mqinfra.model.story import Effect, Told
from mqinfra.providers.base.capabilities import Draining, DryRun, Influential, LookedAt, Losing, Ordered, Weighed
from mqinfra.providers.base.context import ClusterContext
from mqinfra.providers.base.drawing import Drawing, Drawn, Line
from mqinfra.providers.base.entry_type import DeferredSugar, Sugar
from mqinfra.providers.base.expansion import Expansion, Expansions
from mqinfra.providers.base.kind import Kind, KindReading, Objection, refusals
from mqinfra.providers.base.losses import LossView
from mqinfra.providers.base.placement import Placement
from mqinfra.providers.base.recognition import Recognising, Seen
from mqinfra.providers.base.request import Request, Result
from mqinfra.providers.base.telling import Scene, Telling
from mqinfra.providers.base.verdict import Verdict, Way
from mqinfra.providers.rabbitmq import names
from mqinfra.providers.rabbitmq.drawing import routes
from mqinfra.providers.rabbitmq.io import policy_loss_counts, queue_figures, queue_reading, queue_requests, sending
from mqinfra.providers.rabbitmq.kinds import immutable_advice
from mqinfra.providers.rabbitmq.policy import draining as policy_draining
from mqinfra.providers.rabbitmq.policy import effects as policy_effects
from mqinfra.providers.rabbitmq.policy import losses as policy_losses
from mqinfra.providers.rabbitmq.policy import merge as policy_merge
from mqinfra.providers.rabbitmq.policy import moves as policy_moves
from mqinfra.providers.rabbitmq.policy import precedence as policy_precedence
from mqinfra.providers.rabbitmq.records.names import own_queue
from mqinfra.providers.rabbitmq.settings.deprecations import told_by
from mqinfra.providers.rabbitmq.settings.queue_arguments import QUEUE_ARGUMENTS
from mqinfra.providers.rabbitmq.settings.typed import same_json
from mqinfra.providers.rabbitmq.spec import queue_refusals as queue_rules
from mqinfra.providers.rabbitmq.spec.paths import name_problem, path_problem
from mqinfra.providers.rabbitmq.spec.queue import KIND, QueueSpec
from mqinfra.providers.rabbitmq.spec.queue_entry import QueueEntry
from mqinfra.providers.rabbitmq.sugar import queue as queue_sugar
from mqinfra.providers.rabbitmq.sugar import recognition as queue_recognition
from mqinfra.providers.rabbitmq.telling import queues as queue_telling

if TYPE_CHECKING:
    from mqinfra.providers.rabbitmq.io.client import RabbitClient


class QueueKind(
    Kind["RabbitClient"],
    Sugar,
    DeferredSugar,
    Influential,
    Telling,
    Ordered,
    Draining,
    Losing["RabbitClient"],
    LookedAt["RabbitClient"],
    Weighed["RabbitClient"],
    DryRun["RabbitClient"],
    Drawn,
    Recognising,
):
    """Queues."""

    broker = "rabbitmq"
    name = KIND
    promises = frozenset(PROMISES)
    title = "queue"
    spec = QueueSpec
    entry = QueueEntry
    renaming = (
        "RabbitMQ renames no queue: declare both, bind the new one, let consumers drain the old one (or a "
        "shovel move the rest), and then remove it"
    )
    placement = Placement(nested_in="vhosts")
    settings: ClassVar[Mapping[str, SettingTable]] = {"arguments": QUEUE_ARGUMENTS}
    name_form = names.NAME

    @override
    def names(self, data: Mapping[str, Any]) -> Iterable[NameAt]:
        """What its sugar and arguments lead to."""
        return names.in_queue(data)

    @override
    def same(self, path: Path, one: JsonValue, other: JsonValue) -> bool:
        """Compare with JSON types: 10, 10.0 and "10" are three values to the server."""
        return same_json(one, other)

    @override
    def classify(self, difference: FieldDifference, live: Live, facts: Facts) -> Verdict:
        """A queue never changes; say what a policy could do instead."""
        advice = immutable_advice.of_queue(difference, live, facts.version_tuple)
        return Verdict(Way.REPLACE, undo=Undo.NO, advice=advice)

    @override
    def internal(self, address: Address) -> str | None:
        """Names that begin with `amq.` are the server's, and some are ours."""
        return "the server names queues `amq.` itself" if address.name.startswith("amq.") else own_queue(address.name)

    @override
    def name_problem(self, address: Address) -> Problem | None:
        """A short string of AMQP, without line breaks; `amq.` is a matter of `internal`."""
        return path_problem(address, ("VHOST", "QUEUE")) or name_problem(address.name, self.title, reserved=())

    @override
    def expand(self, address: Address, entry: Spec) -> Expansion:
        """Turn bindings, dead letters and retries into resources of their own."""
        return queue_sugar.expand(address, entry) if isinstance(entry, QueueEntry) else Expansion(entry)

    @override
    def recognise(self, seen: Seen) -> None:
        """Find bindings, dead letters and retries that queues could say themselves."""
        queue_recognition.recognise(seen)

    @override
    def expand_deferred(self, declared: Mapping[Address, Declaration]) -> Expansions:
        """Make the policies that dead letters need, over those that are declared."""
        return policy_merge.expand_deferred(declared)

    @override
    def consequences(
        self, live: Mapping[Address, Spec], changes: Mapping[Address, Change], facts: Facts
    ) -> Mapping[Address, tuple[str, ...]]:
        """Say what routes that move mean."""
        return {**policy_moves.of_policies(live, changes, facts), **policy_moves.of_bindings(live, changes)}

    @override
    def effects(
        self, live: Mapping[Address, Spec], changes: Mapping[Address, Change], facts: Facts
    ) -> Mapping[Address, tuple[Effect, ...]]:
        """Say which settings of policies come into force or go."""
        return policy_effects.told(live, changes, facts)

    @override
    def told(self, changes: Iterable[Change], scene: Scene) -> Iterable[tuple[Address, Told]]:
        """Its type, where messages come from, and where those go that fail."""
        return queue_telling.queues(changes, scene)

    @override
    def precedence(
        self, live: Mapping[Address, Spec], changes: Mapping[Address, Change], facts: Facts
    ) -> Iterable[tuple[Address, Address]]:
        """Say what has to be seen before routes, queues and policies go, so that no message is lost on the way."""
        return policy_precedence.precedence(live, changes, facts)

    @override
    def empties_itself(self, spec: Spec) -> bool:
        """Delays send their messages on once they waited."""
        return policy_moves.delay_of(spec) is not None

    @override
    def draining(
        self,
        live: Mapping[Address, Spec],
        after: Mapping[Address, Spec],
        going: Collection[Address],
        holding: Mapping[Address, int | None],
        facts: Facts,
    ) -> Mapping[Address, str]:
        """Old retries stay until all messages came back from them, and what dead letters are led to stays."""
        return policy_draining.draining(live, after, going, holding, facts)

    @override
    def losses(self, view: LossView) -> Iterable[tuple[Address, Loss]]:
        """Say which policies drop messages of which queues."""
        return policy_losses.losses(view)

    @override
    def lines(self, drawing: Drawing) -> Iterable[Line]:
        """Where dead letters and what waited go."""
        return routes.of_queues(drawing)

    @override
    def caption(self, spec: Spec) -> str:
        """Its type."""
        return QueueSpec.narrow(spec).type or ""

    @override
    def requests(self, changes: Sequence[Change], facts: Facts) -> list[Request]:
        """PUT with everything said, and DELETE."""
        return queue_requests.requests_for(changes)

    @override
    def simulate(self, change: Change, live: Spec | None, facts: Facts) -> Spec | Problem | None:
        """Do what RabbitMQ does in a vhost whose default queue type is classic."""
        if change.after is None:
            return None
        wanted = change.wanted(QueueSpec)
        problem = next(queue_rules.problems(wanted, facts.version_tuple, told_by(facts)), None)
        return problem or QueueSpec.model_validate({"type": "classic", **change.after})

    @override
    def read(self, client: "RabbitClient", wanted: Iterable[Address] | None, context: ClusterContext) -> KindReading:
        """Read queues, one list per vhost."""
        return queue_reading.read(client, wanted, context.alias)

    @override
    def look(self, client: "RabbitClient", wanted: Sequence[Address], context: ClusterContext) -> KindReading:
        """Read queues without the policies that are in force on them."""
        return queue_reading.look(client, wanted, context.alias)

    @override
    def figures(self, client: "RabbitClient", addresses: Sequence[Address]) -> Mapping[Address, Figures]:
        """Count messages, name consumers, and list the bindings that would go too."""
        return queue_figures.figures(client, addresses)

    @override
    def count(self, client: "RabbitClient", losses: Sequence[Loss], context: ClusterContext) -> Mapping[Loss, Counted]:
        """Count what policies drop, in bulk."""
        return policy_loss_counts.count(client, losses)

    @override
    def dry_run(self, client: "RabbitClient", changes: Sequence[Change], context: ClusterContext) -> list[Objection]:
        """RabbitMQ has no dry run; apply its rules."""
        return refusals(
            (change.address, problem)
            for change in changes
            if change.after is not None
            for problem in queue_rules.problems(
                change.wanted(QueueSpec), context.facts.version_tuple, told_by(context.facts)
            )
        )

    @override
    def run(self, client: "RabbitClient", request: Request, context: ClusterContext) -> Mapping[Address, Result]:
        """Send one request, queues side by side."""
        return sending.send(client, request, lambda address, body: queue_requests.call_of(request.api, address, body))
