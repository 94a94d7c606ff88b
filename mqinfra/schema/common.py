"""Definitions that the schemas of topologies and projects share: entries, defaults, labels, lifecycle, promises."""

import json

from mqinfra.model.declaration import Lifecycle
from mqinfra.model.promises import FIELD, Promises
from mqinfra.providers.base import describe
from mqinfra.providers.base.catalogue import Catalogue
from mqinfra.providers.base.entry_type import EntryType
from mqinfra.schema.model import model_schema, reference
from mqinfra.schema.setting import table_schema
from mqinfra.schema.variable import Schema, loosen

DRAFT = "https://json-schema.org/draft/2020-12/schema"
API_VERSION = "mqinfra/v1"
LIFECYCLE = "lifecycle"
LABELS: Schema = {
    "type": ["object", "null"],
    "description": describe.LABELS,
    "additionalProperties": {"type": "string"},
}


def entry_name(kind: EntryType) -> str:
    """Name of the definition of a kind's entry."""
    return f"{kind.broker}.{kind.name}"


def entries(kind: EntryType, *, levels: int = 1) -> Schema:
    """Describe the section of a kind: its entries by name, or a list of entries that name themselves."""
    if kind.placement.named_by:
        described = f"Each {kind.title}; {', '.join(kind.placement.named_by)} together name it."
        if kind.placement.listed:
            return {"type": ["array", "null"], "description": described, "items": reference(entry_name(kind))}
        return {
            "type": ["object", "null"],
            "description": f"{described} The keys are labels for people.",
            "additionalProperties": reference(entry_name(kind)),
        }
    inner = reference(entry_name(kind)) if levels >= kind.placement.name_depth else entries(kind, levels=levels + 1)
    return {
        "type": ["object", "null"],
        "description": f"Each {kind.title} by its name on the broker.",
        "additionalProperties": inner,
    }


def definitions(catalogue: Catalogue) -> dict[str, Schema]:
    """Definitions of all entries, and of what is a part of each."""
    defs: dict[str, Schema] = {key: loosen(schema) for key, schema in model_schema(Lifecycle, LIFECYCLE).items()}
    for kind in catalogue.entry_types():
        defs |= _entry(kind)
    for kind in catalogue.entry_types():
        if kind.placement.nested_in:
            outer = defs[f"{kind.broker}.{kind.placement.nested_in}"]
            outer["properties"][kind.name] = loosen(entries(kind))
    return defs


def defaults(catalogue: Catalogue, what: str) -> Schema:
    """Describe a `defaults:` section."""
    section = _section(
        f"Defaults of {what}, by BROKER/KIND. Mappings merge, lists replace.",
        {f"{kind.broker}/{kind.name}": reference(entry_name(kind)) for kind in catalogue.entry_types()},
    )
    return loosen(section)


def _entry(kind: EntryType) -> dict[str, Schema]:
    name = entry_name(kind)
    defs = model_schema(kind.entry, name)
    own = defs[name]
    own.pop("required", None)  # the rest may come from defaults
    own["title"] = f"{kind.broker} {kind.title}"
    own["type"] = ["object", "null"]
    lifecycle = reference(LIFECYCLE) | {"description": describe.LIFECYCLE}
    own["properties"] |= {"labels": LABELS, "lifecycle": lifecycle}
    if kind.promises:
        own["properties"][FIELD] = _promises(kind)
    for schema in defs.values():
        for field in kind.settings:
            if field in schema.get("properties", {}):
                described = schema["properties"][field]
                kept = {key: described[key] for key in ("description",) if key in described}
                schema["properties"][field] = kept | reference(f"{name}.{field}")
    own["properties"] = {field: _or_null(schema) for field, schema in own["properties"].items()}
    defs = {key: loosen(schema) for key, schema in defs.items() if key == name or _refers(defs, key)}
    return defs | {f"{name}.{field}": table_schema(table, kind.broker) for field, table in kind.settings.items()}


def _promises(kind: EntryType) -> Schema:
    """Describe what entries of a kind can promise. Each is loosened with the entry."""
    described = model_schema(Promises, FIELD)[FIELD]
    some = {name: _or_null(field) for name, field in described["properties"].items() if name in kind.promises}
    return {**described, "description": describe.PROMISES, "type": ["object", "null"], "properties": some}


def _or_null(schema: Schema) -> Schema:
    """Let null stand for nothing said."""
    match schema:
        case {"type": str(name)} if name != "null":
            return {**schema, "type": [name, "null"]}
        case {"type": list(names)} if "null" not in names:
            return {**schema, "type": [*names, "null"]}
        case {"$ref": str(target), **rest}:
            return {**rest, "anyOf": [{"$ref": target}, {"type": "null"}]}
        case {"anyOf": list(branches)} if {"type": "null"} not in branches:
            return {**schema, "anyOf": [*branches, {"type": "null"}]}
    return schema


def _refers(defs: dict[str, Schema], name: str) -> bool:
    """Tell whether a definition is used by another: that of any value is not, where a table took its place."""
    return any(f'"#/$defs/{name}"' in json.dumps(schema) for key, schema in defs.items() if key != name)


def _section(description: str, properties: dict[str, Schema]) -> Schema:
    return {
        "type": ["object", "null"],
        "description": description,
        "properties": properties,
        "additionalProperties": False,
    }


def document(kind: str, title: str, description: str, properties: dict[str, Schema], required: list[str]) -> Schema:
    """Frame a document: what all begin with, and nothing unknown."""
    return {
        "$schema": DRAFT,
        "$id": f"urn:mqinfra:v1:{kind.lower()}",
        "title": title,
        "description": description,
        "type": "object",
        "required": ["apiVersion", "kind", *required],
        "properties": {
            "apiVersion": {"const": API_VERSION, "description": "Version of the format."},
            "kind": {"const": kind},
            **properties,
        },
        "additionalProperties": False,
    }
