"""Samples of queues: one list per vhost.

The server renews what it lists every 5 seconds, so nothing follows from two samples that are nearer to each other.
"""

import time
from collections.abc import Iterable, Mapping, Sequence

from mqinfra.providers.base.monitoring.sample import Observed, Sample, Sampler
from mqinfra.providers.base.monitoring.watched import Watched
from mqinfra.providers.rabbitmq.api.call import Call
from mqinfra.providers.rabbitmq.io.client import RabbitClient
from mqinfra.providers.rabbitmq.io.listing import Row, list_vhosts

NOT_THERE = "it does not exist; `mqinfra apply` makes it"
_TAKEN = ("ack", "deliver_no_ack", "get_no_ack")
_UNROUTABLE = ("drop_unroutable", "return_unroutable")
_ROUTED = ",".join(f"message_stats.{name}" for name in _UNROUTABLE)
_COLUMNS = ",".join(
    (
        "name",
        "messages",
        "messages_ready",
        "messages_unacknowledged",
        "consumers",
        "head_message_timestamp",
        "message_stats.publish",
        *(f"message_stats.{name}" for name in _TAKEN),
    )
)


class RabbitSampler(Sampler):
    """Looks at queues.

    Attributes:
        client: the deployment.
    """

    def __init__(self, client: RabbitClient) -> None:
        self.client = client

    def sample(self, watched: Sequence[Watched]) -> list[Observed]:
        """List the queues of each vhost once."""
        at = time.time()
        listing = list_vhosts(self.client, (one.place for one in watched), _listed)
        rows = {(vhost, str(row.get("name"))): row for vhost, some in listing.rows.items() for row in some}
        return [Observed(one, _sample(one, at, rows, listing.denied)) for one in watched]

    def unroutable(self) -> int | None:
        """What exchanges dropped or gave back, of all vhosts that the user may see; None where it may not ask."""
        answer = self.client.get("overview", columns=_ROUTED)
        counters = answer.get("message_stats") if isinstance(answer, dict) else None
        return _counted(counters, _UNROUTABLE)


def _listed(vhost: str) -> Call:
    return Call("GET", ("queues", vhost), {"columns": _COLUMNS})


def _sample(one: Watched, at: float, rows: Mapping[tuple[str, str], Row], denied: Mapping[str, str]) -> Sample:
    row = rows.get((one.place, one.name))
    if row is None:
        return Sample(at, unknown=denied.get(one.place, NOT_THERE))
    length = _number(row.get("messages"))
    if length is None:
        return Sample(at, unknown="the server has no statistics of it yet, or keeps none")
    counters = row.get("message_stats")
    sent = _number(row.get("head_message_timestamp"))
    return Sample(
        at,
        waiting=None if one.replays else _number(row.get("messages_ready")),
        held=None if one.replays else _number(row.get("messages_unacknowledged")),
        consumers=_number(row.get("consumers")),
        length=length,
        put=_counted(counters, ("publish",)),
        taken=_counted(counters, _TAKEN),
        age=max(0.0, at - sent) if sent else None,
    )


def _number(value: object) -> int | None:
    return value if isinstance(value, int) and not isinstance(value, bool) else None


def _counted(counters: object, names: Iterable[str]) -> int | None:
    """The sum of counters, which come into being with the first that they count; None where the server keeps none."""
    return sum(_number(counters.get(name)) or 0 for name in names) if isinstance(counters, dict) else None
