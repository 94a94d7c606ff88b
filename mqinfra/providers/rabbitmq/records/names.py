"""Names of what is mqinfra's own on a deployment. They say whose it is, and no two owners have one in common.

Parts are parted by dots, so that one in a project's name is written `%2E`.
"""

import hashlib
import re
from urllib.parse import quote, unquote

from mqinfra.model.record import Owner

_PREFIX = "mqinfra."
_LOCK = f"{_PREFIX}lock."
_PAGE = re.compile(r"mqinfra\.([^.]+)\.([^.]+)\.([1-9][0-9]{0,5})")
_LONGEST = 255
"""Bytes of a queue's name."""


def page_name(owner: Owner, number: int) -> str:
    """The global parameter that holds a page of records."""
    return f"{_PREFIX}{_of(owner)}.{number}"


def pages_of(owner: Owner) -> str:
    """What the names of all of an owner's pages are, for people."""
    return f"{_PREFIX}{_of(owner)}.*"


def page_of(name: str) -> tuple[Owner, int] | None:
    """Whose page a global parameter is, and which of them; None where it is none."""
    found = _PAGE.fullmatch(name)
    if found is None:
        return None
    owner, number = Owner(unquote(found[1]), unquote(found[2])), int(found[3])
    return (owner, number) if page_name(owner, number) == name else None


def lock_name(owner: Owner) -> str:
    """The queue whose connection holds the lock of an owner."""
    name = f"{_LOCK}{_of(owner)}"
    if len(name) > _LONGEST:
        name = f"{_LOCK}{hashlib.sha256(name.encode()).hexdigest()}"
    return name


def own_parameter(name: str) -> str | None:
    """Why a global parameter is ours and is never declared, exported or deleted; None where it is not."""
    return "mqinfra keeps records of what projects own there" if name.startswith(_PREFIX) else None


def own_queue(name: str) -> str | None:
    """Why a queue is ours and is never declared, exported or deleted; None where it is not."""
    return "it is the lock of an apply, and is deleted with it" if name.startswith(_LOCK) else None


def _of(owner: Owner) -> str:
    return f"{_part(owner.project)}.{_part(owner.environment)}"


def _part(text: str) -> str:
    return quote(text, safe="").replace(".", "%2E")
