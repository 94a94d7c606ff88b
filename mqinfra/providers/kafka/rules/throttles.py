"""Throttles of replicas that are left over from a move that is done, or was given up."""

from collections.abc import Iterator

from mqinfra.model.code import Code
from mqinfra.model.diagnostic import Diagnostic, Severity
from mqinfra.providers.base.rule import Context, ResourceRule, Rule, Subject
from mqinfra.providers.kafka.moves.throttles import LEFT_ON, RATES
from mqinfra.providers.kafka.rules.topic import TOPICS, changes_replicas
from mqinfra.providers.kafka.topics.fields import THROTTLED

THROTTLE_LEFT = Code(
    "MQ406",
    "a throttle of replicas is left over",
    "A topic lists replicas as throttled, or brokers still have a rate for them that mqinfra set, though none of them "
    "is on the move. Whoever moved them was stopped, or forgot. While it is there, replicas that fall behind, as after "
    "a restart of a broker, catch up no faster than the rate, or never, where more comes in than that.\n\n"
    "Take it away with the command that the finding says. What mqinfra left behind itself also goes with the next "
    "apply, where the topic's `replicationFactor` is declared.",
    severity=Severity.WARNING,
    bad="orders: {partitions: 6}   # live: follower.replication.throttled.replicas: 0:1,1:2",
    good="orders: {partitions: 6}   # live: none",
)


class ListLeft(ResourceRule):
    """Only lists that nobody declares; one that the manifest asks for is wanted."""

    kinds = TOPICS
    codes = (THROTTLE_LEFT,)

    def look_at(self, subject: Subject, _context: Context) -> Iterator[Diagnostic]:
        """Look at what the reading says of the live topic."""
        listed = subject.live.inherited.get(THROTTLED) if subject.live is not None else None
        if listed is None or changes_replicas(subject):
            return
        names = [name for name in str(listed).split(", ") if not subject.declares(("config", name))]
        if not names:
            return
        yield subject.at(
            THROTTLE_LEFT,
            (),
            f"replicas of `{subject.address.name}` are throttled though none is on the move: {', '.join(names)}",
            help="take it away: `kafka-configs --alter --entity-type topics --entity-name "
            f"{subject.address.name} --delete-config {','.join(names)}`",
        )


class RateLeft(Rule):
    """Only ours, told by how they end: whoever gives brokers a rate may want it to stay."""

    codes = (THROTTLE_LEFT,)

    def check(self, context: Context) -> Iterator[Diagnostic]:
        """Look at what the broker that was asked says, unless something is being moved by us."""
        topics = context.by_kind.get("kafka/topics", ())
        moving = {subject.address.cluster for subject in topics if changes_replicas(subject)}
        for alias, reading in context.readings.items():
            broker = reading.facts.traits.get(LEFT_ON)
            if broker is None or alias in moving:
                continue
            yield THROTTLE_LEFT.at(
                f"broker {broker} of `{alias}` has a rate for throttled replicas that a run of mqinfra left behind",
                address=alias,
                help="when nothing is being moved, take it from every broker: `kafka-configs --alter --entity-type "
                f"brokers --entity-name {broker} --delete-config {','.join(RATES)}`",
            )


RULES: tuple[Rule, ...] = (ListLeft(), RateLeft())
