"""Which type of queue the cluster and the use ask for."""

from collections.abc import Iterator

from mqinfra.providers.base.verification.adviser import Advised, Adviser
from mqinfra.providers.base.verification.evidence import many
from mqinfra.providers.rabbitmq.verification.advice.usage import QueueUsage

_NODES = 3


class ReplicatedType(Adviser[QueueUsage]):
    """A classic queue lives on one node; a cluster of three can keep it on all."""

    name = "queue type"
    reason = (
        "A classic queue is on one node: while that is away nobody can use it, and when its disk is gone, so are the "
        "messages. A quorum queue goes on while most of its replicas are there, and counts failed deliveries"
    )
    source = "rabbitmq.com/docs/quorum-queues; mirrored classic queues are gone since 4.0"
    usage = QueueUsage

    def advise(self, usage: QueueUsage) -> Iterator[Advised]:
        """Of durable classic queues on a cluster, and of those that promise to survive the loss of a node."""
        promised = "node-loss" in usage.promises.survives
        if usage.type != "classic" or not usage.durable or (usage.nodes < _NODES and not promised):
            return
        holds = f", {many(usage.messages, 'message')}" if usage.messages is not None else ""
        told = f"durable classic queue on one of {many(usage.nodes, 'node')}{holds}"
        told += "; it promises to survive the loss of a node" if promised else ""
        if usage.priorities:
            told += f"; `x-max-priority` {usage.priorities} has to go, quorum queues have priorities of their own"
        yield Advised("make it a quorum queue, by a new name or while it is empty", told, ("type",), "type: quorum")
