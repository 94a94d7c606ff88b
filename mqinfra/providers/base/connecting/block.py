"""The parts of a block under `clusters:`: what they share, and short ways to write their fields."""

from pydantic import BaseModel, ConfigDict
from pydantic.alias_generators import to_camel
from pydantic.config import JsonDict

from mqinfra.model.written import Written


class Block(Written):
    """One part: frozen, camelCase in the file, and nothing that it does not know."""

    # Input is hidden in errors, because a password that was written where a reference belongs would be in it.
    model_config = ConfigDict(hide_input_in_errors=True)


def not_both(block: BaseModel, one: str, other: str) -> None:
    """Refuse a block that gives the same thing in two ways.

    Raises:
        ValueError: both fields are given.
    """
    if getattr(block, one) is not None and getattr(block, other) is not None:
        raise ValueError(f"`{to_camel(one)}` and `{to_camel(other)}` can't be used together")


def switched(value: object) -> object:
    """Take `true` for an empty part and `false` for none; leave everything else to be judged."""
    if isinstance(value, bool):
        return {} if value else None
    return value


def or_a_switch(schema: JsonDict) -> None:
    """Say in a JSON Schema what `switched` takes."""
    options = schema.get("anyOf")
    if isinstance(options, list):
        options.append({"type": "boolean"})


def one_or_many(value: object) -> object:
    """Take a text with commas for the list that it stands for; leave everything else to be judged."""
    parts = value.split(",") if isinstance(value, str) else value
    if not isinstance(parts, list | tuple):
        return value
    return tuple(part.strip() if isinstance(part, str) else part for part in parts)
