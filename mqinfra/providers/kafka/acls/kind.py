"""The kind `acls`: what each file beside this one knows of ACLs, put together."""

from collections.abc import Collection, Iterable, Mapping, Sequence
from typing import TYPE_CHECKING, Any

from typing_extensions import override

from mqinfra.model.address import Address
from mqinfra.model.change import Change
from mqinfra.model.holding import Holding
from mqinfra.model.names import NameAt
from mqinfra.model.reading import Facts, Figures
from mqinfra.model.setting import Problem
from mqinfra.model.spec import Spec
from mqinfra.model.story import Told
from mqinfra.providers.base.capabilities import Influential, LookedAt, Opening, Ordered, Permitted, Weighed
from mqinfra.providers.base.context import ClusterContext
from mqinfra.providers.base.drawing import Drawing, Drawn, Line
from mqinfra.providers.base.entry_type import Sugar
from mqinfra.providers.base.expansion import Expansion
from mqinfra.providers.base.kind import Kind, KindReading, Objection
from mqinfra.providers.base.request import Request, Result
from mqinfra.providers.base.telling import Scene, Telling
from mqinfra.providers.kafka import names
from mqinfra.providers.kafka.acls import drawing as acl_drawing
from mqinfra.providers.kafka.acls import effects, reading, requests
from mqinfra.providers.kafka.acls import figures as acl_figures
from mqinfra.providers.kafka.acls import telling as acl_telling
from mqinfra.providers.kafka.acls.spec import KIND, PLACEMENT, USUAL, AclEntry, AclSpec, expand, name_problem
from mqinfra.providers.kafka.api.acl import ANY
from mqinfra.providers.kafka.api.rights import ALTER

if TYPE_CHECKING:
    from mqinfra.providers.kafka.api.client import KafkaClient

_USUAL = dict(USUAL)
_BROKERS_OWN = "ClusterAction"
"""What brokers may do to each other."""


class AclKind(
    Kind["KafkaClient"],
    LookedAt["KafkaClient"],
    Sugar,
    Influential,
    Telling,
    Ordered,
    Opening,
    Weighed["KafkaClient"],
    Permitted["KafkaClient"],
    Drawn,
):
    """ACLs."""

    broker = "kafka"
    name = KIND
    title = "ACL"
    spec = AclSpec
    entry = AclEntry
    holding = Holding.RIGHT
    shareable = True
    placement = PLACEMENT
    as_lines = True

    @override
    def names(self, data: Mapping[str, Any]) -> Iterable[NameAt]:
        """Whom it is about, and what."""
        return names.in_acl(data)

    @override
    def told(self, changes: Iterable[Change], scene: Scene) -> Iterable[tuple[Address, Told]]:
        """What somebody may do, or no longer."""
        return acl_telling.acls(changes)

    @override
    def label(self, address: Address) -> str:
        """Who may do what, or may not, and from where."""
        pairs = {**_USUAL, **dict(address.pairs)}
        verb = "may" if pairs["permission"] == "allow" else "may not"
        what = [pairs.get("resource", ""), pairs.get("name", "") + ("*" if pairs["pattern"] == "prefixed" else "")]
        host = f"from {pairs['host']}" if pairs["host"] != ANY else ""
        return " ".join(filter(None, (pairs.get("principal", ""), verb, pairs.get("operation", ""), *what, host)))

    @override
    def name_problem(self, address: Address) -> Problem | None:
        """All that can be wrong with an ACL is wrong with its name."""
        return name_problem(address)

    @override
    def expand(self, address: Address, entry: Spec) -> Expansion:
        """Point at the topic that it names."""
        return expand(address, entry)

    @override
    def goes_by_itself(self, spec: Spec) -> bool:
        """Only what lets in: a DENY that goes opens access, and without theirs brokers don't copy from each other."""
        acl = AclSpec.narrow(spec).acl
        return acl.permission == "allow" and acl.operation != _BROKERS_OWN

    @override
    def consequences(
        self, live: Mapping[Address, Spec], changes: Mapping[Address, Change], facts: Facts
    ) -> Mapping[Address, tuple[str, ...]]:
        """DENYs, and the first and last ACL on what is open without any."""
        return effects.consequences(live, changes, facts)

    @override
    def precedence(
        self, live: Mapping[Address, Spec], changes: Mapping[Address, Change], facts: Facts
    ) -> Iterable[tuple[Address, Address]]:
        """Rights are given before any are taken."""
        return effects.precedence(changes)

    @override
    def needing_a_line(
        self, live: Mapping[Address, Spec], going: Collection[Address], facts: Facts
    ) -> Mapping[Address, str]:
        """The last ACL on what is open without any, and those that let mqinfra in."""
        return effects.needing_a_line(live, going, facts)

    @override
    def figures(self, client: "KafkaClient", addresses: Sequence[Address]) -> Mapping[Address, Figures]:
        """Name the members of the groups that read by them; Kafka knows no more of who uses what."""
        return acl_figures.figures(client, addresses)

    @override
    def lines(self, drawing: Drawing) -> Iterable[Line]:
        """To what its principal writes, and from what it reads."""
        return acl_drawing.lines(drawing)

    @override
    def requests(self, changes: Sequence[Change], facts: Facts) -> list[Request]:
        """CreateAcls and DeleteAcls."""
        return requests.requests_for(changes)

    @override
    def read(self, client: "KafkaClient", wanted: Iterable[Address] | None, context: ClusterContext) -> KindReading:
        """Read all with one call."""
        return reading.read(client, wanted, context.alias, context.facts)

    @override
    def look(self, client: "KafkaClient", wanted: Sequence[Address], context: ClusterContext) -> KindReading:
        """Read those of a few principals."""
        return reading.look(client, wanted)

    @override
    def lacking(self, client: "KafkaClient", changes: Sequence[Change], context: ClusterContext) -> list[Objection]:
        """Every change needs the same right."""
        return ALTER.objections(client.rights, client.peer.principal, changes)

    @override
    def run(self, client: "KafkaClient", request: Request, context: ClusterContext) -> Mapping[Address, Result]:
        """Send one call."""
        return requests.run(client, request)
