"""Whether the caller may keep the records and the lock of an apply."""

from typing import TYPE_CHECKING

from mqinfra.model.record import Owner
from mqinfra.model.setting import Problem
from mqinfra.providers.redis.api.acl_dry_run import Asked, refusals
from mqinfra.providers.redis.api.resp import Call
from mqinfra.providers.redis.records.names import PROJECTS, lock_key, lock_rights, record_rights, records_key

if TYPE_CHECKING:
    from mqinfra.providers.redis.api.client import RedisClient

_ANY = "x"


def lacking_to_keep(client: "RedisClient", owner: Owner) -> list[Problem]:
    """Say which of them the caller may not keep, or that nobody can tell.

    Raises:
        UserError: a server does not answer.
    """
    return [
        *_lacking(client, lock_key(owner), _lock_calls(lock_key(owner)), _LOCK, lock_rights(owner)),
        *_lacking(client, records_key(owner), _record_calls(records_key(owner)), _RECORDS, record_rights(owner)),
    ]


def unkept(client: "RedisClient", owner: Owner) -> str:
    """Say why the caller can't write records, as far as the server tells; empty if it can, or nobody can tell.

    Raises:
        UserError: a server does not answer.
    """
    key = records_key(owner)
    return next(
        (found.message for found in _lacking(client, key, _record_calls(key), _RECORDS, record_rights(owner))), ""
    )


_LOCK = "the lock of an apply, so that it is refused without `--no-lock`"
_RECORDS = "the records, so that nothing is recorded"


def _lacking(client: "RedisClient", key: str, calls: list[Call], what: str, rights: tuple[str, ...]) -> list[Problem]:
    homes = {name: client.home(name) for name in (key, PROJECTS)}
    refused = refusals(client, [Asked(homes[PROJECTS if PROJECTS in call else key], call, key) for call in calls])
    if isinstance(refused, Problem):
        return [] if what is _RECORDS else [refused]  # once is enough
    if not refused:
        return []
    names = ", ".join(dict.fromkeys(f"`{one.right}`" for one in refused))
    return [
        Problem(
            f"`{client.user}` may not run {names} for {what}",
            f"an administrator can grant it: `ACL SETUSER {client.user} {' '.join(rights)}`",
        )
    ]


def _lock_calls(key: str) -> list[Call]:
    return [
        ("WATCH", key),
        ("MULTI",),
        ("SET", key, _ANY, "PX", "1", "NX"),
        ("GET", key),
        ("PEXPIRE", key, "1"),
        ("EXEC",),
        ("WAIT", "1", "1"),
        ("INFO", "server"),
    ]


def _record_calls(key: str) -> list[Call]:
    return [("HSCAN", key, "0"), ("HSET", key, _ANY, _ANY), ("HDEL", key, _ANY), ("SADD", PROJECTS, _ANY)]
