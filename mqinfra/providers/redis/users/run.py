"""Sending changes of users to every node, and making them last over a restart where the server can."""

from collections.abc import Callable, Mapping, Sequence
from typing import TYPE_CHECKING

from pydantic import JsonValue

from mqinfra.model.address import Address
from mqinfra.model.setting import Problem
from mqinfra.providers.base.connecting.fault import Fault
from mqinfra.providers.base.request import Accepted, Refused, Request, Result
from mqinfra.providers.redis.addresses import DEFAULT
from mqinfra.providers.redis.api.discovery import announced
from mqinfra.providers.redis.api.faults import result_of
from mqinfra.providers.redis.api.server import SAVES
from mqinfra.providers.redis.users.reading import GetUser
from mqinfra.providers.redis.users.requests import DELETE, SET, database_rules
from mqinfra.providers.redis.users.service_users import locks_out

if TYPE_CHECKING:
    from mqinfra.providers.redis.api.client import RedisClient
    from mqinfra.providers.redis.api.node import Node

Body = Mapping[str, JsonValue]
Hashes = Callable[[JsonValue], Sequence[str]]


def run(client: "RedisClient", request: Request, hashes: Hashes) -> dict[Address, Result]:
    """Send one request to every node, one after the other; the caller's own user comes last on each."""
    if request.api not in (SET, DELETE):
        return dict.fromkeys(request.body, Accepted("; ".join([*_save(client, request.api), *_missed(client)])))
    ordered = sorted(request.body, key=lambda address: (address.name == client.user, address))
    passwords = {address: hashes(request.body[address].get("passwords")) for address in ordered}
    results: dict[Address, Result] = {}
    own = next((address for address in ordered if address.name == client.user), None)
    if own is not None and request.api == SET and not _lets_us_in(client, request.body[own], passwords[own]):
        text = (
            f"this would lock out `{client.user}`, the user of this connection: its password is not among the new ones"
        )
        results[own] = Refused(text, ("keep the present password until another user can take over",))
        ordered.remove(own)
    if request.api == DELETE:
        kept = {address: problem for address in ordered if (problem := undeletable(client, address.name)) is not None}
        results |= {address: Refused(problem.message, (problem.help,)) for address, problem in kept.items()}
        ordered = [address for address in ordered if address not in kept]
    for address in [address for address in ordered if address.name in (client.service_users or {})]:
        if request.api == DELETE or _cuts_off(client, request.body[address], passwords[address]):
            purpose = (client.service_users or {})[address.name]
            text = f"this would cut {purpose} off, which logs in as `{address.name}` with a password that works now"
            results[address] = Refused(text, ("keep the present password until every server has the new one",))
            ordered.remove(address)
    for node in client.nodes:
        _on_node(client, node, request, ordered, passwords, results)
    accepted = Accepted("; ".join(_missed(client)))
    for address in ordered:
        results.setdefault(address, accepted)
    return results


def undeletable(client: "RedisClient", user: str) -> Problem | None:
    """Why nobody may delete a user, whatever the plan rests on; None when it can be deleted."""
    if user == DEFAULT:
        return Problem("every connection begins as the user `default`", "declare it with `enabled: false` instead")
    if user == client.user:
        return Problem(f"mqinfra is logged in as `{user}` itself", "plan as another user")
    return None


def _on_node(
    client: "RedisClient",
    node: "Node",
    request: Request,
    ordered: Sequence[Address],
    passwords: Mapping[Address, Sequence[str]],
    results: dict[Address, Result],
) -> None:
    kept = _kept(client, node, request, ordered)
    for address, found in kept.items():
        if isinstance(found, Fault):
            # Without knowing what is to stay, nothing is sent: `reset` would take it away, or give more.
            results[address] = result_of(found, f"ACL GETUSER on {node.name}")
    ordered = [address for address in ordered if not isinstance(kept.get(address), Fault)]
    calls = [
        _call(
            client,
            request.api,
            request.body[address],
            [f"#{value}" for value in passwords[address]],
            _rules_of(kept.get(address)),
        )
        for address in ordered
    ]
    for address, reply in zip(ordered, node.send(calls), strict=True):
        if isinstance(reply, Fault):
            results[address] = result_of(reply, f"{request.api} on {node.name}")
        else:
            client.unsaved.add(node.name)


def _call(
    client: "RedisClient", api: str, body: Body, passwords: Sequence[str], kept: Sequence[str]
) -> tuple[str, ...]:
    verb, _, sub = api.partition(" ")
    user = str(body["user"])
    if api != SET:
        return (verb, sub, user)
    rules = body["rules"]
    texts = [str(rule) for rule in rules] if isinstance(rules, list) else []
    known = [_sendable(client, rule) for rule in texts]
    return (verb, sub, user, *(rule for rule in known if rule), *passwords, *kept)


def _sendable(client: "RedisClient", rule: str) -> str:
    if rule.startswith("("):
        return f"({' '.join(client.table.sendable(rule[1:-1].split()))})"
    return rule if rule[0] not in "+-" else "".join(client.table.sendable([rule]))


def _kept(
    client: "RedisClient", node: "Node", request: Request, ordered: Sequence[Address]
) -> dict[Address, Sequence[str] | Fault]:
    """Rules of users whose entry does not speak of passwords, or databases: they stay, though `reset` undoes them."""
    if request.api != SET:
        return {}
    silent = [a for a in ordered if _keeps_passwords(request.body[a]) or _keeps_databases(client, request.body[a])]
    replies = node.send([("ACL", "GETUSER", address.name) for address in silent])
    found: dict[Address, Sequence[str] | Fault] = {}
    for address, reply in zip(silent, replies, strict=True):
        user = None if isinstance(reply, Fault) else GetUser.parse(reply)
        if isinstance(reply, Fault):
            found[address] = reply
        elif user is not None:
            hashes = sorted(user.hashes) if _keeps_passwords(request.body[address]) else ()
            limits = database_rules(user.spec.databases) if _keeps_databases(client, request.body[address]) else ()
            found[address] = [*(f"#{value}" for value in hashes), *limits]
    return found


def _rules_of(kept: Sequence[str] | Fault | None) -> Sequence[str]:
    return () if kept is None or isinstance(kept, Fault) else kept


def _keeps_passwords(body: Body) -> bool:
    return body.get("passwords") is None and "nopass" not in _rules(body)


def _keeps_databases(client: "RedisClient", body: Body) -> bool:
    return body.get("databases") is None and client.limits_databases


def _rules(body: Body) -> list[JsonValue]:
    rules = body.get("rules")
    return rules if isinstance(rules, list) else []


def _lets_us_in(client: "RedisClient", body: Body, hashes: Sequence[str]) -> bool:
    if body.get("passwords") is None or client.password_hash is None:
        return True
    return client.password_hash in hashes


def _cuts_off(client: "RedisClient", body: Body, hashes: Sequence[str]) -> bool:
    """Tell whether no password of a user that the deployment logs in as would go on working on some server."""
    if body.get("passwords") is None or "nopass" in _rules(body):
        return False
    replies = [node.send([("ACL", "GETUSER", str(body["user"]))])[0] for node in client.nodes]
    users = [GetUser.parse(reply) for reply in replies if not isinstance(reply, Fault)]
    return any(user is not None and locks_out(hashes, user.hashes) for user in users)


def _save(client: "RedisClient", api: str) -> list[str]:
    """Write users to disk where they changed and a server keeps them so; says where that did not work."""
    notes = []
    for node in client.nodes:
        call = SAVES.get(node.about.persistence)
        if call is not None and " ".join(call) == api and node.name in client.unsaved:
            reply = node.send([call])[0]
            if isinstance(reply, Fault):
                notes.append(f"not saved on {node.name}, lost when it restarts: {reply.message}")
            else:
                client.unsaved.discard(node.name)
    return notes


def _missed(client: "RedisClient") -> list[str]:
    """Say which servers of the deployment were not told: those that are down, and those that joined meanwhile."""
    notes = [f"not on {name}, which is down: plan again when it is up" for name in client.down]
    if client.slots:
        return notes
    joined: set[str] = set()
    for node in client.nodes:
        reply = node.send([("INFO", "replication")])[0]
        joined |= set() if isinstance(reply, Fault) else announced(str(reply))
    new = sorted(joined - client.known)
    return [*notes, *(f"not on {name}, which joined during the apply: plan again" for name in new)]
