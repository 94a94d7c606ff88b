"""Describes a kind from what it declares, so that docs and `explain` can't drift from the code."""

from collections.abc import Iterator, Sequence
from typing import Any, get_args

from pydantic import BaseModel

from mqinfra.model.declaration import Lifecycle
from mqinfra.model.description import FieldDescription, KindDescription, ProviderDescription
from mqinfra.model.docstring import attributes, summary
from mqinfra.model.spec import Mutability
from mqinfra.providers.base.entry_type import EntryType
from mqinfra.providers.base.kind import Kind
from mqinfra.providers.base.provider import Provider


def describe_kind(kind: EntryType) -> KindDescription:
    """Describe a kind, its fields and the broker's keys that it understands."""
    schema = kind.entry.model_json_schema(by_alias=True)
    texts = attributes(kind.entry)
    names = {info.alias or name: name for name, info in kind.entry.model_fields.items()}
    fields: dict[str, FieldDescription] = {}
    for name, field in schema.get("properties", {}).items():
        fields[name] = FieldDescription(
            name, _type(field), texts.get(names.get(name, name), ""), kind.entry.marker((name,)).mutability
        )
        for setting in kind.settings.get(name, ()):
            full = f"{name}.{setting.name}"
            fields[full] = FieldDescription(full, setting.type.value, setting.description, setting=setting)
        if name not in kind.settings and names.get(name) is not None:
            inner = _blocks(kind.entry.model_fields[names[name]].annotation)
            fields |= {one.name: one for one in _inside(inner, name, fields[name].mutability)}
    return KindDescription(
        f"{kind.broker}/{kind.name}", kind.title, summary(kind.spec if isinstance(kind, Kind) else kind.entry), fields
    )


def every_entry() -> dict[str, FieldDescription]:
    """The fields that every entry has besides those of its kind."""
    labels = FieldDescription(
        "labels", "mapping", "Labels to select by (`--select label:team=orders`), and for people."
    )
    lifecycle = FieldDescription("lifecycle", "mapping", "How the resource may be changed and deleted.")
    inner = {one.name: one for one in _inside([Lifecycle], "lifecycle", Mutability.MUTABLE)}
    return {labels.name: labels, lifecycle.name: lifecycle, **inner}


def _blocks(annotation: object) -> list[type[BaseModel]]:
    """The models that a type may hold, itself, in a choice or in a list."""
    if isinstance(annotation, type) and issubclass(annotation, BaseModel):
        return [annotation]
    return [model for part in get_args(annotation) for model in _blocks(part)]


def _inside(models: Sequence[type[BaseModel]], prefix: str, mutability: Mutability) -> Iterator[FieldDescription]:
    """The fields of blocks, under the name of what they stand in."""
    for model in models:
        schema, texts = model.model_json_schema(by_alias=True), attributes(model)
        names = {info.alias or name: name for name, info in model.model_fields.items()}
        for name, field in schema.get("properties", {}).items():
            full = f"{prefix}.{name}"
            yield FieldDescription(full, _type(field), texts.get(names.get(name, name), ""), mutability)
            if name in names:
                inner = [one for one in _blocks(model.model_fields[names[name]].annotation) if one is not model]
                yield from _inside(inner, full, mutability)


def describe_provider(provider: Provider) -> ProviderDescription:
    """Describe a type of broker, the block of a cluster and the kinds."""
    schema, texts = provider.connection.model_json_schema(by_alias=True), attributes(provider.connection)
    names = {info.alias or name: name for name, info in provider.connection.model_fields.items()}
    block = {
        name: FieldDescription(name, _type(field), texts.get(names.get(name, name), ""))
        for name, field in schema.get("properties", {}).items()
    }
    kinds = {name: summary(kind.spec) for name, kind in provider.kinds.items()}
    return ProviderDescription(provider.type, summary(type(provider)), provider.newest, block, kinds)


_TYPES = {
    "integer": "whole number",
    "number": "number",
    "string": "text",
    "boolean": "true or false",
    "object": "mapping",
    "array": "list",
}


def _type(field: dict[str, Any]) -> str:
    some = field.get("anyOf", [field])
    words = [_TYPES.get(str(item.get("type", "object")), "") for item in some if item.get("type") != "null"]
    return " or ".join(dict.fromkeys(word for word in words if word))
