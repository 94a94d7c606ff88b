"""The kind `groups`: what each file beside this one knows of groups, put together."""

from collections.abc import Iterable, Mapping, Sequence
from typing import TYPE_CHECKING, Any, ClassVar

from pydantic import JsonValue
from typing_extensions import override

from mqinfra.model.address import Address
from mqinfra.model.change import Change
from mqinfra.model.declaration import Declaration
from mqinfra.model.names import NameAt
from mqinfra.model.promises import OF_CONSUMERS
from mqinfra.model.reading import Facts, Figures, Reading, Source
from mqinfra.model.setting import Problem, SettingTable
from mqinfra.model.span import Path
from mqinfra.model.spec import Spec
from mqinfra.model.topology import Flow
from mqinfra.providers.base.anchored import Anchored, Anchoring, Wish
from mqinfra.providers.base.capabilities import DryRun, Permitted, Weighed
from mqinfra.providers.base.context import ClusterContext
from mqinfra.providers.base.drawing import Drawing, Drawn, Line
from mqinfra.providers.base.entry_type import Sugar
from mqinfra.providers.base.expansion import Expansion
from mqinfra.providers.base.kind import Kind, KindReading, Objection
from mqinfra.providers.base.request import Request, Result
from mqinfra.providers.kafka import names
from mqinfra.providers.kafka.groups import anchoring, figures, reading, requests, rights, run, sandbox
from mqinfra.providers.kafka.groups.logs import LiveLogs, ModelLogs
from mqinfra.providers.kafka.groups.settings import FIRST, GROUP_SETTINGS
from mqinfra.providers.kafka.groups.spec import KIND, GroupEntry, GroupSpec, expand
from mqinfra.providers.kafka.topics.requests import KIND as TOPICS

if TYPE_CHECKING:
    from mqinfra.providers.kafka.api.client import KafkaClient

NEW_PARTITIONS = "num.partitions"
"""The brokers' own setting that says how many partitions a topic gets for which nobody says it."""


class GroupKind(
    Kind["KafkaClient"],
    Anchored["KafkaClient"],
    Sugar,
    Weighed["KafkaClient"],
    DryRun["KafkaClient"],
    Permitted["KafkaClient"],
    Drawn,
):
    """Groups. A group at work keeps its offsets."""

    broker = "kafka"
    name = KIND
    promises = OF_CONSUMERS
    title = "group"
    spec = GroupSpec
    entry = GroupEntry
    overwrites = True
    weighs = ("positions", "consumers")
    renaming = (
        "Kafka renames no group: the new one begins where `startAt` or its clients say, and where the old one stands "
        "is not taken over"
    )
    settings: ClassVar[Mapping[str, SettingTable]] = {"config": GROUP_SETTINGS}

    @override
    def names(self, data: Mapping[str, Any]) -> Iterable[NameAt]:
        """The topics that it reads."""
        return names.in_group(data)

    @override
    def name_problem(self, address: Address) -> Problem | None:
        """Kafka takes any name but an empty one."""
        if len(address.path) != 1 or address.pairs:
            return Problem(f"`{address}` is not a group's address", "expected CLUSTER/groups/NAME")
        return None if address.name else Problem("a group's name must not be empty", "choose a name")

    @override
    def expand(self, address: Address, entry: Spec) -> Expansion:
        """Point at the topics that it reads."""
        return expand(address, entry)

    @override
    def inherited(self, facts: Facts) -> Mapping[Path, JsonValue]:
        """The defaults that are built into Kafka."""
        if facts.version_tuple and facts.version_tuple < FIRST:
            return {}
        return {("config", setting.name): setting.default for setting in GROUP_SETTINGS}

    @override
    def lines(self, drawing: Drawing) -> Iterable[Line]:
        """From the topics that it reads."""
        for address, spec in drawing.of(self.name):
            for topic in spec.topics if isinstance(spec, GroupEntry) else ():
                source = Address(address.cluster, TOPICS, (topic,))
                yield Line(source, address, "read by", Flow.MEMBERSHIP, address)

    @override
    def requests(self, changes: Sequence[Change], facts: Facts) -> list[Request]:
        """IncrementalAlterConfigs, OffsetCommit and DeleteGroups."""
        return requests.requests_for(changes)

    @override
    def simulate(self, change: Change, live: Spec | None, facts: Facts) -> Spec | Problem | None:
        """Do what a broker does."""
        return sandbox.apply_change(change, live, facts)

    @override
    def anchor(
        self,
        client: "KafkaClient",
        wishes: Sequence[Wish],
        declared: Mapping[Address, Declaration],
        context: ClusterContext,
    ) -> Mapping[Address, Anchoring]:
        """Turn places in logs into offsets."""
        return anchoring.anchor(wishes, LiveLogs(client, context.alias, declared, _new(context.facts)))

    @override
    def anchor_in(
        self, reading: Reading, wishes: Sequence[Wish], declared: Mapping[Address, Declaration]
    ) -> Mapping[Address, Anchoring]:
        """The same where all topics are empty; a snapshot says nothing of what is in them."""
        lenient = reading.source is Source.SNAPSHOT
        return anchoring.anchor(wishes, ModelLogs(reading, declared, _new(reading.facts)), lenient=lenient)

    @override
    def read(self, client: "KafkaClient", wanted: Iterable[Address] | None, context: ClusterContext) -> KindReading:
        """List all, and ask of the wanted ones where they stand and what they have set."""
        return reading.read(client, wanted, context.alias, context.facts)

    @override
    def figures(self, client: "KafkaClient", addresses: Sequence[Address]) -> Mapping[Address, Figures]:
        """Name the members, and count the partitions in which they have read."""
        return figures.figures(client, addresses)

    @override
    def positions_in(self, spec: Spec) -> int:
        """Count those that are past the first record."""
        return sum(bool(offset) for some in GroupSpec.narrow(spec).offsets.values() for offset in some or ())

    @override
    def lacking(self, client: "KafkaClient", changes: Sequence[Change], context: ClusterContext) -> list[Objection]:
        """Read, Delete and AlterConfigs on the group, and Read on its topics."""
        return rights.lacks(client, changes)

    @override
    def dry_run(self, client: "KafkaClient", changes: Sequence[Change], context: ClusterContext) -> list[Objection]:
        """Ask with `validate_only` for settings, and who is in what is to be deleted."""
        return figures.objections(client, changes)

    @override
    def run(self, client: "KafkaClient", request: Request, context: ClusterContext) -> Mapping[Address, Result]:
        """Send one call."""
        return run.run(client, request)


def _new(facts: Facts) -> int:
    text = facts.traits.get(NEW_PARTITIONS, "")
    return int(text) if text.isdecimal() else 1
