"""How what people and files write is read: the base of entries and their parts, events and reports."""

from pydantic import BaseModel, ConfigDict
from pydantic.alias_generators import to_camel


class Written(BaseModel):
    """Frozen, camelCase, nothing that it does not know, and built when it is first read or written.

    A base and no shared value: mypy takes a class for frozen only where the configuration stands in a class.
    """

    model_config = ConfigDict(
        frozen=True,
        defer_build=True,
        extra="forbid",
        alias_generator=to_camel,
        validate_by_name=True,
        validate_by_alias=True,
    )
