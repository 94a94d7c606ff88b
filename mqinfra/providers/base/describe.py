"""Describes a kind from what it declares, so that docs and `explain` can't drift from the code."""

from collections.abc import Iterator, Sequence
from dataclasses import replace
from typing import Any, get_args

from pydantic import BaseModel

from mqinfra.model.declaration import Lifecycle
from mqinfra.model.description import FieldDescription, KindDescription, ProviderDescription
from mqinfra.model.docstring import attributes, summary
from mqinfra.model.promises import FIELD, Promises
from mqinfra.model.spec import Mutability
from mqinfra.providers.base.entry_type import EntryType
from mqinfra.providers.base.kind import Kind
from mqinfra.providers.base.provider import Provider

LABELS = "Labels to select by (`--select label:team=orders`), and for people."
LIFECYCLE = "How the resource may be changed and deleted."
PROMISES = "What the resource holds up to, which `mqinfra verify` proves. Never part of a plan, never sent to a broker."
"""What the fields mean that entries have besides those of their kind."""


def describe_kind(kind: EntryType) -> KindDescription:
    """Describe a kind, its fields and the broker's keys that it understands."""
    fields: dict[str, FieldDescription] = {}
    for field, blocks in _fields(kind.entry):
        name, mutability = field.name, kind.entry.marker((field.name,)).mutability
        fields[name] = replace(field, mutability=mutability)
        for setting in kind.settings.get(name, ()):
            full = f"{name}.{setting.name}"
            fields[full] = FieldDescription(full, setting.type.value, setting.description, setting=setting)
        if name not in kind.settings:
            fields |= {one.name: one for one in _inside(blocks, name, mutability)}
    return KindDescription(
        f"{kind.broker}/{kind.name}", kind.title, summary(kind.spec if isinstance(kind, Kind) else kind.entry), fields
    )


def besides(kind: EntryType) -> dict[str, FieldDescription]:
    """The fields that entries have besides those of their kind: labels, lifecycle, and promises where it makes any."""
    inner = _inside([Lifecycle], "lifecycle", Mutability.MUTABLE)
    some = [FieldDescription("labels", "mapping", LABELS), FieldDescription("lifecycle", "mapping", LIFECYCLE), *inner]
    if kind.promises:
        promised = _inside([Promises], FIELD, Mutability.MUTABLE)
        some.append(FieldDescription(FIELD, "mapping", PROMISES))
        some += (one for one in promised if one.name.removeprefix(f"{FIELD}.") in kind.promises)
    return {one.name: one for one in some}


def describe_provider(provider: Provider) -> ProviderDescription:
    """Describe a type of broker, the block of a cluster and the kinds."""
    block = {field.name: field for field, _ in _fields(provider.connection)}
    kinds = {name: summary(kind.spec) for name, kind in provider.kinds.items()}
    return ProviderDescription(provider.type, summary(type(provider)), provider.newest, block, kinds)


def _fields(model: type[BaseModel]) -> Iterator[tuple[FieldDescription, list[type[BaseModel]]]]:
    """The fields of a model as manifests name them, each with the blocks that may stand there."""
    schema, texts = model.model_json_schema(by_alias=True), attributes(model)
    names = {info.alias or name: name for name, info in model.model_fields.items()}
    for name, field in schema.get("properties", {}).items():
        own = names.get(name, name)
        blocks = _blocks(model.model_fields[own].annotation) if own in model.model_fields else []
        yield FieldDescription(name, _type(field), texts.get(own, "")), blocks


def _inside(models: Sequence[type[BaseModel]], prefix: str, mutability: Mutability) -> Iterator[FieldDescription]:
    """The fields of blocks, under the name of what they stand in."""
    for model in models:
        for field, blocks in _fields(model):
            full = f"{prefix}.{field.name}"
            yield replace(field, name=full, mutability=mutability)
            yield from _inside([one for one in blocks if one is not model], full, mutability)


def _blocks(annotation: object) -> list[type[BaseModel]]:
    """The models that a type may hold, itself, in a choice or in a list."""
    if isinstance(annotation, type) and issubclass(annotation, BaseModel):
        return [annotation]
    return [model for part in get_args(annotation) for model in _blocks(part)]


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
