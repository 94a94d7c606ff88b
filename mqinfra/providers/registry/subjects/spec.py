"""What a subject looks like, and what a manifest may say of one."""

from collections.abc import Mapping
from typing import Annotated, ClassVar, Literal

from pydantic import Field, JsonValue

from mqinfra.model.address import Address
from mqinfra.model.declaration import Reference
from mqinfra.model.spec import CreateOnly, FromFile, ImplicitSpec, Spec
from mqinfra.model.written import Written
from mqinfra.providers.base.expansion import Expansion
from mqinfra.providers.registry.words import Compatibility, Mode

KIND = "subjects"
GLOBAL = "GLOBAL"
"""The word for having no level, or no mode, of one's own."""
REFERS_TO = "schema that it refers to"
"""Role of the reference from a subject to another."""


class SchemaReference(Written):
    """Another schema that a schema uses.

    Attributes:
        name: what the schema calls it: the full name of a type in Avro, the path of an import in Protobuf, the `$ref`
            in JSON Schema.
        subject: the subject that it is in.
        version: its version there; left out, the latest when the schema is registered.
    """

    name: Annotated[str, Field(min_length=1)]
    subject: Annotated[str, Field(min_length=1)]
    version: Annotated[int, Field(ge=1)] | None = None


class SubjectSpec(ImplicitSpec):
    """A subject of a schema registry, and its latest schema.

    Attributes:
        type: language of the schema: `avro`, `protobuf` or `json`.
        definition: the text of the schema; `file` names one in its place.
        references: other schemas that it uses, which are registered first.
        compatibility: what new schemas have to be compatible with; `GLOBAL` for what holds for the whole registry.
            Left out, it is left alone.
        mode: whether schemas may be registered; `GLOBAL` for what holds for the whole registry. Left out, it is left
            alone.
        normalize: let the registry normalise the schema when it registers, looks up and checks it.
        metadata: tags, properties and sensitive properties, by Confluent's words, where the registry keeps them.
        rule_set: data contract rules, by Confluent's words, where the registry keeps them.
    """

    implicit: ClassVar[Mapping[str, JsonValue]] = {"references": []}
    unwritten: ClassVar[Mapping[str, JsonValue]] = {"references": []}

    type: Literal["avro", "protobuf", "json"]
    definition: Annotated[str, Field(alias="schema", min_length=1)]
    references: tuple[SchemaReference, ...] = ()
    compatibility: Compatibility | Literal["GLOBAL"] | None = None
    mode: Mode | Literal["GLOBAL"] | None = None
    normalize: Annotated[bool | None, CreateOnly] = None
    metadata: dict[str, JsonValue] = Field(default_factory=dict)
    rule_set: dict[str, JsonValue] = Field(default_factory=dict)


class SubjectEntry(SubjectSpec):
    """A subject in a manifest.

    Attributes:
        file: file with the schema, relative to the manifest, in place of `schema`.
    """

    file: Annotated[str | None, FromFile("schema")] = None


def expand(address: Address, entry: Spec) -> Expansion:
    """Point at the subjects that the schema refers to."""
    spec = SubjectSpec.narrow(entry)
    references = tuple(
        Reference(("references", str(index), "subject"), Address(address.cluster, KIND, (one.subject,)), REFERS_TO)
        for index, one in enumerate(spec.references)
        if one.subject != address.name
    )
    return Expansion(spec, references=references)
