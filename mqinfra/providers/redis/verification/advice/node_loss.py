"""What happens to acknowledged entries when the master is lost."""

from collections.abc import Iterator

from mqinfra.providers.base.verification.adviser import Advised, Adviser
from mqinfra.providers.base.verification.evidence import many
from mqinfra.providers.redis.verification.advice.usage import StreamUsage


class NodeLoss(Adviser[StreamUsage]):
    """Replication is asynchronous: an entry that was acknowledged may be on the master alone."""

    name = "loss of a node"
    reason = (
        "Redis answers XADD before replicas have the entry. With `min-replicas-to-write 0` a master that is cut off "
        "goes on taking entries, which are gone when a replica takes over; with 1 the window is `min-replicas-max-lag`"
    )
    source = "redis.io/docs/latest/operate/oss_and_stack/management/replication: writes only with N replicas attached"
    usage = StreamUsage

    def advise(self, usage: StreamUsage) -> Iterator[Advised]:
        """Of streams whose entries are work to be done, or that promise it."""
        promised = "node-loss" in usage.promises.survives
        if usage.min_replicas != 0 or usage.replicas is None or not (usage.groups or promised):
            return
        told = f"{many(usage.replicas, 'replica')}, `min-replicas-to-write` 0, {many(len(usage.groups), 'group')}"
        told += "; it promises to survive the loss of a node" if promised else ""
        if usage.replicas:
            text = "set `min-replicas-to-write 1` on the servers, and WAIT after entries that must not be lost"
            yield Advised(text, told)
        elif usage.dead_letters or promised:
            text = (
                "if entries must outlive the loss of the server, use a quorum queue of RabbitMQ or a Kafka topic with "
                "three replicas: nothing is replicated here"
            )
            yield Advised(text, told)
