"""The schema of a `Project`: `mqinfra.yaml`."""

from mqinfra.providers.base.catalogue import Catalogue
from mqinfra.providers.base.provider import Provider
from mqinfra.schema.common import defaults, definitions, document
from mqinfra.schema.model import model_schema, reference
from mqinfra.schema.policy import policy
from mqinfra.schema.variable import Schema, loosen

_LIMITS = {
    "bytes": "Size of a file.",
    "depth": "Levels of nesting.",
    "nodes": "Keys and values of a file, aliases counted as often as they are used.",
    "aliases": "Uses of aliases in a file.",
    "scalar": "Characters in one value.",
    "files": "Manifest files of the project.",
}
_LIMIT_MOST = 2**25 - 1


def project_schema(catalogue: Catalogue) -> Schema:
    """Describe `mqinfra.yaml`.

    Returns:
        a JSON Schema, draft 2020-12, as plain data.
    """
    texts = {"type": "array", "items": {"type": "string"}}
    name = {"type": "string", "minLength": 1, "description": "Name of the project, the unit of ownership."}
    properties: dict[str, Schema] = {
        "metadata": _closed({"name": name}, "What the project is.") | {"required": ["name"]},
        "manifests": texts | {"description": "Files and folders with manifests, relative to this file."},
        "scope": loosen(_scope(catalogue)),
        "defaults": defaults(catalogue, "all entries of the project"),
        "environments": {
            "type": "object",
            "description": "Where the project runs.",
            "propertyNames": {"pattern": r"^[A-Za-z0-9][A-Za-z0-9._-]*$"},
            "additionalProperties": reference("environment"),
        },
        "prune": _prune(catalogue),
        "policy": policy(),
        "limits": _closed(
            {
                limit: {"type": "integer", "minimum": 1, "maximum": _LIMIT_MOST, "description": text}
                for limit, text in _LIMITS.items()
            },
            "Limits on what is read.",
            empty=True,
        ),
    }
    schema = document(
        "Project",
        "mqinfra project",
        "What a project may own, where its manifests are, and where it runs.",
        properties,
        ["metadata", "manifests", "environments"],
    )
    return schema | {"$defs": definitions(catalogue) | _clusters(catalogue) | {"environment": _environment(catalogue)}}


def _scope(catalogue: Catalogue) -> Schema:
    pattern = {"type": "string", "pattern": r"^[^*]+$|^[^*]*[^*A-Za-z0-9]\*$|\$\{"}
    whole = {
        "type": ["boolean", "null"],
        "description": "The project owns everything there is on clusters of this type.",
    }
    shared = {
        "type": ["array", "null"],
        "items": {"type": "string"},
        "description": "Projects that own some of the same names on clusters of this type on purpose.",
    }
    kinds = {
        broker: {name: _owned(name, pattern, divisible=part) for name, part in provider.scope_words.items()}
        for broker, provider in catalogue.providers.items()
    }
    return _closed(
        {
            broker: _closed(
                {**found, "wholeCluster": whole, "sharedWith": shared},
                f"What the project may own on {broker}.",
                empty=True,
            )
            for broker, found in kinds.items()
        },
        "What the project may own. Declaring or removing anything else is an error.",
        empty=True,
    )


def _prune(catalogue: Catalogue) -> Schema:
    none = {"const": "none"}
    kinds = {
        f"{kind.broker}/{kind.name}": {**none, "description": f"No {kind.title} goes without a line."}
        for kind in catalogue.kinds()
    }
    text = "Kinds of which nothing goes only because no manifest declares it any more; `none` for all."
    each = {"type": "object", "properties": kinds, "additionalProperties": False}
    return {"description": text, "anyOf": [none, each, {"type": "null"}]}


def _owned(name: str, pattern: Schema, *, divisible: bool) -> Schema:
    """What is owned of one kind; of a divisible one also a mapping, whose values name the part."""
    described: Schema = {
        "type": ["array", "null"],
        "items": pattern,
        "description": f"Which {name} the project owns: names, or prefixes with a delimiter and `*`.",
    }
    if not divisible:
        return described
    names = {"type": "array", "items": pattern, "description": "Names within it that the project owns."}
    part = _closed({"names": names}, "Empty: all of it. With `names`: only these within it.", empty=True)
    return described | {
        "type": ["array", "object", "null"],
        "propertyNames": pattern,
        "additionalProperties": part,
    }


def _environment(catalogue: Catalogue) -> Schema:
    clusters = {
        "description": "Clusters by alias, or the path of a file with them; `--clusters` takes precedence.",
        "anyOf": [{"type": "string"}, {"type": "object", "additionalProperties": reference("cluster")}],
    }
    match = {"type": "string", "description": "A selector: `kind:topics,label:tier=gold`, or an address."}
    fields = {"type": "object", "description": "Fields to set on every entry that matches."}
    return _closed(
        {
            "production": {
                "type": ["boolean", "null"],
                "description": "People depend on it: `mqinfra verify` sends nothing there unless `--mode` says so.",
            },
            "clusters": clusters,
            "variables": {"type": ["object", "null"], "description": "What `${name}` stands for."},
            "prune": _prune(catalogue),
            "names": loosen(_names(catalogue)),
            "without": loosen(
                {
                    "type": ["array", "null"],
                    "description": "What is not managed here: kinds, or selectors. Nothing of it is deleted.",
                    "items": {"type": "string"},
                }
            ),
            "defaults": defaults(catalogue, "the entries of this environment"),
            "overrides": loosen(
                {
                    "type": ["array", "null"],
                    "description": "Changes to entries, mappings merge, lists replace, and the narrower `match` wins.",
                    "items": _closed({"match": match, "set": fields}, "One change.") | {"required": ["match", "set"]},
                }
            ),
        },
        "Where the project runs.",
        empty=True,
    )


def _names(catalogue: Catalogue) -> Schema:
    text = {"type": "string"}
    kept = {"type": "array", "items": text, "description": "Names that stay as they are written; `*` is any text."}
    affix = _closed(
        {
            "prefix": text | {"description": "What stands before each name; within a hash tag it goes inside."},
            "suffix": text | {"description": "What stands after each name."},
            "except": kept,
        },
        "What names of the kind get here.",
    )
    kinds = {
        f"{broker}/{kind}": affix
        for broker, provider in catalogue.providers.items()
        for kind in sorted(provider.nameable)
    }
    return _closed(kinds, "What things are called here, by kind: references, rights and scope follow.", empty=True)


def _clusters(catalogue: Catalogue) -> dict[str, Schema]:
    defs: dict[str, Schema] = {}
    for provider in catalogue.providers.values():
        defs |= _connection(provider)
    known = list(catalogue.providers)
    defs["cluster"] = {
        "type": "object",
        "description": "How to reach a cluster; the fields depend on its type.",
        "required": ["type"],
        "properties": {"type": {"enum": known}},
        "allOf": [
            {
                "if": {"properties": {"type": {"const": broker}}, "required": ["type"]},
                "then": reference(f"cluster.{broker}"),
            }
            for broker in known
        ],
    }
    return defs


def _connection(provider: Provider) -> dict[str, Schema]:
    name = f"cluster.{provider.type}"
    defs = {key: loosen(schema) for key, schema in model_schema(provider.connection, name).items()}
    defs[name]["properties"]["type"] = {"const": provider.type, "description": "The broker's type."}
    return defs


def _closed(properties: dict[str, Schema], description: str, *, empty: bool = False) -> Schema:
    """A mapping that takes no other keys; `empty` when it may be left without a value."""
    return {
        "type": ["object", "null"] if empty else "object",
        "description": description,
        "properties": properties,
        "additionalProperties": False,
    }
