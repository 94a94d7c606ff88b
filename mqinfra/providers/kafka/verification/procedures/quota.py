"""A canary's client with a quota of its own sends more than that, and is held to it or not."""

import threading
import time
from collections.abc import Mapping

from pydantic import JsonValue

from mqinfra.model.errors import UserError
from mqinfra.model.operation import Known
from mqinfra.providers.base.connecting.codes import NOT_READ
from mqinfra.providers.base.verification.message import Message
from mqinfra.providers.base.verification.procedure import Procedure, Trial
from mqinfra.providers.kafka.api.second_quotas import Entity
from mqinfra.providers.kafka.verification.ground import CloneGround
from mqinfra.providers.kafka.verification.place import ClusterPlace
from mqinfra.providers.kafka.verification.procedures.pipeline import clone_of
from mqinfra.providers.kafka.verification.producer import TopicProducer

QUOTA, MEASURED = "quota", "measured"
PRODUCED = "producer_byte_rate"
_MOST = 65_536
"""Bytes per second that the canary is held to at most: the burst before that is ten seconds' worth."""
_BODY = 1_000
_BATCH = 16
_WATCHED = 8.0
_PATIENCE = 25.0


class Quota(Procedure):
    """Sends as fast as it goes: first what a quota lets through at once, then for some seconds while it throttles.

    Attributes:
        held: whether the quota is set; False to see that the check can tell.
    """

    name = "quota"
    alone = True
    held = True

    def carry_out(self, trial: Trial) -> None:
        """Set the quota, send, and remove it."""
        ground, place = clone_of(trial), trial.place
        if not isinstance(place, ClusterPlace) or place.produced is None:
            return
        rate = min(_MOST, place.produced)
        client_id = f"{ground.name}.quota"
        user = ground.client.user
        entity: Entity = (("client-id", client_id), *([("user", user)] if user else []))
        trial.notes.observe(QUOTA, rate)
        try:
            if self.held:
                _set(ground, entity, {PRODUCED: float(rate)})
            trial.notes.observe(MEASURED, _measured(trial, ground, client_id, rate))
        finally:
            _set(ground, entity, {PRODUCED: None})


def _set(ground: CloneGround, entity: Entity, limits: Mapping[str, float | None]) -> None:
    for fault in ground.client.quotas.alter({entity: limits}).values():
        if fault is not None and not fault.absent:
            raise UserError([NOT_READ.at(f"a quota of a canary can't be set: {fault.message}")])


def _measured(trial: Trial, ground: CloneGround, client_id: str, rate: int) -> dict[str, JsonValue]:
    throttled = threading.Event()
    producer = TopicProducer(
        ground.client.clients,
        ground.name,
        {
            "client.id": client_id,
            "throttle_cb": lambda _: throttled.set(),
            "batch.size": _BATCH * _BODY,
            "max.in.flight.requests.per.connection": 1,
            "linger.ms": 0,
        },
    )
    began = time.monotonic()
    since, before, sent, unknown = 0.0, 0, 0, ""
    body = trial.chance.randbytes(_BODY)
    with producer:
        while (now := time.monotonic()) - began < min(_PATIENCE, trial.left):
            if since and now - since > _WATCHED:
                break
            # Ten seconds' worth is let through at once, and as much again has to be enough to be throttled.
            if not since and sent > 30 * rate:
                break
            answers = producer.send([Message(f"{sent}-{at}", "key", body) for at in range(_BATCH)], _PATIENCE)
            sent += sum(_BODY for one in answers if one.known is Known.OK)
            unknown = unknown or next((one.error for one in answers if one.known is not Known.OK), "")
            if throttled.is_set() and not since:
                since, before = time.monotonic(), sent
        seconds = time.monotonic() - since if since else 0.0
    return {
        "throttled": bool(since),
        "sent": sent,
        "seconds": round(seconds, 3),
        "rate": round((sent - before) / seconds) if seconds else 0,
        "error": unknown,
    }
