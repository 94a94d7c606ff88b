"""The kind `quotas`: what each file beside this one knows of quotas, put together."""

from collections.abc import Iterable, Mapping, Sequence
from typing import TYPE_CHECKING, Any, ClassVar

from typing_extensions import override

from mqinfra.model.address import Address
from mqinfra.model.change import Change, FieldDifference
from mqinfra.model.holding import Holding
from mqinfra.model.names import NameAt
from mqinfra.model.reading import Facts, Live
from mqinfra.model.setting import Problem, SettingTable
from mqinfra.model.spec import Spec
from mqinfra.model.topology import Flow
from mqinfra.providers.base.capabilities import DryRun, Influential, Permitted
from mqinfra.providers.base.context import ClusterContext
from mqinfra.providers.base.drawing import Drawing, Drawn, Line
from mqinfra.providers.base.kind import Kind, KindReading, Objection
from mqinfra.providers.base.request import Request, Result
from mqinfra.providers.base.verdict import Verdict
from mqinfra.providers.kafka import names
from mqinfra.providers.kafka.api.rights import ALTER_CONFIGS
from mqinfra.providers.kafka.quotas import effects, reading, requests, run
from mqinfra.providers.kafka.quotas.spec import DEFAULT, KIND, LIMITS, PLACEMENT, QuotaSpec, name_problem

if TYPE_CHECKING:
    from mqinfra.providers.kafka.api.client import KafkaClient


class QuotaKind(Kind["KafkaClient"], Influential, DryRun["KafkaClient"], Permitted["KafkaClient"], Drawn):
    """Quotas."""

    broker = "kafka"
    name = KIND
    title = "quota"
    spec = QuotaSpec
    entry = QuotaSpec
    overwrites = True
    holding = Holding.RIGHT
    placement = PLACEMENT
    settings: ClassVar[Mapping[str, SettingTable]] = {"limits": LIMITS}
    renaming = "to brokers it is another one, and the old one limits nobody any more"

    @override
    def names(self, data: Mapping[str, Any]) -> Iterable[NameAt]:
        """The user that it limits."""
        return names.in_quota(data)

    @override
    def label(self, address: Address) -> str:
        """Whom it is about."""
        return effects.whom(address)

    @override
    def classify(self, difference: FieldDifference, live: Live, facts: Facts) -> Verdict:
        """Say whom a difference throttles, or lets through."""
        return effects.verdict(difference)

    @override
    def name_problem(self, address: Address) -> Problem | None:
        """All that can be wrong with whom it is about."""
        return name_problem(address)

    @override
    def goes_by_itself(self, spec: Spec) -> bool:
        """Never: where a limit goes, access opens."""
        return False

    @override
    def consequences(
        self, live: Mapping[Address, Spec], changes: Mapping[Address, Change], facts: Facts
    ) -> Mapping[Address, tuple[str, ...]]:
        """What a limit comes to on all brokers, and what holds where one goes."""
        return effects.consequences(live, changes, facts)

    @override
    def lines(self, drawing: Drawing) -> Iterable[Line]:
        """To the user that it is about."""
        for address, spec in drawing.of(KIND):
            user = QuotaSpec.narrow(spec).user
            if user is not None and user != DEFAULT:
                principal = Address(address.cluster, "principals", (f"User:{user}",))
                yield Line(address, principal, "limits", Flow.SETTINGS, address)

    @override
    def caption(self, spec: Spec) -> str:
        """Its limits."""
        limits = QuotaSpec.narrow(spec).limits
        return ", ".join(effects.shown(key, value) for key, value in sorted(limits.items()) if value is not None)

    @override
    def requests(self, changes: Sequence[Change], facts: Facts) -> list[Request]:
        """AlterClientQuotas."""
        return requests.requests_for(changes)

    @override
    def simulate(self, change: Change, live: Spec | None, facts: Facts) -> Spec | Problem | None:
        """Set and remove limits, the others as they are; without any there is no quota."""
        held = dict(QuotaSpec.narrow(live).limits) if live is not None else {}
        held |= requests.operations(change)  # type: ignore[arg-type]
        left = {key: value for key, value in held.items() if value is not None}
        return QuotaSpec.model_validate({**dict(change.address.pairs), "limits": left}) if left else None

    @override
    def read(self, client: "KafkaClient", wanted: Iterable[Address] | None, context: ClusterContext) -> KindReading:
        """Read all with one call."""
        return reading.read(client, wanted, context.alias, context.facts)

    @override
    def lacking(self, client: "KafkaClient", changes: Sequence[Change], context: ClusterContext) -> list[Objection]:
        """Every change needs the same right."""
        return ALTER_CONFIGS.objections(client.rights, client.peer.principal, changes)

    @override
    def dry_run(self, client: "KafkaClient", changes: Sequence[Change], context: ClusterContext) -> list[Objection]:
        """Ask with `validate_only`."""
        return run.objections(client, changes)

    @override
    def run(self, client: "KafkaClient", request: Request, context: ClusterContext) -> Mapping[Address, Result]:
        """Send one call."""
        return run.run(client, request)
