"""Rules about new schemas where no registry can be asked: a snapshot, and the sandbox, hold the latest versions alone.

What stands in one schema alone, the model of a registry judges (`subjects/sandbox.py`); here stands what takes others.
"""

from collections.abc import Callable, Iterator
from typing import ClassVar

from mqinfra.model.address import Address
from mqinfra.model.code import Code
from mqinfra.model.diagnostic import Diagnostic, Severity
from mqinfra.model.reading import Live, Reading, Source
from mqinfra.model.setting import Problem
from mqinfra.model.spec import Spec
from mqinfra.providers.base.rule import Context, ResourceRule, Rule, Subject
from mqinfra.providers.registry.compatibility.check import THE_LATEST, Older
from mqinfra.providers.registry.compatibility.levels import Level
from mqinfra.providers.registry.dialects import dialect_of
from mqinfra.providers.registry.schemas.schema import Schema
from mqinfra.providers.registry.subjects import checking, fields, steps
from mqinfra.providers.registry.subjects.declared import texts_of
from mqinfra.providers.registry.subjects.sandbox import level_of
from mqinfra.providers.registry.subjects.spec import KIND, SubjectSpec

INCOMPATIBLE = Code(
    "MQ326",
    "a new schema is not compatible",
    "The level in force forbids the change: what was written with one of the two schemas can't be read with the other. "
    "It was found offline, with what the manifests and the snapshot say of the schemas that it refers to; a registry "
    "that can be reached says so itself (MQ302).",
    bad="subjects:\n  orders: {type: avro, file: order.avsc}   # which adds a field without a default",
    good="subjects:\n  orders: {type: avro, file: order.avsc}   # which adds it with one",
)
UNJUDGED = Code(
    "MQ327",
    "compatibility is known in part only",
    "A snapshot and the sandbox hold the latest version of a schema alone, and not every schema that others refer to. "
    "A level that counts all versions is held against the latest one, and what can't be read is not judged. A plan on "
    "the registry reads all of it, and asks the registry.",
    severity=Severity.WARNING,
    bad="subjects:\n  orders: {type: avro, file: order.avsc, compatibility: BACKWARD_TRANSITIVE}",
    good="subjects:\n  orders: {type: avro, file: order.avsc, compatibility: BACKWARD}",
)


_ASK = "plan on the registry itself before this is merged: it has all versions"


class Offline(ResourceRule):
    """New schemas that no registry judged."""

    codes = (INCOMPATIBLE, UNJUDGED)
    kinds: ClassVar[frozenset[str]] = frozenset({f"registry/{KIND}"})

    def look_at(self, subject: Subject, context: Context) -> Iterator[Diagnostic]:
        """Hold a schema against the latest version, with all that is known of what both refer to."""
        new, reading = subject.declaration.spec, subject.reading
        old = subject.live.spec if subject.live is not None else None
        if reading is None or reading.source is Source.LIVE or subject.change is None:
            return
        if not isinstance(new, SubjectSpec) or not isinstance(old, SubjectSpec) or not steps.registers(subject.change):
            return
        level = level_of(new, old, reading.facts)
        if level is Level.NONE:
            return

        def live(address: Address) -> Spec | None:
            found = _live(reading, address)
            spec = found.spec if found is not None else None
            return _unpinned(spec, address, reading) if isinstance(spec, SubjectSpec) else spec

        def declared(address: Address) -> Spec | None:
            item = context.desired.declarations.get(address)
            return item.spec if item is not None else live(address)

        rules = dialect_of(reading.facts).rules
        alone = checking.judged(checking.schema_of(new), (Older(checking.schema_of(old), THE_LATEST),), level, rules)
        known = (
            _schema(new, subject.address, declared),
            _schema(_unpinned(old, subject.address, reading), subject.address, live),
        )
        judged = checking.judged(known[0], (Older(known[1], THE_LATEST),), level, rules)
        if isinstance(judged, Problem) or isinstance(alone, Problem) or alone.findings:
            return  # it is no schema, which another rule says, or the model refuses it
        refused = checking.refusal(judged, THE_LATEST, level)
        name = subject.address.name
        if refused is not None:
            yield subject.at(INCOMPATIBLE, refused.path, f"subject `{name}`: {refused.message}", help=refused.help)
        elif judged.unchecked:
            words = f"whether the new schema is compatible ({level.value}) can't be told here: {judged.unchecked}"
            yield subject.at(UNJUDGED, fields.SCHEMA, f"subject `{name}`: {words}", help=_ASK)
        elif level.transitive:
            words = f"{level.value} counts all versions, and only the latest is known here"
            yield subject.at(UNJUDGED, fields.SCHEMA, f"subject `{name}`: {words}", help=_ASK)


def _live(reading: Reading, address: Address) -> Live | None:
    return reading.resources.get(address) or reading.neighbours.get(address)


def _unpinned(spec: SubjectSpec, address: Address, reading: Reading) -> SubjectSpec:
    """A schema that is live, with references to what is the latest version still, as far as that is known."""
    references = []
    for one in spec.references:
        found = _live(reading, Address(address.cluster, KIND, (one.subject,)))
        latest = found.inherited.get(fields.VERSION) if found is not None else None
        references.append(one.model_copy(update={"version": None}) if latest in (None, one.version) else one)
    return spec.model_copy(update={"references": tuple(references)})


def _schema(spec: SubjectSpec, address: Address, find: Callable[[Address], Spec | None]) -> Schema:
    return checking.schema_of(spec, texts_of(spec, address, find))


RULES: tuple[Rule, ...] = (Offline(),)
