"""What the parts of the `security:` block have in common."""

from pydantic import BaseModel, ConfigDict
from pydantic.alias_generators import to_camel


class Block(BaseModel):
    """One part: frozen, camelCase in the file, and nothing that it does not know."""

    # Input is hidden in errors, because a password that was written where a reference belongs would be in it.
    model_config = ConfigDict(
        frozen=True,
        extra="forbid",
        alias_generator=to_camel,
        validate_by_name=True,
        validate_by_alias=True,
        hide_input_in_errors=True,
    )


def not_both(block: BaseModel, one: str, other: str) -> None:
    """Refuse a block that gives the same thing in two ways.

    Raises:
        ValueError: both fields are given.
    """
    if getattr(block, one) is not None and getattr(block, other) is not None:
        raise ValueError(f"`{to_camel(one)}` and `{to_camel(other)}` exclude each other")
