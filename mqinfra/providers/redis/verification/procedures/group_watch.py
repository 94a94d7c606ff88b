"""A live group watched for a few seconds: where it stands, and who reads for it."""

import time

from pydantic import JsonValue

from mqinfra.model.judgement import Mode
from mqinfra.providers.base.connecting.fault import Fault
from mqinfra.providers.base.verification.procedure import Procedure, Trial
from mqinfra.providers.redis.api.node import Node
from mqinfra.providers.redis.api.replies import number, pairs
from mqinfra.providers.redis.verification.connection import own
from mqinfra.providers.redis.verification.procedures.asking import client_of

GROUP, CONSUMERS = "group", "consumers"
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


def _group(node: Node, stream: str, group: str) -> JsonValue:
    reply = node.read([("XINFO", "GROUPS", stream)])[0]
    if isinstance(reply, Fault):
        return {"error": reply.message} if reply.denied else None
    found = next((one for one in map(pairs, reply) if one.get("name") == group), None)
    if found is None:
        return None
    return {name: number(found.get(name)) for name in ("pending", "lag", "entries-read", "consumers")}


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
