"""What a plan's document is made of: readers pass over fields that they don't know, so that minor versions can add."""

from pydantic import BaseModel, ConfigDict
from pydantic.alias_generators import to_camel


class Document(BaseModel):
    """Base of a plan and of its parts: camelCase in JSON, frozen, and built when it is first read or written."""

    model_config = ConfigDict(
        frozen=True,
        defer_build=True,
        extra="ignore",
        alias_generator=to_camel,
        validate_by_name=True,
        validate_by_alias=True,
    )
