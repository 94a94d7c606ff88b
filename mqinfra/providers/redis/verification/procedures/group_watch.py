"""A live group watched for a few seconds: where it stands, and who reads for it."""

import time

from pydantic import JsonValue

from mqinfra.model.judgement import Mode
from mqinfra.providers.base.connecting.fault import Fault
from mqinfra.providers.base.verification.procedure import Procedure, Trial
from mqinfra.providers.redis.api.entry_id import parse
from mqinfra.providers.redis.api.node import Node
from mqinfra.providers.redis.api.replies import number, pairs
from mqinfra.providers.redis.verification.connection import own
from mqinfra.providers.redis.verification.procedures.asking import client_of

GROUP, CONSUMERS, OLDEST = "group", "consumers", "age of the oldest"
_SAMPLES = 4
_PAUSE = 0.75


class GroupWatch(Procedure):
    """Observes the group several times, and its consumers once. It reads as nobody of the group."""

    name = "group watch"
    modes = (Mode.PASSIVE,)

    def carry_out(self, trial: Trial) -> None:
        """Sample."""
        stream, group = trial.place.address.path[:2]
        with own(client_of(trial).home(stream)) as node:
            trial.notes.observe(CONSUMERS, _consumers(node, stream, group))
            for at in range(_SAMPLES):
                time.sleep(min(_PAUSE, trial.left) if at else 0.0)
                trial.notes.observe(GROUP, _group(node, stream, group))
            if trial.place.promised.promises.max_delay is not None:
                trial.notes.observe(OLDEST, _oldest(node, stream, group))


def _group(node: Node, stream: str, group: str) -> JsonValue:
    reply = node.read([("XINFO", "GROUPS", stream)])[0]
    if isinstance(reply, Fault):
        return {"error": reply.message} if reply.denied else None
    found = next((one for one in map(pairs, reply) if one.get("name") == group), None)
    if found is None:
        return None
    return {name: number(found.get(name)) for name in ("pending", "lag", "entries-read", "consumers")}


def _oldest(node: Node, stream: str, group: str) -> JsonValue:
    """Milliseconds since the oldest entry came that waits, or that a consumer holds; by the server's own clock.

    Returns:
        `{"age": None}` where nothing waits; None where it can't be told.
    """
    groups, clock = node.read([("XINFO", "GROUPS", stream), ("TIME",)])
    found = (
        None
        if isinstance(groups, Fault)
        else next((one for one in map(pairs, groups) if one.get("name") == group), None)
    )
    if found is None or isinstance(clock, Fault):
        return None
    behind = ("XRANGE", stream, f"({found.get('last-delivered-id')}", "+", "COUNT", "1")
    replies = node.read([behind, ("XPENDING", stream, group, "-", "+", "1")])
    if any(isinstance(one, Fault) for one in replies):
        return None
    ids = [parse(str(entries[0][0])) for entries in replies if entries]
    sent = [one[0] for one in ids if one is not None]
    now = int(clock[0]) * 1_000 + int(clock[1]) // 1_000
    return {"age": max(0, now - min(sent)) if sent else None}


def _consumers(node: Node, stream: str, group: str) -> JsonValue:
    reply = node.read([("XINFO", "CONSUMERS", stream, group)])[0]
    if isinstance(reply, Fault):
        return []
    some: list[JsonValue] = [
        {
            "name": str(one.get("name")),
            "pending": number(one.get("pending")) or 0,
            "idle": number(one.get("idle")) or 0,
        }
        for one in map(pairs, reply)
    ]
    return some
