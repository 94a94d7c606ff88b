"""MQ405: it can't be told whether replicas are being moved."""

from collections import defaultdict
from collections.abc import Iterator

from mqinfra.model.code import Code
from mqinfra.model.diagnostic import Diagnostic, Severity
from mqinfra.providers.base.rule import Context, Rule, Subject
from mqinfra.providers.kafka.rules.topic import NOT_TOLD, REPLICATION


class ReassignmentNotTold(Rule):
    """Only a list of reassignments tells one from a broker that is down; Metadata alone looks the same."""

    code = Code(
        "MQ405",
        "can't tell whether replicas are being moved",
        "Replicas of a topic are not all in sync, and there are not as many as declared. Either a reassignment is "
        "under way or a broker is down; the list of reassignments, which would tell, can't be read. Until it can, "
        "`replicationFactor` is not compared, because what is on the move is not a replication factor.\n\nGrant "
        "Describe on the cluster, or plan again when all replicas are in sync.",
        severity=Severity.WARNING,
        bad="orders: {replicationFactor: 2}     # live: 3 replicas, 2 of them in sync, and no Describe on the cluster",
        good="orders: {replicationFactor: 2}     # live: 2 replicas in sync",
    )

    def check(self, context: Context) -> Iterator[Diagnostic]:
        """Say it once per cluster and cause."""
        by_cause: dict[tuple[str, str], list[Subject]] = defaultdict(list)
        for subject in context.by_kind.get("kafka/topics", ()):
            cause = subject.live.inherited.get(NOT_TOLD) if subject.live is not None else None
            if subject.live is None or cause is None or not subject.declares(REPLICATION):
                continue
            if subject.live.value(REPLICATION) != subject.fields[REPLICATION]:
                by_cause[subject.address.cluster, str(cause)].append(subject)
        for (_, cause), some in by_cause.items():
            more = f" and {len(some) - 1} more {'topic' if len(some) == 2 else 'topics'}" if len(some) > 1 else ""
            yield some[0].at(
                self.code,
                REPLICATION,
                f"the replicas of `{some[0].address.name}`{more} are not compared: they are not all in sync, and "
                f"whether a reassignment is under way can't be told: {cause}",
                help="grant Describe on the cluster, or plan again when all replicas are in sync",
            )
