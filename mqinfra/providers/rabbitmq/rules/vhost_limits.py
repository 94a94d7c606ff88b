"""Limits of vhosts against what a plan makes in them: a queue over `max-queues` is refused when it is declared."""

from collections import Counter
from collections.abc import Iterator

from mqinfra.model.address import Address
from mqinfra.model.code import Code
from mqinfra.providers.base.cluster_view import ClusterView
from mqinfra.providers.base.rule import ClusterRule, Finding, Rule
from mqinfra.providers.rabbitmq.policy.planned_topology import planned_topology
from mqinfra.providers.rabbitmq.rules import kind_names
from mqinfra.providers.rabbitmq.spec import vhost as vhost_spec
from mqinfra.providers.rabbitmq.spec.queue import KIND

_LIMIT = ("limits", "max-queues")

QUEUES_OVER_LIMIT = Code(
    "MQ350",
    "more queues than the vhost's limit",
    "A vhost's `max-queues` counts all its queues, also those of others and those that `deadLetter` and `retry` make. "
    "RabbitMQ refuses each one that comes after the last that fits, so an apply would stop halfway.",
    bad="rabbitmq:\n  vhosts:\n    /shop:\n      limits: {max-queues: 1}\n      queues: {a: {deadLetter: true}}",
    good="rabbitmq:\n  vhosts:\n    /shop:\n      limits: {max-queues: 2}\n      queues: {a: {deadLetter: true}}",
)
"""Counted by the provider, from what is declared and what was seen."""


class QueuesOverLimit(ClusterRule):
    """Vhosts in which not all queues fit, by what is declared and what was seen.

    What a plan deletes goes after what it makes, and so still counts (`rabbit_vhost_limit:is_over_queue_limit/1`).
    """

    codes = (QUEUES_OVER_LIMIT,)
    kinds = frozenset({kind_names.QUEUES})

    def look_at(self, view: ClusterView) -> Iterator[Finding]:
        """Count the queues of each vhost."""
        planned = view.once(planned_topology)
        there = Counter(address.path[0] for address in view.live if address.kind == KIND)
        new: dict[str, list[Address]] = {}
        for address in planned.of(KIND):
            if address not in view.live:
                new.setdefault(address.path[0], []).append(address)
        for vhost, queues in new.items():
            limit = _limit(view, Address(queues[0].cluster, vhost_spec.KIND, (vhost,)))
            room = len(queues) if limit is None or limit < 0 else max(0, limit - there[vhost])
            if room >= len(queues):
                continue
            queues.sort()
            counted = (
                f"{there[vhost]:,} live and {len(queues):,} to create" if there[vhost] else f"{len(queues):,} to create"
            )
            yield Finding(
                QUEUES_OVER_LIMIT,
                queues[room],
                f"vhost `{vhost}` may have {limit:,} queues by its limit `max-queues`, and there would be "
                f"{there[vhost] + len(queues):,} ({counted}); `{queues[room].name}` is the first that does not fit",
                ("raise `limits.max-queues` of the vhost; generated queues count, and queues to be deleted still do",),
            )


def _limit(view: ClusterView, vhost: Address) -> int | None:
    """What counts when the queues are made: what is declared, else what is there; None for no limit."""
    declaration = view.declared.get(vhost)
    fields = declaration.spec.fields() if declaration is not None else {}
    if _LIMIT in fields:
        said = fields[_LIMIT]
    else:
        live = view.live.get(vhost)
        said = live.field(_LIMIT) if live is not None else None
    return said if isinstance(said, int) else None


RULES: tuple[Rule, ...] = (QueuesOverLimit(),)
