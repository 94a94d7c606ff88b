"""Limits of vhosts against what a plan makes in them: a queue over `max-queues` is refused when it is declared."""

from collections import Counter
from collections.abc import Iterator

from mqinfra.model.address import Address
from mqinfra.providers.base.opinion import Opinion, Seen
from mqinfra.providers.rabbitmq.policy.planned_topology import outlook
from mqinfra.providers.rabbitmq.spec import vhost as vhost_spec
from mqinfra.providers.rabbitmq.spec.queue import KIND

_LIMIT = ("limits", "max-queues")


def opinions(seen: Seen) -> Iterator[Opinion]:
    """Say in which vhosts not all queues fit, by what is declared and what was seen.

    What a plan deletes goes after what it makes, and so still counts (`rabbit_vhost_limit:is_over_queue_limit/1`).
    """
    found = seen.once(outlook)
    there = Counter(address.path[0] for address in seen.live if address.kind == KIND)
    new: dict[str, list[Address]] = {}
    for address in found.of(KIND):
        if address not in seen.live:
            new.setdefault(address.path[0], []).append(address)
    for vhost, queues in new.items():
        limit = _limit(seen, Address(queues[0].cluster, vhost_spec.KIND, (vhost,)))
        room = len(queues) if limit is None or limit < 0 else max(0, limit - there[vhost])
        if room >= len(queues):
            continue
        queues.sort()
        counted = f"{there[vhost]:,} there and {len(queues):,} to make" if there[vhost] else f"{len(queues):,} to make"
        yield Opinion(
            "queues_over_limit",
            queues[room],
            f"vhost `{vhost}` takes {limit:,} queues by its limit `max-queues`, and there would be "
            f"{there[vhost] + len(queues):,} ({counted}); `{queues[room].name}` is the first that does not fit",
            ("raise `limits.max-queues` of the vhost; what sugar makes counts, and what is deleted still does",),
        )


def _limit(seen: Seen, vhost: Address) -> int | None:
    """What counts when the queues are made: what is declared, else what is there; None for no limit."""
    declaration = seen.declared.get(vhost)
    fields = declaration.spec.fields() if declaration is not None else {}
    if _LIMIT in fields:
        said = fields[_LIMIT]
    else:
        live = seen.live.get(vhost)
        said = live.field(_LIMIT) if live is not None else None
    return said if isinstance(said, int) else None
