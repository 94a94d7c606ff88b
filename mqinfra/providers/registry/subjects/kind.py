"""The kind `subjects`: what each file beside this one knows of subjects, put together."""

from collections.abc import Iterable, Mapping, Sequence
from typing import TYPE_CHECKING, Any

from pydantic import JsonValue
from typing_extensions import override

from mqinfra.model.address import Address
from mqinfra.model.change import Change
from mqinfra.model.names import NameAt
from mqinfra.model.reading import Facts, Live
from mqinfra.model.setting import Problem
from mqinfra.model.span import Path
from mqinfra.model.spec import Spec
from mqinfra.model.topology import Flow
from mqinfra.providers.base.capabilities import (
    ComparedWithLive,
    DryRun,
    InFiles,
    Influential,
    LookedAt,
    Misfit,
    Ordered,
    Sampled,
    TextFile,
    deviation_by_value,
)
from mqinfra.providers.base.context import ClusterContext
from mqinfra.providers.base.drawing import Drawing, Drawn, Line
from mqinfra.providers.base.entry_type import Sugar
from mqinfra.providers.base.expansion import Expansion
from mqinfra.providers.base.kind import Kind, KindReading, Objection
from mqinfra.providers.base.request import Request, Result
from mqinfra.providers.registry import names
from mqinfra.providers.registry.configuration.spec import KIND as CONFIGURATION
from mqinfra.providers.registry.configuration.spec import WHOLE
from mqinfra.providers.registry.dialects import LEVEL, dialect_of
from mqinfra.providers.registry.schemas.meaning import same
from mqinfra.providers.registry.schemas.schema import SchemaType
from mqinfra.providers.registry.subjects import comparing, fields, sandbox, steps, telling, writing
from mqinfra.providers.registry.subjects import spec as subject_spec

if TYPE_CHECKING:
    from mqinfra.providers.registry.client import RegistryClient

_LONGEST = 255


class SubjectKind(
    Kind["RegistryClient"],
    ComparedWithLive,
    Sugar,
    DryRun["RegistryClient"],
    Influential,
    LookedAt["RegistryClient"],
    Ordered,
    Drawn,
    InFiles,
    Sampled,
):
    """Subjects."""

    broker = "registry"
    name = subject_spec.KIND
    title = "subject"
    spec = subject_spec.SubjectSpec
    entry = subject_spec.SubjectEntry
    name_form = names.SUBJECT

    @override
    def names(self, data: Mapping[str, Any]) -> Iterable[NameAt]:
        """The subjects that its schema refers to."""
        return names.in_subject(data)

    @override
    def same(self, path: Path, one: JsonValue, other: JsonValue) -> bool:
        """Compare schemas by meaning, and references whatever their order."""
        return comparing.same_value(path, one, other)

    @override
    def deviation(self, path: Path, wanted: JsonValue, found: JsonValue, live: Live) -> str | None:
        """Compare with what the registry keeps of a schema, and with levels of the subject's own."""
        if path == fields.SCHEMA:
            kind = SchemaType.of(live.value(fields.TYPE))
            equal = same(kind, str(wanted), str(found), docs=not fields.drops(live, "doc"))
            return None if equal else ""
        if path in (fields.COMPATIBILITY, fields.MODE):
            return comparing.own_setting(path, wanted, live)
        return deviation_by_value(self, path, wanted, found)

    @override
    def name_problem(self, address: Address) -> Problem | None:
        """Why no registry takes the name."""
        if len(address.path) != 1 or address.pairs:
            return Problem(f"`{address}` is not a subject's address", "expected CLUSTER/subjects/NAME")
        name = address.name
        if name in (".", "..") or any(ord(sign) < 32 for sign in name):
            return Problem("a subject's name is neither `.` nor `..`, and has no control characters")
        if len(name) > _LONGEST:
            return Problem(f"a subject's name has at most {_LONGEST} characters, and this one {len(name)}")
        return None

    @override
    def expand(self, address: Address, entry: Spec) -> Expansion:
        """Point at what the schema refers to."""
        return subject_spec.expand(address, entry)

    @override
    def inherited(self, facts: Facts) -> Mapping[Path, JsonValue]:
        """What holds for the whole registry."""
        level = facts.traits.get(LEVEL, dialect_of(facts).level)
        return {fields.COMPATIBILITY: level, fields.MODE: "READWRITE"}

    @override
    def requests(self, changes: Sequence[Change], facts: Facts) -> list[Request]:
        """The calls of each subject, in order."""
        return steps.requests_for(changes)

    @override
    def simulate(self, change: Change, live: Spec | None, facts: Facts) -> Spec | Problem | None:
        """Do what a registry does, its refusals included."""
        known = subject_spec.SubjectSpec.narrow(live) if live is not None else None
        return sandbox.simulate(change, known, facts)

    @override
    def consequences(
        self, live: Mapping[Address, Spec], changes: Mapping[Address, Change], facts: Facts
    ) -> Mapping[Address, tuple[str, ...]]:
        """Say in what schemas differ, and who goes first."""
        mine = {address: change for address, change in changes.items() if address.kind == self.name}
        return telling.consequences(live, mine, facts)

    @override
    def lines(self, drawing: Drawing) -> Iterable[Line]:
        """To the subjects whose schemas it uses."""
        for address, spec in drawing.of(self.name):
            if isinstance(spec, subject_spec.SubjectSpec):
                for one in spec.references:
                    target = Address(address.cluster, self.name, (one.subject,))
                    yield Line(address, target, "uses", Flow.MEMBERSHIP, address)

    @override
    def caption(self, spec: Spec) -> str:
        """The language of its schema."""
        return subject_spec.SubjectSpec.narrow(spec).type

    @override
    def precedence(
        self, live: Mapping[Address, Spec], changes: Mapping[Address, Change], facts: Facts
    ) -> Iterable[tuple[Address, Address]]:
        """Delete what refers to others before those; loosen the whole registry, register, tighten it."""
        whole = {one: change for one, change in changes.items() if one.kind == CONFIGURATION and one.name == WHOLE}
        for address, change in changes.items():
            if address.kind == self.name and steps.registers(change):
                for configuration, settings in whole.items():
                    last = steps.waits_for_schemas(settings)
                    yield (configuration, address) if last else (address, configuration)
            spec = live.get(address)
            if change.after is None and isinstance(spec, subject_spec.SubjectSpec):
                for one in spec.references:
                    target = Address(address.cluster, self.name, (one.subject,))
                    if target in changes and target != address and changes[target].after is None:
                        yield target, address

    @override
    def text_file(self, spec: Spec) -> TextFile:
        """The schema, of JSON's languages in lines."""
        return writing.text_file(subject_spec.SubjectSpec.narrow(spec))

    @override
    def sample_problem(self, address: Address, declared: Mapping[Address, Spec], message: str) -> Misfit | None:
        """Hold a message against the schema."""
        from mqinfra.providers.registry.subjects import samples  # noqa: PLC0415 - only where there are messages

        return samples.misfit(address, declared, message)

    @override
    def read(self, client: "RegistryClient", wanted: Iterable[Address] | None, context: ClusterContext) -> KindReading:
        """Read latest version, level and mode of each."""
        from mqinfra.providers.registry.subjects import reading  # noqa: PLC0415 - only with a registry

        return reading.read(client, wanted, context.alias)

    @override
    def look(self, client: "RegistryClient", wanted: Sequence[Address], context: ClusterContext) -> KindReading:
        """Read the named ones again, without the list of all."""
        from mqinfra.providers.registry.subjects import reading  # noqa: PLC0415 - only with a registry

        return reading.look(client, wanted)

    @override
    def dry_run(self, client: "RegistryClient", changes: Sequence[Change], context: ClusterContext) -> list[Objection]:
        """Look schemas up, and have them checked."""
        from mqinfra.providers.registry.subjects import dry_run  # noqa: PLC0415 - only with a registry

        return dry_run.objections(client, changes, context.facts)

    @override
    def run(self, client: "RegistryClient", request: Request, context: ClusterContext) -> Mapping[Address, Result]:
        """Make the calls."""
        from mqinfra.providers.registry.subjects import run  # noqa: PLC0415 - only with a registry

        return run.run(client, request)
