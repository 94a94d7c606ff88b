"""The Redis provider. Importing it is cheap: what talks to servers comes in with `open`."""

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, ClassVar

from mqinfra.model.address import Address
from mqinfra.model.code import Code
from mqinfra.model.declaration import Declaration
from mqinfra.model.names import NameAt
from mqinfra.model.reading import Reading
from mqinfra.model.scrub import Secrets
from mqinfra.providers.base.provider import Cluster, Connection, Provider
from mqinfra.providers.base.rule import Rule
from mqinfra.providers.base.session import Session
from mqinfra.providers.redis import names
from mqinfra.providers.redis.addresses import STREAMS
from mqinfra.providers.redis.api.codes import CODES
from mqinfra.providers.redis.api.connection import RedisConnection
from mqinfra.providers.redis.groups.kind import GroupKind
from mqinfra.providers.redis.streams.kind import StreamKind
from mqinfra.providers.redis.users.access import AccessKind
from mqinfra.providers.redis.users.kind import UserKind

if TYPE_CHECKING:
    from mqinfra.model.diagnosis import Suspect
    from mqinfra.providers.base.converting.converter import Converter
    from mqinfra.providers.base.monitoring.dialect import Dialect
    from mqinfra.providers.base.monitoring.watched import Watched
    from mqinfra.providers.base.sample import Sample
    from mqinfra.providers.base.starter import Starter
    from mqinfra.providers.base.verification.adviser import Adviser, Usages
    from mqinfra.providers.base.verification.check import Check
    from mqinfra.providers.base.verification.script import Script


class RedisProvider(Provider):
    """Redis 7.0 and later, and Valkey 8: one server, with replicas, with Sentinel, or as a Cluster."""

    connection: ClassVar[type[Connection]] = RedisConnection
    type = "redis"
    newest = "8.0"

    def __init__(self) -> None:
        super().__init__(StreamKind(), GroupKind(), UserKind(), AccessKind())

    @property
    def scope_names(self) -> Mapping[str, NameAt]:
        """Keys are streams."""
        return {"keys": NameAt((), (STREAMS,), names.KEY)}

    @property
    def further_names(self) -> frozenset[str]:
        """Channels, which only rights name."""
        return frozenset({names.CHANNELS})

    @property
    def rules(self) -> tuple[Rule, ...]:
        """The rules about this broker, in the order of their codes."""
        from mqinfra.providers.redis.rules.registry import RULES  # noqa: PLC0415 - only commands that check pay for them

        return RULES

    @property
    def codes(self) -> tuple[Code, ...]:
        """The codes of what the provider finds besides those of its rules."""
        return CODES

    @property
    def starter(self) -> "Starter":
        """What a new project begins with on this broker."""
        from mqinfra.providers.redis.starter import RedisStarter  # noqa: PLC0415 - only `init` needs it

        return RedisStarter()

    @property
    def converters(self) -> "tuple[Converter, ...]":
        """What reads manifests of other tools."""
        from mqinfra.providers.redis.convert.registry import CONVERTERS  # noqa: PLC0415 - only `convert` needs it

        return CONVERTERS

    @property
    def samples(self) -> "tuple[Sample, ...]":
        """What the conformance suite plans and applies."""
        from mqinfra.providers.redis.samples import SAMPLES  # noqa: PLC0415 - only the suite needs them

        return SAMPLES

    @property
    def checks(self) -> "tuple[Check, ...]":
        """What can be proven on Redis besides what can be on all brokers."""
        from mqinfra.providers.redis.verification.checks.all import CHECKS  # noqa: PLC0415 - only `verify` needs them

        return CHECKS

    def watched(self, declared: Mapping[Address, Declaration]) -> "tuple[Watched, ...]":
        """What there is to watch of what is declared."""
        from mqinfra.providers.redis.monitoring.watched import watched  # noqa: PLC0415 - only `monitor` needs it

        return watched(declared)

    @property
    def dialects(self) -> "tuple[Dialect, ...]":
        """How exporters of its metrics say things."""
        from mqinfra.providers.redis.monitoring.dialects.all import DIALECTS  # noqa: PLC0415 - only `monitor` needs them

        return DIALECTS

    @property
    def advisers(self) -> "tuple[Adviser[Any], ...]":
        """What is recommended on Redis."""
        from mqinfra.providers.redis.verification.advice.all import ADVISERS  # noqa: PLC0415 - only `verify` needs them

        return ADVISERS

    def usages(self, declared: Mapping[Address, Declaration], reading: Reading) -> "Usages":
        """What its advisers look at, by resource."""
        from mqinfra.providers.redis.verification.advice.usage import usages  # noqa: PLC0415 - only `verify` needs them

        return usages(declared, reading)

    @property
    def remedies(self) -> "Mapping[Suspect, str]":
        """What to do about what `verify --diagnose` finds."""
        from mqinfra.providers.redis.verification.remedies import REMEDIES  # noqa: PLC0415 - only `verify` needs them

        return REMEDIES

    def scripts(self, cluster: Cluster, declared: Mapping[Address, Declaration], environment: str) -> "list[Script]":
        """Scripts of streams."""
        from mqinfra.providers.redis.verification.scripts.writing import scripts  # noqa: PLC0415 - few runs write any

        return scripts(cluster, declared, environment)

    def open(self, cluster: Cluster, secrets: Secrets, timeout: float) -> Session:
        """Open a session; see `Provider.connect`."""
        from mqinfra.providers.redis.session import RedisSession  # noqa: PLC0415 - brings in all that talks to servers

        return RedisSession.open(cluster, self.kinds, secrets, timeout)
