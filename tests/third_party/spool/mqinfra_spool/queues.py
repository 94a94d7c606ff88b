"""The kind `queues`: folders of messages, which lie in spools."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from types import MappingProxyType
from typing import Annotated, ClassVar, Literal

from pydantic import Field, JsonValue
from typing_extensions import override

from mqinfra.model.address import Address
from mqinfra.model.change import Change
from mqinfra.model.declaration import Reference
from mqinfra.model.reading import Facts
from mqinfra.model.setting import Problem, Setting, SettingTable, SettingType, Unit, Value
from mqinfra.model.span import Path
from mqinfra.model.spec import Immutable, Spec
from mqinfra.model.topology import Flow
from mqinfra.providers.base.capabilities import DryRun
from mqinfra.providers.base.context import ClusterContext
from mqinfra.providers.base.drawing import Drawing, Drawn, Line
from mqinfra.providers.base.entry_type import Sugar
from mqinfra.providers.base.expansion import Expansion
from mqinfra.providers.base.kind import Objection, refusals, set_and_remove
from mqinfra.providers.base.placement import Placement
from mqinfra_spool.folder import Folder
from mqinfra_spool.folder_kind import HoldingKind
from mqinfra_spool.names import name_problem

MOST = 1_000_000
WEEK = 7 * 24 * 60 * 60 * 1000
CONFIG = SettingTable(
    (
        Setting(
            "retention.ms",
            SettingType.LONG,
            unit=Unit.MS,
            default=WEEK,
            minimum=1,
            description="How long a message is kept.",
        ),
        Setting("fsync", SettingType.BOOLEAN, default=False, description="Messages are on the disk before they count."),
    )
)
INHERITED: Mapping[Path, JsonValue] = MappingProxyType(
    {
        ("maxMessages",): 10_000,
        ("order",): "fifo",
        **{("config", setting.name): setting.default for setting in CONFIG},
    }
)


class QueueSpec(Spec):
    """A folder of messages.

    Attributes:
        max_messages: how many messages it holds. A full queue passes the oldest one on to `deadLetter`.
        dead_letter: name of a queue of the same spool, which gets what this one has no room for.
        order: `fifo` for the oldest message first, `lifo` for the newest; the names of the files rest on it.
        config: further settings, by the broker's own names; null takes one back to the broker's default.
    """

    max_messages: Annotated[int | None, Field(ge=1)] = None
    dead_letter: str | None = None
    order: Annotated[Literal["fifo", "lifo"] | None, Immutable] = None
    config: dict[str, Value | None] = Field(default_factory=dict)


class QueueKind(HoldingKind, Sugar, DryRun[Folder], Drawn):
    """Queues."""

    name = "queues"
    title = "queue"
    spec = QueueSpec
    entry = QueueSpec
    placement = Placement(nested_in="spools")
    settings: ClassVar[Mapping[str, SettingTable]] = {"config": CONFIG}

    @override
    def name_problem(self, address: Address) -> Problem | None:
        """It is the name of a folder in a spool."""
        return name_problem(address, "SPOOL", "QUEUE")

    @override
    def addresses(self, client: Folder, alias: str) -> list[Address]:
        """All folders of all spools."""
        return [Address(alias, self.name, (spool, queue)) for spool in client.names() for queue in client.names(spool)]

    @override
    def inherited(self, facts: Facts) -> Mapping[Path, JsonValue]:
        """What a queue has of which nobody said anything."""
        return INHERITED

    @override
    def expand(self, address: Address, entry: Spec) -> Expansion:
        """The queue of its dead letters has to be declared, or be there."""
        spec = QueueSpec.narrow(entry)
        if spec.dead_letter is None:
            return Expansion(spec)
        target = Address(address.cluster, self.name, (*address.path[:-1], spec.dead_letter))
        return Expansion(spec, references=(Reference(("deadLetter",), target, "dead letters", needed=False),))

    @override
    def simulate(self, change: Change, live: Spec | None, facts: Facts) -> Spec | Problem | None:
        """Do what the folder does."""
        return refused(change) or set_and_remove(self.spec, change, live)

    @override
    def dry_run(self, client: Folder, changes: Sequence[Change], context: ClusterContext) -> list[Objection]:
        """Say what no folder takes."""
        return refusals((change.address, refused(change)) for change in changes)

    @override
    def lines(self, drawing: Drawing) -> Iterable[Line]:
        """To the queue that gets what this one has no room for."""
        return overflows(drawing)

    @override
    def caption(self, spec: Spec) -> str:
        """How many messages it holds, where that is said."""
        most = QueueSpec.narrow(spec).max_messages
        return f"{most:,} messages" if most is not None else ""


def overflows(drawing: Drawing) -> Iterator[Line]:
    """From each queue to the one that gets what it has no room for."""
    for address, spec in drawing.of(QueueKind.name):
        to = QueueSpec.narrow(spec).dead_letter
        if to is not None:
            target = Address(address.cluster, address.kind, (address.path[0], to))
            yield Line(address, target, "no room", Flow.MESSAGES, address)


def refused(change: Change) -> Problem | None:
    """Why a change can't be made; None when it can."""
    if change.after is None:
        return None
    wanted = change.wanted(QueueSpec)
    if wanted.max_messages is not None and wanted.max_messages > MOST:
        message = f"a queue holds at most {MOST:,} messages, got {wanted.max_messages:,}"
        return Problem(message, "lower `maxMessages`", ("maxMessages",))
    if wanted.dead_letter == change.address.name:
        message = f"queue `{change.address.name}` is its own dead letter queue"
        return Problem(message, "name another queue", ("deadLetter",))
    return None
