"""Patterns of names in policies, which anybody may write: matched in time linear in the name.

Their syntax is RE2's, as of Rust and Go. Python's own `re` may take for ever on a pattern such as `(a+)+b`.
"""

from functools import cache
from typing import Annotated

from pydantic import StringConstraints, TypeAdapter, ValidationError
from pydantic_core import SchemaError


def matches_whole(pattern: str, text: str) -> bool:
    """Tell whether a pattern matches a whole text, in time linear in the text.

    Raises:
        ValueError: the pattern is none; `compiles` tells before.
    """
    try:
        _matcher(pattern).validate_python(text)
    except ValidationError:
        return False
    return True


def compiles(pattern: str) -> str:
    """Why a pattern is none; empty where it is one."""
    try:
        _adapter(pattern)  # by itself first: a parenthesis too many would end the group around it
        _matcher(pattern)
    except SchemaError as error:
        return str(error).splitlines()[-1].strip().removeprefix("error: ")
    return ""


@cache
def _matcher(pattern: str) -> TypeAdapter[str]:
    return _adapter(f"^(?:{pattern})$")


def _adapter(pattern: str) -> TypeAdapter[str]:
    """Pydantic brings an engine that takes linear time, so that no pattern of a pull request stalls a pipeline."""
    return TypeAdapter(Annotated[str, StringConstraints(pattern=pattern)])
