"""MQ400: more replicas must confirm a write than there are."""

from collections.abc import Iterator

from mqinfra.checks.rule import Context, ResourceRule, Subject
from mqinfra.checks.topic import MIN_INSYNC, REPLICATION, TOPICS, number
from mqinfra.model.code import Code
from mqinfra.model.diagnostic import Diagnostic


class InsyncAboveReplicas(ResourceRule):
    """Kafka does not check it: it takes the topic, and then answers writes with NOT_ENOUGH_REPLICAS."""

    kinds = TOPICS
    code = Code(
        "MQ400",
        "`min.insync.replicas` above the replication factor",
        "A write with `acks=all`, which is the default of most clients, succeeds once `min.insync.replicas` replicas "
        "have it. When the topic has fewer replicas than that, every such write fails with NOT_ENOUGH_REPLICAS. Kafka "
        "accepts the setting all the same.\n\nA common choice is three replicas, two of them in sync: one broker may "
        "be down without stopping writes or losing any.",
        bad="orders: {replicationFactor: 2, config: {min.insync.replicas: 3}}",
        good="orders: {replicationFactor: 3, config: {min.insync.replicas: 2}}",
    )

    def look_at(self, subject: Subject, _context: Context) -> Iterator[Diagnostic]:
        """Compare the two values in force, where at least one is declared here."""
        insync, replicas = number(subject.value(*MIN_INSYNC)), number(subject.value(*REPLICATION))
        if insync is None or replicas is None or insync <= replicas:
            return
        if not subject.declares(MIN_INSYNC, REPLICATION):
            return
        place, other = (MIN_INSYNC, REPLICATION) if subject.declares(MIN_INSYNC) else (REPLICATION, MIN_INSYNC)
        have = "1 replica" if replicas == 1 else f"{replicas:g} replicas"
        yield subject.at(
            self.code,
            place,
            f"no `acks=all` write to `{subject.address.name}` would succeed: `min.insync.replicas` is {insync:g} and "
            f"there {'is' if replicas == 1 else 'are'} {have}",
            related=subject.related("the other value", other) if subject.declares(other) else (),
            help="three replicas with `min.insync.replicas: 2` let one broker be down"
            if replicas > 1
            else "write `min.insync.replicas: 1`, or more replicas",
        )
