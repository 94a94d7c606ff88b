"""Facts of a queue for a diagnosis, by statistics, and by looking into dead letters where that was asked for.

A look takes letters out and gives them back: the server marks each as redelivered, and a quorum queue counts it as a
delivery. So it is done on request only, and never where the count could come to the queue's limit.
"""

import time
from collections.abc import Mapping, Sequence
from typing import Any

from pydantic import JsonValue

from mqinfra.providers.base.monitoring.watched import Watched
from mqinfra.providers.base.verification.examination import SAMPLES, Examination, Lane, Letter, Reader
from mqinfra.providers.rabbitmq.api.call import Answer, Call, RabbitFault
from mqinfra.providers.rabbitmq.io.client import RabbitClient
from mqinfra.providers.rabbitmq.io.listing import Row
from mqinfra.providers.rabbitmq.verification.live import LiveVhost, type_of

PAUSE = 3.5
"""Seconds between samples: statistics are renewed every five, so that three samples see them twice."""
_LETTERS = 20
_LEAST_LIMIT = 5
"""The delivery limit below which nobody looks into a queue."""
_DEFAULT_LIMIT = 20
_CHANNELS = 20


def examine(client: RabbitClient, watched: Watched, dead: Watched | None, *, peek: bool) -> Examination:
    """Look.

    Raises:
        UserError: the server did not answer.
    """
    unread: list[str] = []
    rows: list[tuple[float, Row, int | None]] = []
    for at in range(SAMPLES):
        time.sleep(PAUSE if at else 0.0)
        row = _queue(client, watched, unread)
        letters = _count(client, dead) if dead is not None else None
        rows.append((time.monotonic(), {**row, "ready now": _count(client, watched)}, letters))
    first, last = rows[0], rows[-1]
    seconds = last[0] - first[0]
    consumers = last[1].get("consumer_details")
    some = _peeked(client, dead, unread) if dead is not None and peek and last[2] else ()
    lane = Lane(
        name=watched.name,
        came=tuple(_total(row, "publish") for _, row, _ in rows),
        done=tuple(_total(row, "ack", "deliver_no_ack", "get_no_ack") for _, row, _ in rows),
        waits=tuple(_waits(row) for _, row, _ in rows),
    )
    if watched.replays:
        unread.append(f"how far readers of stream `{watched.name}` are: the management API does not tell")
    again = [_total(row, "redeliver") for row in (first[1], last[1])]
    return Examination(
        seconds=seconds,
        # All that a stream keeps counts as waiting, whoever has read it.
        lanes=() if watched.replays else (lane,),
        readers=_readers(client, consumers) if isinstance(consumers, list) else None,
        changed=len(_tags(first[1]) ^ _tags(last[1])),
        redelivered=(again[1] - again[0]) / seconds if again[0] is not None and again[1] is not None else None,
        dead=tuple(letters for _, _, letters in rows) if dead is not None else (),
        letters=some,
        expires_ms=watched.limits.retention_ms,
        unread=tuple(dict.fromkeys(unread)),
    )


def _queue(client: RabbitClient, watched: Watched, unread: list[str]) -> Row:
    answer = client.get("queues", watched.place, watched.name)
    if isinstance(answer, RabbitFault):
        unread.append(f"queue `{watched.name}`: {answer.message}")
    return answer if isinstance(answer, dict) else {}


def _count(client: RabbitClient, watched: Watched) -> int | None:
    """Messages that wait at this moment, by a passive declare; statistics are seconds old."""
    found = client.counts(watched.place, [watched.name]).get(watched.name)
    return None if found is None or isinstance(found, RabbitFault) else found.messages


def _waits(row: Row) -> int | None:
    ready, held = row.get("ready now"), row.get("messages_unacknowledged")
    if not isinstance(ready, int):
        ready = row.get("messages_ready")
    return ready + (held if isinstance(held, int) else 0) if isinstance(ready, int) else None


def _total(row: Row, *names: str) -> int | None:
    """Counters added up; 0 where statistics are kept and nothing was counted yet."""
    statistics = row.get("message_stats")
    if not isinstance(statistics, dict):
        return 0 if row.get("messages") is not None else None
    return sum(number for name in names if isinstance(number := statistics.get(name), int))


def _tags(row: Row) -> set[str]:
    some = row.get("consumer_details")
    return {str(one.get("consumer_tag")) for one in some if isinstance(one, dict)} if isinstance(some, list) else set()


def _readers(client: RabbitClient, consumers: Sequence[Any]) -> tuple[Reader, ...]:
    """Consumers with what their channels hold, of all queues that they read."""
    rows = [one for one in consumers if isinstance(one, dict)]
    channels = [str((one.get("channel_details") or {}).get("name") or "") for one in rows]
    asked = list(dict.fromkeys(filter(None, channels)))[:_CHANNELS]
    answers = client.lists([Call("GET", ("channels", name)) for name in asked]) if asked else []
    known: dict[str, Mapping[str, Any]] = {
        name: answer.body
        for name, answer in zip(asked, answers, strict=True)
        if isinstance(answer, Answer) and isinstance(answer.body, dict)
    }
    return tuple(
        Reader(
            name=f"{one.get('consumer_tag') or 'consumer'} ({channel})" if channel else str(one.get("consumer_tag")),
            held=_number(known.get(channel, {}).get("messages_unacknowledged")),
            prefetch=_number(one.get("prefetch_count")) if one.get("ack_required") is not False else None,
        )
        for one, channel in zip(rows, channels, strict=True)
    )


def _number(value: object) -> int | None:
    return value if isinstance(value, int) and not isinstance(value, bool) else None


def _peeked(client: RabbitClient, dead: Watched, unread: list[str]) -> tuple[Letter, ...]:
    live = LiveVhost(client, dead.place)
    row = live.queue(dead.name)
    if row is None or type_of(row) == "stream":
        unread.append(f"letters in `{dead.name}`: it is a stream, or not there")
        return ()
    if type_of(row) == "quorum":
        limit = live.in_force(row).get("delivery-limit", _DEFAULT_LIMIT if client.version_tuple >= (4,) else -1)
        if isinstance(limit, int) and 0 <= limit < _LEAST_LIMIT:
            unread.append(f"letters in `{dead.name}`: each look counts as a delivery, and its limit is {limit}")
            return ()
    body: JsonValue = {"count": _LETTERS, "ackmode": "ack_requeue_true", "encoding": "base64", "truncate": 1}
    (answer,) = client.send([Call("POST", ("queues", dead.place, dead.name, "get"), body=body)])
    if isinstance(answer, RabbitFault) or not isinstance(answer.body, list):
        why = answer.message if isinstance(answer, RabbitFault) else "an answer that is none"
        unread.append(f"letters in `{dead.name}`: {why}")
        return ()
    return tuple(_letter(at, one) for at, one in enumerate(answer.body) if isinstance(one, dict))


def _letter(at: int, one: Mapping[str, Any]) -> Letter:
    """A letter by its newest death; one that died more than once was tried again meanwhile."""
    headers = (one.get("properties") or {}).get("headers") or {}
    deaths = [death for death in headers.get("x-death") or () if isinstance(death, dict)]
    newest = deaths[0] if deaths else {}
    return Letter(
        place=str((one.get("properties") or {}).get("message_id") or f"number {at + 1}"),
        reason=str(newest.get("reason") or ""),
        source=str(newest.get("queue") or ""),
        times=_number(newest.get("count")),
    )
