"""Variables in schemas: a text with `${` may stand for any value, since it is replaced before the value is read."""

from typing import Any

Schema = dict[str, Any]

USE = r"\$\{"
"""Matches a text with a variable in it. The reader says whether the variable exists."""


def loosen(schema: Schema) -> Schema:
    """Let a text with a variable stand for every value below a schema; gives a copy."""
    result: Schema = {}
    for key, value in schema.items():
        match key:
            case "properties" | "$defs":
                result[key] = {name: loosen(item) for name, item in value.items()}
            case "items":
                result[key] = loosen(value)
            case "additionalProperties" if isinstance(value, dict):
                result[key] = loosen(value)
            case "anyOf" | "allOf":
                result[key] = [loosen(item) for item in value]
            case _:
                result[key] = value
    return _loose(result)


def flat(schema: Schema) -> Schema:
    """Write `anyOf: [{type: integer}, {type: null}]` as one list of types, where it means the same."""
    branches = schema.get("anyOf")
    if branches is None or not all(isinstance(branch.get("type"), str | list) for branch in branches):
        return schema
    plain = [branch for branch in branches if branch.keys() == {"type"}]
    rich = [branch for branch in branches if branch.keys() != {"type"}]
    if len(rich) > 1 or any(set(_types(one)) & set(_types(rich[0])) for one in plain if rich):
        return schema
    types = list(dict.fromkeys(name for branch in branches for name in _types(branch)))
    merged = {key: value for key, value in schema.items() if key != "anyOf"}
    return {**(rich[0] if rich else {}), **merged, "type": types if len(types) > 1 else types[0]}


def _loose(schema: Schema) -> Schema:
    if "enum" in schema or "const" in schema:
        choice = {key: schema[key] for key in ("type", "enum", "const") if key in schema}
        if any(isinstance(value, str) for value in schema.get("enum", [schema.get("const")])):
            rest = {key: value for key, value in schema.items() if key not in choice}
            return {**rest, "anyOf": [choice, {"type": "string", "pattern": USE}]}
        return schema
    types = _types(schema)
    if "string" in types and "pattern" in schema and USE not in schema["pattern"]:
        return {**schema, "pattern": f"{schema['pattern']}|{USE}"}
    if not types or types == ["null"] or "string" in types:
        return schema
    return {**schema, "type": [*types, "string"], "pattern": USE}


def _types(schema: Schema) -> list[str]:
    found = schema.get("type", [])
    return [found] if isinstance(found, str) else list(found)
