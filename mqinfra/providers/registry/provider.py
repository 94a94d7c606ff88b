"""The provider of schema registries. Importing it is cheap: what talks to them comes in with `connect`."""

from typing import TYPE_CHECKING, ClassVar

from mqinfra.model.code import Code
from mqinfra.model.reading import Facts
from mqinfra.model.scrub import Secrets
from mqinfra.providers.base.provider import Cluster, Connection, Provider, SandboxOptions
from mqinfra.providers.base.rule import Rule
from mqinfra.providers.base.session import Session
from mqinfra.providers.registry.api.codes import CODES
from mqinfra.providers.registry.api.connection import RegistryConnection
from mqinfra.providers.registry.configuration.kind import ConfigurationKind
from mqinfra.providers.registry.deleted.kind import DeletedKind
from mqinfra.providers.registry.dialects import CONFLUENT, LEVEL, TRAIT
from mqinfra.providers.registry.subjects.kind import SubjectKind

if TYPE_CHECKING:
    from mqinfra.providers.base.converting.converter import Converter
    from mqinfra.providers.base.sample import Sample
    from mqinfra.providers.base.starter import Starter
    from mqinfra.providers.base.verification.check import Check


class RegistryProvider(Provider):
    """Schema registries that speak Confluent's REST API: Confluent's own, Apicurio's."""

    connection: ClassVar[type[Connection]] = RegistryConnection
    type = "registry"
    newest = "7.9"

    def __init__(self) -> None:
        super().__init__(ConfigurationKind(), SubjectKind(), DeletedKind())

    @property
    def rules(self) -> tuple[Rule, ...]:
        """The rules about registries, in the order of their codes."""
        from mqinfra.providers.registry.rules.registry import RULES  # noqa: PLC0415 - only commands that check pay

        return RULES

    @property
    def codes(self) -> tuple[Code, ...]:
        """The codes of what the provider finds besides those of its rules."""
        return CODES

    @property
    def starter(self) -> "Starter":
        """What a new project begins with on this broker."""
        from mqinfra.providers.registry.starter import RegistryStarter  # noqa: PLC0415 - only `init` needs it

        return RegistryStarter()

    @property
    def checks(self) -> "tuple[Check, ...]":
        """What can be proven of a registry."""
        from mqinfra.providers.registry.verification.schema_evolution import SchemaEvolution  # noqa: PLC0415 - only `verify`

        return (SchemaEvolution(),)

    @property
    def converters(self) -> "tuple[Converter, ...]":
        """What reads manifests of other tools."""
        from mqinfra.providers.registry.convert.registry import CONVERTERS  # noqa: PLC0415 - only `convert` needs it

        return CONVERTERS

    @property
    def samples(self) -> "tuple[Sample, ...]":
        """What the conformance suite plans and applies."""
        from mqinfra.providers.registry.samples import SAMPLES  # noqa: PLC0415 - only the suite needs them

        return SAMPLES

    def sandbox_facts(self, alias: str, environment: str, options: SandboxOptions) -> Facts:
        """A sandbox plays Confluent's registry, with the level that a fresh one has."""
        facts = super().sandbox_facts(alias, environment, options)
        return facts.model_copy(update={"traits": {TRAIT: CONFLUENT.name, LEVEL: CONFLUENT.level}})

    def open(self, cluster: Cluster, secrets: Secrets, timeout: float) -> Session:
        """Open a session; see `Provider.connect`."""
        from mqinfra.providers.registry.connect import connect  # noqa: PLC0415 - brings in the HTTP client

        return connect(cluster, self.kinds, secrets, timeout)
