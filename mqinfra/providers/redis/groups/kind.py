"""The kind `groups`: consumer groups of streams. What a group at work has, its position and its consumers, stays."""

from collections.abc import Iterable, Mapping, Sequence
from typing import TYPE_CHECKING

from pydantic import JsonValue
from typing_extensions import override

from mqinfra.model.address import Address
from mqinfra.model.change import Change, Cost, CostKind, FieldDifference, Undo
from mqinfra.model.declaration import Reference
from mqinfra.model.names import NameAt
from mqinfra.model.promises import OF_CONSUMERS
from mqinfra.model.reading import Facts, Figures, Live
from mqinfra.model.setting import Problem
from mqinfra.model.span import Path
from mqinfra.model.spec import Spec
from mqinfra.model.story import Told
from mqinfra.model.topology import Flow
from mqinfra.providers.base.capabilities import Permitted, Weighed
from mqinfra.providers.base.context import ClusterContext
from mqinfra.providers.base.drawing import Drawing, Drawn, Line
from mqinfra.providers.base.entry_type import Sugar
from mqinfra.providers.base.expansion import Expansion
from mqinfra.providers.base.kind import Kind, KindReading, Objection, set_and_remove
from mqinfra.providers.base.placement import Placement
from mqinfra.providers.base.request import Request, Result
from mqinfra.providers.base.telling import Scene, Telling
from mqinfra.providers.base.verdict import Verdict
from mqinfra.providers.redis import names
from mqinfra.providers.redis.addresses import GROUPS, STREAMS, own_key, path_problem
from mqinfra.providers.redis.api.acl_dry_run import about_keys
from mqinfra.providers.redis.api.entry_id import below
from mqinfra.providers.redis.api.run import run
from mqinfra.providers.redis.groups import reading as group_reading
from mqinfra.providers.redis.groups import requests as group_requests
from mqinfra.providers.redis.groups import telling as group_telling
from mqinfra.providers.redis.groups.spec import END, GroupSpec, ResetTo

if TYPE_CHECKING:
    from mqinfra.providers.redis.api.client import RedisClient


class GroupKind(Kind["RedisClient"], Sugar, Weighed["RedisClient"], Permitted["RedisClient"], Telling, Drawn):
    """Consumer groups."""

    broker = "redis"
    name = GROUPS
    promises = OF_CONSUMERS
    title = "consumer group"
    spec = GroupSpec
    entry = GroupSpec
    renaming = (
        "Redis renames no group: the new one begins where `startAt` says, and what the old one had delivered "
        "and not acknowledged goes with it"
    )
    placement = Placement(scoped_as="keys", inline_in=STREAMS)
    in_path = (NameAt((), (STREAMS,), names.KEY),)

    @override
    def told(self, changes: Iterable[Change], scene: Scene) -> Iterable[tuple[Address, Told]]:
        """From where one reads."""
        return group_telling.groups(changes)

    @override
    def label(self, address: Address) -> str:
        """Groups are named behind their stream."""
        return "/".join(address.path)

    @override
    def same(self, path: Path, one: JsonValue, other: JsonValue) -> bool:
        """Of `resetTo`, tell whether a group at the position `other` is left where it is."""
        if path == ("resetTo",) and isinstance(one, dict) and isinstance(other, str):
            return not ResetTo.model_validate(one).moves(other)
        return one == other

    @override
    def classify(self, difference: FieldDifference, live: Live, facts: Facts) -> Verdict:
        """Say whether moving a group delivers entries again or skips some."""
        if difference.path != ("resetTo",) or not isinstance(difference.after, dict):
            return Verdict()
        to = str(difference.after["to"])
        position = str(live.inherited.get(("resetTo",)) or "0-0")
        if to != END and below(to, position):
            count = live.inherited.get(("entriesRead",)) if to == "0-0" else None
            many = f"up to {count:,} entries" if isinstance(count, int) else "entries"
            text = f"{many} after `{to}` up to `{position}` are delivered again"
            cost = Cost(kind=CostKind.SEMANTICS_CHANGED, text=text, path=difference.path)
            return Verdict(costs=(cost,), undo=Undo.NO)
        lag = live.inherited.get(("lag",)) if to == END else None
        many = f"{lag:,} entries" if isinstance(lag, int) else "entries"
        upto = "now" if to == END else f"`{to}`"
        text = f"{many} after `{position}` up to {upto} are skipped: this group never gets them"
        cost = Cost(
            kind=CostKind.MESSAGES_LOST, text=text, path=difference.path, number=lag if isinstance(lag, int) else None
        )
        return Verdict(costs=(cost,), undo=Undo.NO)

    @override
    def name_problem(self, address: Address) -> Problem | None:
        """A group lies in a stream."""
        if len(address.path) == 1 and not address.pairs:
            return Problem(
                f"`{address.name}` does not name its stream",
                "declare groups under their stream: `streams: {STREAM: {groups: {GROUP: {}}}}`",
            )
        return path_problem(address, 2)

    @override
    def internal(self, address: Address) -> str | None:
        """Keep out of what mqinfra keeps there itself."""
        return own_key(address)

    @override
    def expand(self, address: Address, entry: Spec) -> Expansion:
        """A group needs its stream."""
        stream = Address(address.cluster, STREAMS, address.path[:1])
        return Expansion(GroupSpec.narrow(entry), references=(Reference((), stream, "its stream"),))

    @override
    def lines(self, drawing: Drawing) -> Iterable[Line]:
        """From its stream."""
        for address, _ in drawing.of(self.name):
            stream = Address(address.cluster, STREAMS, address.path[:1])
            yield Line(stream, address, "group", Flow.MEMBERSHIP, address)

    @override
    def requests(self, changes: Sequence[Change], facts: Facts) -> list[Request]:
        """XGROUP CREATE, XGROUP SETID and XGROUP DESTROY."""
        return group_requests.requests_for(changes)

    @override
    def simulate(self, change: Change, live: Spec | None, facts: Facts) -> Spec | Problem | None:
        """Do what Redis does."""
        return set_and_remove(self.spec, change, live)

    @override
    def read(self, client: "RedisClient", wanted: Iterable[Address] | None, context: ClusterContext) -> KindReading:
        """Read groups with XINFO GROUPS, once per stream."""
        return group_reading.read(client, wanted, context.alias)

    @override
    def figures(self, client: "RedisClient", addresses: Sequence[Address]) -> Mapping[Address, Figures]:
        """Count pending entries, and name the consumers that were active a moment ago."""
        return group_reading.figures(client, addresses)

    @override
    def lacking(self, client: "RedisClient", changes: Sequence[Change], context: ClusterContext) -> list[Objection]:
        """Ask with ACL DRYRUN."""
        return about_keys(client, group_requests.requests_for(changes), group_requests.call_of)

    @override
    def run(self, client: "RedisClient", request: Request, context: ClusterContext) -> Mapping[Address, Result]:
        """Send one request, each command to the server of its key."""
        return run(client, request, group_requests.call_of)
