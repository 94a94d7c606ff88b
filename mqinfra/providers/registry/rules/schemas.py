"""Rules about declared schemas, offline: whether each is one, and whether what it refers to is there."""

from collections.abc import Iterator
from typing import ClassVar

from mqinfra.model.address import Address
from mqinfra.model.code import Code
from mqinfra.model.diagnostic import Diagnostic
from mqinfra.model.span import Path
from mqinfra.model.spec import Spec
from mqinfra.providers.base.rule import Context, ResourceRule, Rule, Subject
from mqinfra.providers.registry.schemas.schema import Schema, SchemaType
from mqinfra.providers.registry.schemas.syntax import problem_of
from mqinfra.providers.registry.subjects import fields
from mqinfra.providers.registry.subjects.declared import texts_of
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

        def declared(address: Address) -> Spec | None:
            item = context.desired.declarations.get(address)
            return item.spec if item is not None else None

        texts = texts_of(spec, subject.address, declared)
        missing = frozenset({one.name for one in spec.references} - texts.keys())
        error = problem_of(Schema(SchemaType(spec.type), spec.definition, texts, missing))
        if error is not None:
            path: Path = fields.place_of(error.spot)
            message = f"the schema of `{subject.address.name}`: {error.reason}"
            yield subject.at(UNREADABLE, path, message, help=_WHAT_NOW)


RULES: tuple[Rule, ...] = (Unreadable(),)
