"""The kind `acls`: what each file beside this one knows of ACLs, put together."""

from collections.abc import Iterable, Mapping, Sequence
from typing import TYPE_CHECKING

from typing_extensions import override

from mqinfra.model.address import Address
from mqinfra.model.change import Change
from mqinfra.model.reading import Facts
from mqinfra.model.setting import Problem
from mqinfra.model.spec import Spec
from mqinfra.providers.base.capabilities import LookedAt
from mqinfra.providers.base.context import ClusterContext
from mqinfra.providers.base.entry_type import Sugar
from mqinfra.providers.base.expansion import Expansion
from mqinfra.providers.base.kind import Holding, Kind, KindReading
from mqinfra.providers.base.request import Request, Result
from mqinfra.providers.kafka.acls import reading, requests
from mqinfra.providers.kafka.acls.spec import KIND, PLACEMENT, AclEntry, AclSpec, expand, name_problem

if TYPE_CHECKING:
    from mqinfra.providers.kafka.api.client import KafkaClient

_BROKERS_OWN = "ClusterAction"
"""What brokers may do to each other."""


class AclKind(Kind["KafkaClient"], LookedAt["KafkaClient"], Sugar):
    """ACLs."""

    broker = "kafka"
    name = KIND
    title = "ACL"
    spec = AclSpec
    entry = AclEntry
    holding = Holding.RIGHT
    shareable = True
    placement = PLACEMENT

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
    def requests(self, changes: Sequence[Change], facts: Facts) -> list[Request]:
        """CreateAcls and DeleteAcls."""
        return requests.requests_for(changes)

    @override
    def read(self, client: "KafkaClient", wanted: Iterable[Address] | None, context: ClusterContext) -> KindReading:
        """Read all with one call."""
        return reading.read(client, wanted, context.alias, context.facts.traits.get("user", ""))

    @override
    def look(self, client: "KafkaClient", wanted: Sequence[Address], context: ClusterContext) -> KindReading:
        """Read those of a few principals."""
        return reading.look(client, wanted)

    @override
    def run(self, client: "KafkaClient", request: Request, context: ClusterContext) -> Mapping[Address, Result]:
        """Send one call."""
        return requests.run(client, request)
