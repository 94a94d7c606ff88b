"""The kind `streams`: what each file beside this one knows of streams, put together."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from types import MappingProxyType
from typing import TYPE_CHECKING, Any, ClassVar

from pydantic import JsonValue
from typing_extensions import override

from mqinfra.model.address import Address
from mqinfra.model.change import Change, Cost, CostKind, FieldDifference
from mqinfra.model.loss import Counted, Loss
from mqinfra.model.names import NameAt
from mqinfra.model.promises import PROMISES
from mqinfra.model.reading import Facts, Figures, Live
from mqinfra.model.setting import Problem, SettingTable
from mqinfra.model.span import Path
from mqinfra.model.spec import Spec
from mqinfra.providers.base.capabilities import ComparedWithLive, DryRun, Losing, Permitted, Weighed, deviation_by_value
from mqinfra.providers.base.context import ClusterContext
from mqinfra.providers.base.drawing import Drawing, Drawn, Line
from mqinfra.providers.base.entry_type import Sugar
from mqinfra.providers.base.expansion import Expansion
from mqinfra.providers.base.kind import Kind, KindReading, Objection, set_and_remove
from mqinfra.providers.base.losses import LossView
from mqinfra.providers.base.placement import Placement
from mqinfra.providers.base.recognition import Recognising, Seen
from mqinfra.providers.base.request import Request, Result
from mqinfra.providers.base.verdict import Verdict
from mqinfra.providers.redis import names
from mqinfra.providers.redis.addresses import STREAMS, own_key, path_problem
from mqinfra.providers.redis.api.acl_dry_run import about_keys
from mqinfra.providers.redis.api.entry_id import below, parse
from mqinfra.providers.redis.api.run import run
from mqinfra.providers.redis.streams import figures as stream_figures
from mqinfra.providers.redis.streams import losses as stream_losses
from mqinfra.providers.redis.streams import reading as stream_reading
from mqinfra.providers.redis.streams import recognition as stream_recognition
from mqinfra.providers.redis.streams import requests as stream_requests
from mqinfra.providers.redis.streams import spec as stream_spec

if TYPE_CHECKING:
    from mqinfra.providers.redis.api.client import RedisClient

_XCFGSET_SINCE = (8, 6)
_NO_IDEMPOTENCE = Problem(
    "this server does not store settings of idempotent producers", "Redis 8.6 does; remove the field"
)


class StreamKind(
    Kind["RedisClient"],
    ComparedWithLive,
    Losing["RedisClient"],
    Sugar,
    Weighed["RedisClient"],
    DryRun["RedisClient"],
    Drawn,
    Recognising,
    Permitted["RedisClient"],
):
    """Streams."""

    broker = "redis"
    name = STREAMS
    promises = frozenset(PROMISES)
    title = "stream"
    spec = stream_spec.StreamSpec
    entry = stream_spec.StreamEntry
    renaming = (
        "`RENAME OLD NEW` moves a stream with its groups and their positions in one step, by hand and before "
        "the apply (in a Cluster within one slot only); otherwise the new one begins empty"
    )
    placement = Placement(scoped_as="keys")
    settings: ClassVar[Mapping[str, SettingTable]] = {
        "trim": stream_spec.TRIM,
        "idempotence": stream_spec.IDEMPOTENCE,
    }
    name_form = names.KEY

    @override
    def names(self, data: Mapping[str, Any]) -> Iterable[NameAt]:
        """The stream of its dead letters."""
        return names.in_stream(data)

    @override
    def same(self, path: Path, one: JsonValue, other: JsonValue) -> bool:
        """Compare ids in full: `5` is `5-0`."""
        match path:
            case ("expectedMaxLength",):
                return True
            case ("trim", "minId"):
                return parse(str(one)) == parse(str(other))
        return super().same(path, one, other)

    @override
    def deviation(self, path: Path, wanted: JsonValue, found: JsonValue, live: Live) -> str | None:
        """Tell of `trim` whether anything is left to cut: it says how a stream is at most, not how it is."""
        match path:
            case ("trim", "maxLength") if isinstance(wanted, int) and isinstance(found, int):
                return None if found <= wanted else ""
            case ("trim", "minId"):
                return "" if below(str(found), str(wanted)) else None
        return deviation_by_value(self, path, wanted, found)

    @override
    def classify(self, difference: FieldDifference, live: Live, facts: Facts) -> Verdict:
        """Say what forgetting producers costs; what a cut takes is counted (`losses`)."""
        if difference.path[0] == "idempotence":
            text = "the ids that producers sent so far are forgotten, so a repeated one counts as new"
            return Verdict(costs=(Cost(kind=CostKind.SEMANTICS_CHANGED, text=text, path=difference.path),))
        return Verdict()

    @override
    def losses(self, view: LossView) -> Iterable[tuple[Address, Loss]]:
        """Name what trims drop."""
        return stream_losses.losses(view.changes)

    @override
    def count(self, client: "RedisClient", losses: Sequence[Loss], context: ClusterContext) -> Mapping[Loss, Counted]:
        """Count entries that go."""
        return stream_losses.count(client, losses)

    @override
    def name_problem(self, address: Address) -> Problem | None:
        """Redis takes any name of a key; a longer path is none."""
        return path_problem(address, 1)

    @override
    def internal(self, address: Address) -> str | None:
        """Keep out of what mqinfra keeps there itself."""
        return own_key(address)

    @override
    def expand(self, address: Address, entry: Spec) -> Expansion:
        """Turn `groups` and `deadLetter` into resources of their own."""
        return stream_spec.expand(address, entry)

    @override
    def recognise(self, seen: Seen) -> None:
        """Find streams that are for the dead letters of others."""
        stream_recognition.recognise(self.name, seen)

    @override
    def inherited(self, facts: Facts) -> Mapping[Path, JsonValue]:
        """A stream of the sandbox is empty."""
        return MappingProxyType(stream_reading.EMPTY)

    @override
    def lines(self, drawing: Drawing) -> Iterable[Line]:
        """To the stream of its dead letters."""
        return drawing.referring(self.name, stream_spec.DEAD_LETTERS)

    @override
    def requests(self, changes: Sequence[Change], facts: Facts) -> list[Request]:
        """XGROUP CREATE MKSTREAM with a group that goes again at once, XTRIM, XCFGSET and DEL."""
        return stream_requests.requests_for(changes)

    @override
    def simulate(self, change: Change, live: Spec | None, facts: Facts) -> Spec | Problem | None:
        """Do what Redis does; settings of idempotent producers came with 8.6."""
        if _wants_idempotence(change) and facts.version_tuple < _XCFGSET_SINCE:
            return replace(_NO_IDEMPOTENCE, path=_idempotence_path(change))
        return set_and_remove(self.spec, change, live)

    @override
    def read(self, client: "RedisClient", wanted: Iterable[Address] | None, context: ClusterContext) -> KindReading:
        """Read streams with XINFO STREAM."""
        return stream_reading.read(client, wanted, context.alias)

    @override
    def figures(self, client: "RedisClient", addresses: Sequence[Address]) -> Mapping[Address, Figures]:
        """Count entries, and name the consumers that were active a moment ago."""
        return stream_figures.figures(client, addresses)

    @override
    def lacking(self, client: "RedisClient", changes: Sequence[Change], context: ClusterContext) -> list[Objection]:
        """Ask with ACL DRYRUN."""
        return about_keys(client, stream_requests.requests_for(changes), stream_requests.calls_of)

    @override
    def dry_run(self, client: "RedisClient", changes: Sequence[Change], context: ClusterContext) -> list[Objection]:
        """Ask with COMMAND INFO whether the server stores what is declared."""
        wanting = [change for change in changes if _wants_idempotence(change)]
        if not wanting or client.knows("XCFGSET"):
            return []
        return [Objection(change.address, _NO_IDEMPOTENCE, _idempotence_path(change)) for change in wanting]

    @override
    def run(self, client: "RedisClient", request: Request, context: ClusterContext) -> Mapping[Address, Result]:
        """Send one request, each command to the server of its key."""
        results = run(client, request, stream_requests.calls_of)
        stream_requests.remember_trims(client, request, results)
        stream_requests.remove_passing_groups(client, request, results)
        return results


def _wants_idempotence(change: Change) -> bool:
    return change.after is not None and any(
        item.path[0] == "idempotence" and item.after is not None for item in change.differences
    )


def _idempotence_path(change: Change) -> Path:
    return next(item.path for item in change.differences if item.path[0] == "idempotence")
