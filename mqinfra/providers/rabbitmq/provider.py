"""The RabbitMQ provider. Importing it is cheap: the client libraries come in with `connect`."""

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, ClassVar

from mqinfra.model.address import Address
from mqinfra.model.code import Code
from mqinfra.model.declaration import Declaration
from mqinfra.model.reading import Reading
from mqinfra.model.scrub import Secrets
from mqinfra.providers.base.provider import Cluster, Connection, Provider
from mqinfra.providers.base.rule import Rule
from mqinfra.providers.base.session import Session
from mqinfra.providers.rabbitmq.api.codes import CODES
from mqinfra.providers.rabbitmq.api.connection import RabbitConnection
from mqinfra.providers.rabbitmq.kinds.bindings import BindingKind
from mqinfra.providers.rabbitmq.kinds.exchanges import ExchangeKind
from mqinfra.providers.rabbitmq.kinds.global_parameters import GlobalParameterKind
from mqinfra.providers.rabbitmq.kinds.operator_policies import OperatorPolicyKind
from mqinfra.providers.rabbitmq.kinds.parameters import ParameterKind
from mqinfra.providers.rabbitmq.kinds.permissions import PermissionKind
from mqinfra.providers.rabbitmq.kinds.policies import PolicyKind
from mqinfra.providers.rabbitmq.kinds.queues import QueueKind
from mqinfra.providers.rabbitmq.kinds.topic_permissions import TopicPermissionKind
from mqinfra.providers.rabbitmq.kinds.users import UserKind
from mqinfra.providers.rabbitmq.kinds.vhosts import VhostKind
from mqinfra.providers.rabbitmq.sugar.access import AccessKind

if TYPE_CHECKING:
    from mqinfra.model.diagnosis import Suspect
    from mqinfra.providers.base.converting.converter import Converter
    from mqinfra.providers.base.converting.exporter import Exporter
    from mqinfra.providers.base.monitoring.dialect import Dialect
    from mqinfra.providers.base.monitoring.watched import Watched
    from mqinfra.providers.base.sample import Sample
    from mqinfra.providers.base.snapshot import Snapshot
    from mqinfra.providers.base.starter import Starter
    from mqinfra.providers.base.verification.adviser import Adviser, Usages
    from mqinfra.providers.base.verification.check import Check
    from mqinfra.providers.base.verification.script import Script


class RabbitProvider(Provider):
    """RabbitMQ 3.8 to 4, through its management API."""

    connection: ClassVar[type[Connection]] = RabbitConnection
    type = "rabbitmq"
    newest = "4.3.6"

    def __init__(self) -> None:
        # In the order in which they are made: policies before queues, so that no queue is without its own for a moment.
        super().__init__(
            VhostKind(),
            UserKind(),
            GlobalParameterKind(),
            PermissionKind(),
            OperatorPolicyKind(),
            PolicyKind(),
            ExchangeKind(),
            TopicPermissionKind(),
            QueueKind(),
            BindingKind(),
            ParameterKind(),
            AccessKind(),
        )

    @property
    def rules(self) -> tuple[Rule, ...]:
        """The rules about this broker, in the order of their codes."""
        from mqinfra.providers.rabbitmq.rules.registry import RULES  # noqa: PLC0415 - only commands that check pay for them

        return RULES

    @property
    def codes(self) -> tuple[Code, ...]:
        """The codes of what the provider finds besides those of its rules."""
        return CODES

    @property
    def starter(self) -> "Starter":
        """What a new project begins with on this broker."""
        from mqinfra.providers.rabbitmq.starter import RabbitMQStarter  # noqa: PLC0415 - only `init` needs it

        return RabbitMQStarter()

    @property
    def checks(self) -> "tuple[Check, ...]":
        """What is proven on this broker alone."""
        from mqinfra.providers.rabbitmq.verification.checks.all import CHECKS  # noqa: PLC0415 - only `verify` needs them

        return CHECKS

    def watched(self, declared: Mapping[Address, Declaration]) -> "tuple[Watched, ...]":
        """What there is to watch of what is declared."""
        from mqinfra.providers.rabbitmq.monitoring.watched import watched  # noqa: PLC0415 - only `monitor` needs it

        return watched(declared)

    @property
    def dialects(self) -> "tuple[Dialect, ...]":
        """How exporters of its metrics say things."""
        from mqinfra.providers.rabbitmq.monitoring.dialects.all import DIALECTS  # noqa: PLC0415 - only `monitor` needs them

        return DIALECTS

    @property
    def advisers(self) -> "tuple[Adviser[Any], ...]":
        """What is recommended on RabbitMQ."""
        from mqinfra.providers.rabbitmq.verification.advice.all import ADVISERS  # noqa: PLC0415 - only `verify` needs them

        return ADVISERS

    def usages(self, declared: Mapping[Address, Declaration], reading: Reading) -> "Usages":
        """What its advisers look at, by resource."""
        from mqinfra.providers.rabbitmq.verification.advice.usage import usages  # noqa: PLC0415 - only `verify` needs them

        return usages(declared, reading)

    @property
    def remedies(self) -> "Mapping[Suspect, str]":
        """What to do about what `verify --diagnose` finds."""
        from mqinfra.providers.rabbitmq.verification.remedies import REMEDIES  # noqa: PLC0415 - only `verify` needs them

        return REMEDIES

    def scripts(self, cluster: Cluster, declared: Mapping[Address, Declaration], environment: str) -> "list[Script]":
        """Scripts of queues."""
        from mqinfra.providers.rabbitmq.verification.scripts.writing import scripts  # noqa: PLC0415 - few runs write any

        return scripts(cluster, declared, environment)

    @property
    def converters(self) -> "tuple[Converter, ...]":
        """What reads manifests of other tools."""
        from mqinfra.providers.rabbitmq.convert.registry import CONVERTERS  # noqa: PLC0415 - only `convert` needs it

        return CONVERTERS

    @property
    def exporters(self) -> "tuple[Exporter, ...]":
        """What says resources in other tools' words."""
        from mqinfra.providers.rabbitmq.export.registry import EXPORTERS  # noqa: PLC0415 - only `export` needs it

        return EXPORTERS

    @property
    def samples(self) -> "tuple[Sample, ...]":
        """What the conformance suite plans and applies."""
        from mqinfra.providers.rabbitmq.samples import SAMPLES  # noqa: PLC0415 - only the suite needs them

        return SAMPLES

    def open(self, cluster: Cluster, secrets: Secrets, timeout: float) -> Session:
        """Open a session; see `Provider.connect`."""
        from mqinfra.providers.rabbitmq.connect import connect  # noqa: PLC0415 - brings in the client libraries

        return connect(cluster, self.kinds, secrets, timeout)

    def foreign_snapshot(self, text: str, alias: str) -> "Snapshot | None":
        """Read a definitions file, as `rabbitmqctl export_definitions` and `GET /api/definitions` write it.

        Raises:
            SnapshotError: it is one, and can't be used.
        """
        from mqinfra.providers.rabbitmq.io.definitions import snapshot_of  # noqa: PLC0415 - only when a file is given

        return snapshot_of(text, alias, self.kinds)
