"""The keys that mqinfra keeps for itself: `{mqinfra:PROJECT/ENV}:records`, `...:lock` and `{mqinfra}:projects`.

What is between the braces decides the slot, so a project's lock lies where its records do.
"""

import re
from urllib.parse import unquote

from mqinfra.model.record import Owner
from mqinfra.providers.redis.acl.glob import escaped

PROJECTS = "{mqinfra}:projects"
"""The set of all owners who have records in the deployment."""
_PREFIX = "{mqinfra:"
_ENCODED = re.compile(r"[%{}/\s\x00-\x1f\x7f-\x9f\ud800-\udfff]")
"""What would end the tag or the name of the project too early, and what can't be sent."""


def records_key(owner: Owner) -> str:
    """The key of an owner's records."""
    return f"{_PREFIX}{member(owner)}}}:records"


def lock_key(owner: Owner) -> str:
    """The key of an owner's lock."""
    return f"{_PREFIX}{member(owner)}}}:lock"


def member(owner: Owner) -> str:
    """An owner as a member of `PROJECTS`; no two have the same."""
    return f"{_encode(owner.project)}/{_encode(owner.environment)}"


def owner_of(text: str) -> Owner | None:
    """The owner of a member; None where it is none of ours."""
    project, _, environment = text.partition("/")
    try:
        owner = Owner(unquote(project, errors="surrogatepass"), unquote(environment, errors="surrogatepass"))
    except UnicodeDecodeError:
        return None
    return owner if member(owner) == text else None


def is_internal(key: str) -> bool:
    """Whether a key is one that mqinfra keeps for itself."""
    return key.startswith((_PREFIX, "{mqinfra}:"))


def record_rights(owner: Owner) -> tuple[str, ...]:
    """What reading and writing records takes, as selectors of ACL SETUSER: own, the list of all, and others'."""
    return (
        f"(~{escaped(records_key(owner))} +hscan +hset +hdel)",
        f"(~{PROJECTS} +sadd +smembers)",
        f"(%R~{_PREFIX}* +hmget +hscan)",
    )


def lock_rights(owner: Owner) -> tuple[str, ...]:
    """What the lock takes, as a selector of ACL SETUSER."""
    return (f"(~{escaped(lock_key(owner))} +get +set +pexpire +watch +multi +exec +wait +info)",)


def as_sent(text: str) -> str:
    """A text of any letters in the form in which it can be sent: half of a surrogate pair, too, has bytes."""
    return text.encode("utf-8", "surrogatepass").decode("utf-8", "surrogateescape")


def as_kept(text: str) -> str | None:
    """A text that was sent so; None where the server has bytes that mean none."""
    try:
        return text.encode("utf-8", "surrogateescape").decode("utf-8", "surrogatepass")
    except UnicodeDecodeError:
        return None


def _encode(name: str) -> str:
    return _ENCODED.sub(
        lambda match: "".join(f"%{byte:02X}" for byte in match[0].encode("utf-8", "surrogatepass")), name
    )
