"""What a plan's document is made of: readers pass over fields that they don't know, so that minor versions can add."""

from pydantic import ConfigDict

from mqinfra.model.written import Written


class Document(Written):
    """Base of a plan and of its parts: camelCase in JSON, frozen, and built when it is first read or written."""

    model_config = ConfigDict(extra="ignore")
