"""The kind `queues`: what each file beside this one knows of queues, put together."""

from collections.abc import Iterable, Mapping, Sequence
from types import MappingProxyType
from typing import TYPE_CHECKING, ClassVar

from pydantic import JsonValue

from mqinfra.model.address import Address
from mqinfra.model.change import Change, FieldDifference, Undo
from mqinfra.model.declaration import Declaration
from mqinfra.model.loss import Counted, Loss
from mqinfra.model.reading import Facts, Figures, Live
from mqinfra.model.secret import SecretResolver
from mqinfra.model.setting import Problem, SettingTable
from mqinfra.model.span import Path
from mqinfra.model.spec import Spec
from mqinfra.providers.base.expansion import Conclusions, Expansion
from mqinfra.providers.base.kind import Kind, KindReading, Objection, Unset, refusals
from mqinfra.providers.base.losses import LossView
from mqinfra.providers.base.request import Request, Result
from mqinfra.providers.base.verdict import Verdict, Way
from mqinfra.providers.rabbitmq.io import policy_loss_counts, queue_figures, queue_reading, queue_requests, sending
from mqinfra.providers.rabbitmq.kinds import immutable_advice
from mqinfra.providers.rabbitmq.policy import effects as policy_effects
from mqinfra.providers.rabbitmq.policy import losses as policy_losses
from mqinfra.providers.rabbitmq.policy import merge as policy_merge
from mqinfra.providers.rabbitmq.settings.deprecations import told_by
from mqinfra.providers.rabbitmq.settings.queue_arguments import QUEUE_ARGUMENTS
from mqinfra.providers.rabbitmq.settings.typed import same_json
from mqinfra.providers.rabbitmq.spec import queue_refusals as queue_rules
from mqinfra.providers.rabbitmq.spec.paths import name_problem, path_problem
from mqinfra.providers.rabbitmq.spec.queue import KIND, QueueSpec
from mqinfra.providers.rabbitmq.spec.queue_entry import QueueEntry
from mqinfra.providers.rabbitmq.sugar import queue as queue_sugar

if TYPE_CHECKING:
    from mqinfra.providers.rabbitmq.io.client import RabbitClient


class QueueKind(Kind["RabbitClient"]):
    """Queues."""

    broker = "rabbitmq"
    name = KIND
    title = "queue"
    spec = QueueSpec
    entry = QueueEntry
    unset = Unset.REMOVED
    within = "vhosts"
    settings: ClassVar[Mapping[str, SettingTable]] = {"arguments": QUEUE_ARGUMENTS}

    def same(self, path: Path, one: JsonValue, other: JsonValue) -> bool:  # noqa: ARG002 - all fields alike
        """Compare with JSON types: 10, 10.0 and "10" are three values to the server."""
        return same_json(one, other)

    def classify(self, difference: FieldDifference, live: Live, facts: Facts) -> Verdict:
        """A queue never changes; say what a policy could do instead."""
        advice = immutable_advice.of_queue(difference, live, facts.version_tuple)
        return Verdict(Way.REPLACE, undo=Undo.NO, advice=advice)

    def internal(self, address: Address) -> str | None:
        """Names that begin with `amq.` are the server's."""
        return "the server names queues `amq.` itself" if address.name.startswith("amq.") else None

    def name_problem(self, address: Address) -> Problem | None:
        """A short string of AMQP, without line breaks; `amq.` is a matter of `internal`."""
        return path_problem(address, ("VHOST", "QUEUE")) or name_problem(address.name, self.title, reserved=())

    def expand(
        self,
        address: Address,
        entry: Spec,
        declared: Mapping[Address, Declaration] = MappingProxyType({}),  # noqa: ARG002
    ) -> Expansion:
        """Turn bindings, dead letters and retries into resources of their own."""
        return queue_sugar.expand(address, entry) if isinstance(entry, QueueEntry) else Expansion(entry)

    def conclude(self, declared: Mapping[Address, Declaration]) -> Conclusions:
        """Make the policies that dead letters need, over those that are declared."""
        return policy_merge.conclude(declared)

    def consequences(
        self, live: Mapping[Address, Spec], changes: Mapping[Address, Change], facts: Facts
    ) -> Mapping[Address, tuple[str, ...]]:
        """Say which settings of policies come into force or go, per queue and exchange."""
        return policy_effects.consequences(live, changes, facts)

    def losses(self, view: LossView) -> Iterable[tuple[Address, Loss]]:
        """Say which policies drop messages of which queues."""
        return policy_losses.losses(view)

    def requests(self, changes: Sequence[Change], facts: Facts) -> list[Request]:  # noqa: ARG002
        """PUT with everything said, and DELETE."""
        return queue_requests.requests_for(changes)

    def simulate(self, change: Change, live: Spec | None, facts: Facts) -> Spec | Problem | None:  # noqa: ARG002
        """Do what RabbitMQ does in a vhost whose default queue type is classic."""
        if change.after is None:
            return None
        wanted = change.wanted(QueueSpec)
        problem = next(queue_rules.problems(wanted, facts.version_tuple, told_by(facts)), None)
        return problem or QueueSpec.model_validate({"type": "classic", **change.after})

    def read(
        self,
        client: "RabbitClient",
        wanted: Iterable[Address] | None,
        facts: Facts,  # noqa: ARG002
        alias: str,
    ) -> KindReading:
        """Read queues, one list per vhost."""
        return queue_reading.read(client, wanted, alias)

    def look(
        self,
        client: "RabbitClient",
        wanted: Sequence[Address],
        facts: Facts,  # noqa: ARG002
        alias: str,
    ) -> KindReading:
        """Read queues without the policies that are in force on them."""
        return queue_reading.look(client, wanted, alias)

    def figures(self, client: "RabbitClient", addresses: Sequence[Address]) -> Mapping[Address, Figures]:
        """Count messages, name consumers, and list the bindings that would go too."""
        return queue_figures.figures(client, addresses)

    def count(self, client: "RabbitClient", losses: Sequence[Loss], facts: Facts) -> Mapping[Loss, Counted]:  # noqa: ARG002
        """Count what policies drop, in bulk."""
        return policy_loss_counts.count(client, losses)

    def dry_run(self, client: "RabbitClient", changes: Sequence[Change], facts: Facts) -> list[Objection]:  # noqa: ARG002
        """RabbitMQ has no dry run; apply its rules."""
        return refusals(
            (change.address, problem)
            for change in changes
            if change.after is not None
            for problem in queue_rules.problems(change.wanted(QueueSpec), facts.version_tuple, told_by(facts))
        )

    def run(
        self,
        client: "RabbitClient",
        request: Request,
        secrets: SecretResolver,  # noqa: ARG002
    ) -> Mapping[Address, Result]:
        """Send one request, queues side by side."""
        return sending.send(client, request, lambda address, body: queue_requests.call_of(request.api, address, body))
