"""Pydantic models as JSON Schema in the words of their docstrings.

Separate from the documents because kinds and connection blocks share it. Nested models become definitions under a
name of their own, so that two brokers can each have a `Security`.
"""

import re
from typing import Any

from pydantic import BaseModel
from pydantic.json_schema import GenerateJsonSchema, JsonSchemaValue
from pydantic_core import core_schema

from mqinfra.model.docstring import attributes, summary
from mqinfra.model.secret import SecretRef
from mqinfra.schema.variable import Schema, flat

_NOISE = frozenset({"title", "default"})
_REF = "#/$defs/"


class _Generator(GenerateJsonSchema):
    """Pydantic's generator, with our descriptions and what our validators take beyond a field's type."""

    def model_schema(self, schema: core_schema.ModelSchema) -> JsonSchemaValue:
        described = super().model_schema(schema)
        model = schema["cls"]
        texts = attributes(model)
        for name, info in model.model_fields.items():
            field = described.get("properties", {}).get(info.alias or name)
            if field is not None:
                field.pop("title", None)
                if name in texts:
                    field["description"] = texts[name]
        described.pop("description", None)
        described.pop("title", None)
        if text := summary(model):
            described["description"] = text
        if any(item.info.mode == "before" for item in model.__pydantic_decorators__.model_validators.values()):
            described.pop("required", None)  # such a validator fills in what follows from the rest
        if model is SecretRef:
            described |= {"type": "object", "anyOf": [{"required": ["env"]}, {"required": ["file"]}]}
        return described

    def function_before_schema(self, schema: core_schema.BeforeValidatorFunctionSchema) -> JsonSchemaValue:
        """A field's validator that runs before its type does so to take text too; one of a model adds nothing."""
        inner = super().function_before_schema(schema)
        if schema.get("json_schema_input_schema") is None and inner.get("type") == "array":
            return {"anyOf": [inner, {"type": "string"}]}
        return inner


def model_schema(model: type[BaseModel], name: str) -> dict[str, Schema]:
    """Describe a model.

    Args:
        model: the type.
        name: name of its definition, which those of nested models begin with.

    Returns:
        definitions: the model's own under `name`, and one per nested model under `name.MODEL`.
    """
    own: Schema = model.model_json_schema(
        by_alias=True, mode="validation", schema_generator=_Generator, ref_template=f"{_REF}{name}.{{model}}"
    )
    nested = {f"{name}.{_plain(key)}": value for key, value in own.pop("$defs", {}).items()}
    return {key: tidied(value) for key, value in ({name: own} | nested).items()}


def reference(name: str) -> Schema:
    """Point at a definition."""
    return {"$ref": _REF + name}


def _plain(key: str) -> str:
    return re.sub(r"[^A-Za-z0-9._-]", "_", key)


def tidied(schema: Any) -> Any:  # noqa: ANN401 - a schema is a mapping, a list, a text or a boolean
    """Drop from a schema what only pydantic needs: titles made of names, and defaults that mean `not given`."""
    if isinstance(schema, list):
        return [tidied(item) for item in schema]
    if not isinstance(schema, dict):
        return schema
    tidy = {}
    for key, value in schema.items():
        if key == "properties":
            tidy[key] = {name: tidied(item) for name, item in value.items()}
        elif key not in _NOISE or not (key == "title" or value in (None, {}, [])):
            tidy[key] = tidied(value)
    return flat(tidy)
