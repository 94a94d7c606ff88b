"""The Kafka provider. Importing it is cheap: the client library comes in with `connect`."""

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, ClassVar

from mqinfra.model.address import Address
from mqinfra.model.code import Code
from mqinfra.model.declaration import Declaration
from mqinfra.model.names import NameAt
from mqinfra.model.reading import Facts, Reading
from mqinfra.model.scrub import Secrets
from mqinfra.providers.base.provider import Cluster, Connection, Provider, SandboxOptions
from mqinfra.providers.base.rule import Rule
from mqinfra.providers.base.session import Session
from mqinfra.providers.kafka import names
from mqinfra.providers.kafka.access.kind import AccessKind
from mqinfra.providers.kafka.acls.kind import AclKind
from mqinfra.providers.kafka.api.acl import ANONYMOUS
from mqinfra.providers.kafka.api.codes import CODES
from mqinfra.providers.kafka.api.connection import KafkaConnection
from mqinfra.providers.kafka.groups.kind import GroupKind
from mqinfra.providers.kafka.quotas.kind import QuotaKind
from mqinfra.providers.kafka.topics.kind import TopicKind
from mqinfra.providers.kafka.users.kind import UserKind

if TYPE_CHECKING:
    from mqinfra.model.diagnosis import Suspect
    from mqinfra.providers.base.converting.converter import Converter
    from mqinfra.providers.base.converting.exporter import Exporter
    from mqinfra.providers.base.monitoring.dialect import Dialect
    from mqinfra.providers.base.monitoring.watched import Watched
    from mqinfra.providers.base.sample import Sample
    from mqinfra.providers.base.starter import Starter
    from mqinfra.providers.base.verification.adviser import Adviser, Usages
    from mqinfra.providers.base.verification.check import Check
    from mqinfra.providers.base.verification.script import Script


class KafkaProvider(Provider):
    """Apache Kafka 3.9 and later."""

    connection: ClassVar[type[Connection]] = KafkaConnection
    type = "kafka"
    newest = "4.4"

    def __init__(self) -> None:
        super().__init__(TopicKind(), GroupKind(), UserKind(), AclKind(), AccessKind(), QuotaKind())

    @property
    def scope_names(self) -> Mapping[str, NameAt]:
        """Principals are users, with their type before the name."""
        return {"principals": NameAt((), (names.USERS,), names.PRINCIPAL)}

    @property
    def further_names(self) -> frozenset[str]:
        """Transactional ids, which only rights name."""
        return frozenset({names.IDS})

    @property
    def rules(self) -> tuple[Rule, ...]:
        """The rules about this broker, in the order of their codes."""
        from mqinfra.providers.kafka.rules.registry import RULES  # noqa: PLC0415 - only commands that check pay for them

        return RULES

    @property
    def codes(self) -> tuple[Code, ...]:
        """The codes of what the provider finds besides those of its rules."""
        from mqinfra.providers.kafka.groups.anchoring import CODES as GROUPS  # noqa: PLC0415 - few runs need it

        return (*CODES, *GROUPS)

    @property
    def starter(self) -> "Starter":
        """What a new project begins with on this broker."""
        from mqinfra.providers.kafka.starter import KafkaStarter  # noqa: PLC0415 - only `init` needs it

        return KafkaStarter()

    @property
    def converters(self) -> "tuple[Converter, ...]":
        """What reads manifests of other tools."""
        from mqinfra.providers.kafka.convert.registry import CONVERTERS  # noqa: PLC0415 - only `convert` needs it

        return CONVERTERS

    @property
    def exporters(self) -> "tuple[Exporter, ...]":
        """What says resources in other tools' words."""
        from mqinfra.providers.kafka.export.registry import EXPORTERS  # noqa: PLC0415 - only `export` needs it

        return EXPORTERS

    @property
    def samples(self) -> "tuple[Sample, ...]":
        """What the conformance suite plans and applies."""
        from mqinfra.providers.kafka.acls.sample import ACLS  # noqa: PLC0415 - only the suite needs them
        from mqinfra.providers.kafka.groups.sample import GROUPS, GROUPS_WITH_SETTINGS  # noqa: PLC0415
        from mqinfra.providers.kafka.quotas.sample import QUOTAS  # noqa: PLC0415
        from mqinfra.providers.kafka.topics.sample import REPLICAS, TOPICS  # noqa: PLC0415
        from mqinfra.providers.kafka.users.sample import USERS  # noqa: PLC0415

        return (TOPICS, REPLICAS, GROUPS, GROUPS_WITH_SETTINGS, ACLS, USERS, QUOTAS)

    @property
    def checks(self) -> "tuple[Check, ...]":
        """What can be proven on Kafka besides what can be on all brokers."""
        from mqinfra.providers.kafka.verification.checks.all import CHECKS  # noqa: PLC0415 - only `verify` needs them

        return CHECKS

    def watched(self, declared: Mapping[Address, Declaration]) -> "tuple[Watched, ...]":
        """What there is to watch of what is declared."""
        from mqinfra.providers.kafka.monitoring.watched import watched  # noqa: PLC0415 - only `monitor` needs it

        return watched(declared)

    @property
    def dialects(self) -> "tuple[Dialect, ...]":
        """How exporters of its metrics say things."""
        from mqinfra.providers.kafka.monitoring.dialects.all import DIALECTS  # noqa: PLC0415 - only `monitor` needs them

        return DIALECTS

    @property
    def advisers(self) -> "tuple[Adviser[Any], ...]":
        """What is recommended on Kafka."""
        from mqinfra.providers.kafka.verification.advice.all import ADVISERS  # noqa: PLC0415 - only `verify` needs them

        return ADVISERS

    def usages(self, declared: Mapping[Address, Declaration], reading: Reading) -> "Usages":
        """What its advisers look at, by resource."""
        from mqinfra.providers.kafka.verification.advice.usage import usages  # noqa: PLC0415 - only `verify` needs them

        return usages(declared, reading)

    @property
    def remedies(self) -> "Mapping[Suspect, str]":
        """What to do about what `verify --diagnose` finds."""
        from mqinfra.providers.kafka.verification.remedies import REMEDIES  # noqa: PLC0415 - only `verify` needs them

        return REMEDIES

    def scripts(self, cluster: Cluster, declared: Mapping[Address, Declaration], environment: str) -> "list[Script]":
        """Scripts of topics."""
        from mqinfra.providers.kafka.verification.scripts.writing import scripts  # noqa: PLC0415 - few runs write any

        return scripts(cluster, declared, environment)

    def sandbox_facts(self, alias: str, environment: str, options: SandboxOptions) -> Facts:
        """A sandbox lets in whoever comes, as a broker does without a login."""
        facts = super().sandbox_facts(alias, environment, options)
        return facts.model_copy(update={"traits": {"user": ANONYMOUS}})

    def open(self, cluster: Cluster, secrets: Secrets, timeout: float) -> Session:
        """Open a session; see `Provider.connect`."""
        from mqinfra.providers.kafka.connect import connect  # noqa: PLC0415 - brings in the client library

        return connect(cluster, self.kinds, secrets, timeout)
