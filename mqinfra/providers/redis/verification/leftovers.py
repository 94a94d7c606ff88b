"""What runs left on a deployment: keys and users with reserved names. Only `verify` and its `--gc` look for them."""

from collections.abc import Callable, Iterator

from mqinfra.model.errors import UserError
from mqinfra.providers.base.connecting.fault import Fault
from mqinfra.providers.base.verification.canary import PREFIX, is_reserved
from mqinfra.providers.redis.api.client import RedisClient
from mqinfra.providers.redis.api.faults import not_allowed
from mqinfra.providers.redis.api.node import Node
from mqinfra.providers.redis.api.replies import texts
from mqinfra.providers.redis.api.resp import Call
from mqinfra.providers.redis.verification.connection import own
from mqinfra.providers.redis.verification.mastery import masters

_PAGE = "1000"
_PAGES = 1_000_000


def keys_left(client: RedisClient) -> list[str]:
    """Keys with reserved names.

    Raises:
        UserError: a server does not answer, or the caller may not look.
    """
    found: set[str] = set()
    for node in masters(client):
        with own(node) as asked:
            found.update(_scanned(client, asked))
    return sorted(found)


def users_left(client: RedisClient) -> list[str]:
    """Users with reserved names, of every server; none where the caller may not see users, as it made none then.

    Raises:
        UserError: a server does not answer.
    """
    found: set[str] = set()
    for node in client.nodes:
        with own(node) as asked:
            reply = asked.read([("ACL", "USERS")])[0]
        if isinstance(reply, Fault) and not reply.denied:
            raise node.unreadable(reply)
        found.update(name for name in ([] if isinstance(reply, Fault) else texts(reply)) if is_reserved(name))
    return sorted(found)


def delete_left(client: RedisClient, is_old: Callable[[str], bool]) -> list[str]:
    """Delete what has a reserved name and is old, and name it.

    Raises:
        UserError: a server refuses, or does not answer.
    """
    keys, users = list(filter(is_old, keys_left(client))), list(filter(is_old, users_left(client)))
    for key in keys:
        _sent(client.home(key), ("UNLINK", key))
    for node in client.nodes if users else ():
        _sent(node, ("ACL", "DELUSER", *users))
    return named(keys, users)


def named(keys: list[str], users: list[str]) -> list[str]:
    """What was found, as `KIND NAME`."""
    return [*(f"key {key}" for key in keys), *(f"user {user}" for user in users)]


def _scanned(client: RedisClient, node: Node) -> Iterator[str]:
    cursor = "0"
    for _ in range(_PAGES):
        reply = node.read([("SCAN", cursor, "MATCH", f"{PREFIX}*", "COUNT", _PAGE)])[0]
        if isinstance(reply, Fault):
            raise UserError([not_allowed("scan", reply, client.where, client.user)])
        if not isinstance(reply, list) or len(reply) != 2:
            break
        cursor = str(reply[0])
        yield from texts(reply[1])
        if cursor == "0":
            return
    raise node.unreadable(Fault("a list of keys that does not end"))


def _sent(node: Node, call: Call) -> None:
    with own(node) as asked:
        reply = asked.send([call])[0]
    if isinstance(reply, Fault):
        raise node.unreadable(reply)
