"""The schema of a `Topology`: what one team declares."""

from mqinfra.providers.base.catalogue import Catalogue
from mqinfra.providers.base.provider import Provider
from mqinfra.schema.common import LABELS, defaults, definitions, document, entries
from mqinfra.schema.policy import suppressed
from mqinfra.schema.variable import Schema, loosen

_AS_WRITTEN: Schema = {
    "type": ["boolean", "null"],
    "description": "The address is the one on the cluster, whatever the environment's `names` make of others.",
}


def topology_schema(catalogue: Catalogue) -> Schema:
    """Describe a manifest.

    Returns:
        a JSON Schema, draft 2020-12, as plain data.
    """
    brokers = {broker: _section(provider) for broker, provider in catalogue.providers.items()}
    properties: dict[str, Schema] = {
        "metadata": _metadata(),
        "defaults": defaults(catalogue, "the entries of this document"),
        **brokers,
        "removed": _removed(),
        "allowed": _allowed(),
        "suppressed": suppressed(),
    }
    schema = document(
        "Topology",
        "mqinfra topology",
        "What one team declares on message brokers: sections are brokers, then kinds, then names.",
        {name: loosen(section) for name, section in properties.items()},
        ["metadata"],
    )
    return schema | {"$defs": definitions(catalogue)}


def _metadata() -> Schema:
    return {
        "type": "object",
        "description": "What the document is.",
        "required": ["name"],
        "properties": {
            "name": {"type": "string", "minLength": 1, "description": "Name of the topology."},
            "labels": LABELS | {"description": "Labels of everything in the document; an entry's own take precedence."},
        },
        "additionalProperties": False,
    }


def _section(provider: Provider) -> Schema:
    kinds = {name: entries(kind) for name, kind in provider.entry_types.items() if not kind.placement.nested_in}
    cluster = {
        "type": ["string", "null"],
        "description": f"Alias of the cluster, where an environment has several of type {provider.type}.",
    }
    return {
        "type": ["object", "null"],
        "description": f"What should exist on {provider.type}.",
        "properties": {"cluster": cluster, **kinds},
        "additionalProperties": False,
    }


def _removed() -> Schema:
    tombstone: Schema = {
        "type": ["object", "null"],
        "properties": {
            "asWritten": _AS_WRITTEN,
            "evenIf": _even_if("What the delete may destroy: `messages` it holds, `consumers` it has now."),
            **_LIMITS,
            "id": {
                "type": ["string", "null"],
                "description": "The broker's own id of the one resource that may be deleted, where brokers have one.",
            },
        },
        "additionalProperties": False,
    }
    text = (
        "What should be deleted, by address: CLUSTER/KIND/NAME. CLUSTER/KIND or topology/NAME confirms that a whole "
        "section or document is gone on purpose, so that the routes and rights that it declared go too."
    )
    return _by_address(text, tombstone, whole=True)


def _allowed() -> Schema:
    allowance: Schema = {
        "type": "object",
        "required": ["evenIf", "by", "until"],
        "properties": {
            "asWritten": _AS_WRITTEN,
            "evenIf": _even_if("What the change may destroy: `messages`."),
            "by": {
                "type": "object",
                "description": "The fields that destroy it with their exact new values, as the plan prints them.",
            },
            **_LIMITS,
        },
        "additionalProperties": False,
    }
    return _by_address("What changes other than deletes may destroy, by the address of the blocked change.", allowance)


_LIMITS: dict[str, Schema] = {
    "until": {
        "type": ["string", "null"],
        "description": "Last day on which it is valid (UTC), at most 31 days ahead; required with `evenIf`.",
        "pattern": r"^\d{4}-\d{2}-\d{2}$",
    },
    "in": {
        "type": ["array", "null"],
        "description": "Environments in which it is valid; all when left out.",
        "items": {"type": "string"},
    },
    "reason": {"type": ["string", "null"], "description": "The reason; shown in the plan and the report."},
}


def _even_if(description: str) -> Schema:
    return {
        "type": ["array", "null"],
        "description": description,
        "items": {"enum": ["messages", "consumers", "positions"]},
    }


def _by_address(description: str, line: Schema, *, whole: bool = False) -> Schema:
    name = "(/.+)?" if whole else "/.+"
    return {
        "type": ["object", "null"],
        "description": description,
        "propertyNames": {"pattern": rf"^[^/]+/[^/]+{name}$|\$\{{"},
        "additionalProperties": line,
    }
