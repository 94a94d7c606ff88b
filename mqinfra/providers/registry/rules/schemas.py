"""Rules about declared schemas, offline: whether each is one, and whether what it refers to is there."""

from collections.abc import Iterator, Mapping
from typing import ClassVar

from mqinfra.model.address import Address
from mqinfra.model.code import Code
from mqinfra.model.diagnostic import Diagnostic
from mqinfra.model.span import Path
from mqinfra.providers.base.rule import Context, ResourceRule, Rule, Subject
from mqinfra.providers.registry.schemas.schema import Schema, SchemaType
from mqinfra.providers.registry.schemas.syntax import problem_of
from mqinfra.providers.registry.subjects import fields
from mqinfra.providers.registry.subjects.spec import KIND, SubjectSpec

UNREADABLE = Code(
    "MQ318",
    "not a valid schema",
    "The text is not a schema of its language, or it refers to a type that is neither in it nor among its "
    "`references`. No registry would take it.\n\nAvro is read with the `avro` library. Protobuf is compiled with "
    "protoc, which comes with `pip install 'mqinfra[schemas]'`; without it, Protobuf schemas are not looked into. Of "
    "JSON Schema the parts are checked that compatibility rests on.",
    bad='subjects:\n  orders: {type: avro, schema: \'{"type": "record", "name": "Order"}\'}',
    good='subjects:\n  orders: {type: avro, schema: \'{"type": "record", "name": "Order", "fields": []}\'}',
)
_DEEPEST = 20
_WHAT_NOW = ("correct the schema; what it takes from other subjects stands under `references`",)


class Unreadable(ResourceRule):
    """Texts that are no schemas."""

    codes = (UNREADABLE,)
    kinds: ClassVar[frozenset[str]] = frozenset({f"registry/{KIND}"})

    def look_at(self, subject: Subject, context: Context) -> Iterator[Diagnostic]:
        """Read the schema with what others of the manifests it refers to."""
        spec = subject.declaration.spec
        if not isinstance(spec, SubjectSpec):
            return
        texts: dict[str, str] = {}
        _collect(spec, subject.address, context, texts, 0)
        missing = frozenset({one.name for one in spec.references} - texts.keys())
        error = problem_of(Schema(SchemaType(spec.type), spec.definition, texts, missing))
        if error is not None:
            path: Path = fields.place_of(error.spot)
            message = f"the schema of `{subject.address.name}`: {error.reason}"
            yield subject.at(UNREADABLE, path, message, help=_WHAT_NOW)


def _collect(spec: SubjectSpec, address: Address, context: Context, found: dict[str, str], depth: int) -> None:
    declared: Mapping[Address, Subject] = context.subjects
    for one in spec.references:
        other = declared.get(Address(address.cluster, KIND, (one.subject,)))
        inner = other.declaration.spec if other is not None else None
        if one.version is None and isinstance(inner, SubjectSpec) and depth < _DEEPEST and one.name not in found:
            _collect(inner, address, context, found, depth + 1)
            found[one.name] = inner.definition


RULES: tuple[Rule, ...] = (Unreadable(),)
