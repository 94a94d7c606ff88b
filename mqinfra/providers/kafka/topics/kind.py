"""The kind `topics`: what each file beside this one knows of topics, put together."""

from collections.abc import Iterable, Mapping, Sequence
from typing import TYPE_CHECKING, Any, ClassVar

from pydantic import JsonValue
from typing_extensions import override

from mqinfra.model.address import Address
from mqinfra.model.change import Change, FieldDifference
from mqinfra.model.loss import Counted, Loss
from mqinfra.model.names import NameAt
from mqinfra.model.promises import PROMISES
from mqinfra.model.reading import Facts, Figures, Live
from mqinfra.model.setting import Problem, SettingTable
from mqinfra.model.span import Path
from mqinfra.model.spec import Spec
from mqinfra.model.story import Told
from mqinfra.providers.base.capabilities import (
    ComparedWithLive,
    DryRun,
    LookedAt,
    Losing,
    Permitted,
    Weighed,
    deviation_by_value,
)
from mqinfra.providers.base.context import ClusterContext
from mqinfra.providers.base.drawing import Drawing, Drawn, Line
from mqinfra.providers.base.entry_type import Sugar
from mqinfra.providers.base.expansion import Expansion
from mqinfra.providers.base.gradual import Gradual
from mqinfra.providers.base.kind import Kind, KindReading, Objection
from mqinfra.providers.base.losses import LossView
from mqinfra.providers.base.recognition import Recognising, Seen
from mqinfra.providers.base.request import Lost, Refused, Request, Result, UnderWay
from mqinfra.providers.base.telling import Scene, Telling
from mqinfra.providers.base.verdict import Verdict
from mqinfra.providers.kafka import names
from mqinfra.providers.kafka.topics import costs as topic_costs
from mqinfra.providers.kafka.topics import dry_run as topic_dry_run
from mqinfra.providers.kafka.topics import figures as topic_figures
from mqinfra.providers.kafka.topics import losses as topic_losses
from mqinfra.providers.kafka.topics import names as topic_names
from mqinfra.providers.kafka.topics import placement as topic_placement
from mqinfra.providers.kafka.topics import reading as topic_reading
from mqinfra.providers.kafka.topics import requests as topic_requests
from mqinfra.providers.kafka.topics import rights as topic_rights
from mqinfra.providers.kafka.topics import run as topic_run
from mqinfra.providers.kafka.topics import sandbox as topic_sandbox
from mqinfra.providers.kafka.topics import spec as topic_spec
from mqinfra.providers.kafka.topics import telling as topic_telling
from mqinfra.providers.kafka.topics.fields import REPLICATION
from mqinfra.providers.kafka.topics.settings import TOPIC_SETTINGS, settings_of

if TYPE_CHECKING:
    from mqinfra.providers.kafka.api.client import KafkaClient


class TopicKind(
    Kind["KafkaClient"],
    ComparedWithLive,
    LookedAt["KafkaClient"],
    Sugar,
    Weighed["KafkaClient"],
    Losing["KafkaClient"],
    DryRun["KafkaClient"],
    Gradual["KafkaClient"],
    Telling,
    Drawn,
    Recognising,
    Permitted["KafkaClient"],
):
    """Topics."""

    broker = "kafka"
    name = topic_requests.KIND
    promises = frozenset(PROMISES)
    title = "topic"
    spec = topic_spec.TopicSpec
    entry = topic_spec.TopicEntry
    renaming = (
        "Kafka renames no topic: declare both, let producers write to the new one, let consumers read the old "
        "one to its end, as its groups' positions are not taken over, and then remove it"
    )
    settings: ClassVar[Mapping[str, SettingTable]] = {"config": TOPIC_SETTINGS}
    name_form = names.TOPIC

    @override
    def names(self, data: Mapping[str, Any]) -> Iterable[NameAt]:
        """The topic of its dead letters, and subjects that are named."""
        return names.in_topic(data)

    @override
    def told(self, changes: Iterable[Change], scene: Scene) -> Iterable[tuple[Address, Told]]:
        """What it holds first."""
        return topic_telling.topics(changes)

    @override
    def classify(self, difference: FieldDifference, live: Live, facts: Facts) -> Verdict:
        """Say what a difference costs: order, retention, meaning."""
        return topic_costs.verdict(difference, live)

    @override
    def deviation(self, path: Path, wanted: JsonValue, found: JsonValue, live: Live) -> str | None:
        """Take a value that a topic only inherits for a difference: it would go when the brokers' default moves."""
        if path == REPLICATION and path in live.mixed:
            return topic_placement.said_of(live)
        said = deviation_by_value(self, path, wanted, found)
        if said is None and len(path) == 2 and live.spec.field(path) is None:
            return "the brokers' default too, and pinned"
        return said

    @override
    def internal(self, address: Address) -> str | None:
        """Why the topic belongs to Kafka or its tools."""
        return topic_names.internal_reason(address.name)

    @override
    def name_problem(self, address: Address) -> Problem | None:
        """Why Kafka would refuse the name. A topic lies in nothing: with more segments it would be another's name."""
        if len(address.path) != 1 or address.pairs:
            return Problem(
                f"`{address}` is not a topic's address: a topic has one name after the kind",
                "expected CLUSTER/topics/NAME",
            )
        return topic_names.name_problem(address.name)

    @override
    def expand(self, address: Address, entry: Spec) -> Expansion:
        """Turn `deadLetter` into a topic of its own."""
        return topic_spec.expand(address, entry)

    @override
    def recognise(self, seen: Seen) -> None:
        """Find topics that are for the dead letters of others."""
        from mqinfra.providers.kafka.topics import recognition  # noqa: PLC0415 - only `export` looks for sugar

        recognition.recognise(self.name, seen)

    @override
    def inherited(self, facts: Facts) -> Mapping[Path, JsonValue]:
        """The defaults that are built into the cluster's Kafka version."""
        return {("config", setting.name): setting.default for setting in settings_of(facts.version_tuple)}

    @override
    def lines(self, drawing: Drawing) -> Iterable[Line]:
        """To the topic of its dead letters."""
        return drawing.referring(self.name, topic_spec.DEAD_LETTERS)

    @override
    def caption(self, spec: Spec) -> str:
        """How many partitions it has, where that is said."""
        partitions = topic_spec.TopicSpec.narrow(spec).partitions
        return f"{partitions:,} partition{'s' if partitions != 1 else ''}" if partitions is not None else ""

    @override
    def requests(self, changes: Sequence[Change], facts: Facts) -> list[Request]:
        """CreateTopics, CreatePartitions, IncrementalAlterConfigs, AlterPartitionReassignments and DeleteTopics."""
        return topic_requests.requests_for(changes)

    @override
    def simulate(self, change: Change, live: Spec | None, facts: Facts) -> Spec | Problem | None:
        """Do what a broker does, its refusals included."""
        return topic_sandbox.apply_change(change, live, facts)

    @override
    def read(self, client: "KafkaClient", wanted: Iterable[Address] | None, context: ClusterContext) -> KindReading:
        """Read topics with DescribeTopics and DescribeConfigs."""
        return topic_reading.read(client, wanted, context.alias)

    @override
    def look(self, client: "KafkaClient", wanted: Sequence[Address], context: ClusterContext) -> KindReading:
        """Read them the same way, without a list of all."""
        return topic_reading.look(client, wanted)

    @override
    def figures(self, client: "KafkaClient", addresses: Sequence[Address]) -> Mapping[Address, Figures]:
        """Count messages by offsets, and name the groups with members."""
        return topic_figures.figures(client, addresses)

    @override
    def losses(self, view: LossView) -> Iterable[tuple[Address, Loss]]:
        """Lowered retention, another cleanup policy, remote storage turned off, and more partitions."""
        return topic_losses.losses(view)

    @override
    def count(self, client: "KafkaClient", losses: Sequence[Loss], context: ClusterContext) -> Mapping[Loss, Counted]:
        """Count by timestamps and offsets, and name the groups that would miss something."""
        return topic_losses.count(client, losses)

    @override
    def lacking(self, client: "KafkaClient", changes: Sequence[Change], context: ClusterContext) -> list[Objection]:
        """Ask of topics that go, and of what is to be read back; of all else the dry run tells."""
        return topic_rights.lacks(client, changes)

    @override
    def dry_run(self, client: "KafkaClient", changes: Sequence[Change], context: ClusterContext) -> list[Objection]:
        """Ask with `validate_only`."""
        return topic_dry_run.objections(client, changes)

    @override
    def run(self, client: "KafkaClient", request: Request, context: ClusterContext) -> Mapping[Address, Result]:
        """Send one call."""
        return topic_run.run(client, request)

    @override
    def go_on(
        self, client: "KafkaClient", changes: Sequence[Change], context: ClusterContext
    ) -> Mapping[Address, UnderWay | Refused | Lost]:
        """Move replicas on."""
        from mqinfra.providers.kafka.topics import replicas  # noqa: PLC0415 - few plans move replicas

        return replicas.go_on(client, changes)
