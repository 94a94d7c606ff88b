"""The schema of policies: `policy:` of a project, the `kind: Policy` document of an organisation, and suppressions."""

from mqinfra.model.code import CODE_ID
from mqinfra.model.diagnostic import Severity
from mqinfra.model.policy import OFF
from mqinfra.schema.common import document
from mqinfra.schema.variable import Schema

_SEVERITIES = [severity.value for severity in Severity]
_NAME: Schema = {"type": "string", "minLength": 1}


def policy() -> Schema:
    """Describe `policy:` of a project."""
    return {
        "type": ["object", "null"],
        "description": "What the project asks of every resource, and how findings weigh.",
        "properties": {"rules": _rules(_rule()), "severity": _severity([*_SEVERITIES, OFF])},
        "additionalProperties": False,
    }


def policy_schema() -> Schema:
    """Describe the file of an organisation: `--policy FILE`."""
    rule = _rule()
    rule["properties"]["suppressible"] = {
        "type": "boolean",
        "description": "A manifest may suppress what the rule finds, with a reason and a last day.",
    }
    metadata = {
        "type": "object",
        "description": "What the policy is.",
        "properties": {"name": _NAME | {"description": "Name of the policy."}},
    }
    properties: dict[str, Schema] = {
        "metadata": metadata,
        "rules": _rules(rule),
        "severity": _severity(_SEVERITIES) | {"description": "How much findings of a code weigh at least."},
    }
    text = "What an organisation asks of every project; no project can weaken it."
    return document("Policy", "mqinfra policy", text, properties, [])


def suppressed() -> Schema:
    """Describe `suppressed:` of a Topology."""
    line: Schema = {
        "type": "object",
        "required": ["checks", "until", "reason"],
        "properties": {
            "checks": {
                "type": "array",
                "items": _NAME,
                "minItems": 1,
                "description": "Codes such as `MQ448`, and names of the policy's rules.",
            },
            "until": {
                "type": "string",
                "pattern": r"^\d{4}-\d{2}-\d{2}$",
                "description": "Last day on which it is valid (UTC), at most 366 days ahead.",
            },
            "reason": _NAME | {"description": "Why it is left as it is."},
        },
        "additionalProperties": False,
    }
    return {
        "type": ["object", "null"],
        "description": "Findings that are known, by address (CLUSTER/KIND/NAME, with `*`) or selector.",
        "additionalProperties": line,
    }


def _rules(rule: Schema) -> Schema:
    return {"type": ["object", "null"], "description": "Rules by name.", "additionalProperties": rule}


def _severity(words: list[str]) -> Schema:
    return {
        "type": ["object", "null"],
        "description": "How much findings of a code weigh; errors keep their weight.",
        "propertyNames": {"pattern": f"^{CODE_ID.pattern}$"},
        "additionalProperties": {"enum": words},
    }


def _rule() -> Schema:
    names = {"type": "array", "items": _NAME}
    values = {"type": ["string", "number", "boolean"]}
    number = {"type": ["string", "number"]}
    bounds: Schema = {
        "type": "object",
        "properties": {
            "min": number | {"description": "Smallest value: a number, a duration such as 7d, or a size such as 10MB."},
            "max": number | {"description": "Largest value."},
        },
        "additionalProperties": False,
    }
    return {
        "type": "object",
        "properties": {
            "match": _NAME
            | {"description": "What it is for: `kind:topics,label:tier=gold`; everything when left out."},
            "environments": names | {"description": "Environments that it is for; all when left out."},
            "severity": {"enum": _SEVERITIES, "description": "How much a violation weighs; an error stops the plan."},
            "message": {"type": "string", "description": "Why, and what to do, for whoever violates it."},
            "names": _NAME | {"description": "Pattern in RE2's syntax that the whole name must match."},
            "labels": {
                "description": "Labels that must be there: a list, or a mapping of labels to their accepted values.",
                "anyOf": [names, {"type": "object", "additionalProperties": names}],
            },
            "required": names | {"description": "Fields that must be declared: `config.retention.ms`."},
            "forbidden": names | {"description": "Fields that may not be declared."},
            "accepted": {
                "type": "object",
                "description": "Accepted values by field.",
                "additionalProperties": {"type": "array", "items": values, "minItems": 1},
            },
            "limits": {
                "type": "object",
                "description": "Floors and limits of numbers by field.",
                "additionalProperties": bounds,
            },
        },
        "additionalProperties": False,
    }
