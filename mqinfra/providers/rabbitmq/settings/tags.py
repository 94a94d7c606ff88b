"""Tags of vhosts and users, which are sets: what a manifest may say, and when two lists are the same."""

from typing import Annotated

from pydantic import AfterValidator, JsonValue


def _tag(tag: str) -> str:
    if not tag or tag != tag.strip() or "," in tag:
        # Sent as one text with commas, which all versions read; and the server drops blanks around tags.
        raise ValueError(f"`{tag}` is not a valid tag: it is empty, or has a comma or blanks around it")
    return tag


Tags = tuple[Annotated[str, AfterValidator(_tag)], ...]


def same_tags(one: JsonValue, other: JsonValue) -> bool:
    """Tell whether two lists of tags are the same, whatever their order."""
    return _set(one) == _set(other)


def joined(tags: JsonValue) -> str:
    """Tags as one text, each once, the way that every version of the management API takes them."""
    return ",".join(sorted(_set(tags)))


def _set(tags: JsonValue) -> set[str]:
    return {str(tag) for tag in tags} if isinstance(tags, list) else set()
