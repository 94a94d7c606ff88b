"""Names of topics."""

from collections.abc import Iterator

from mqinfra.model.address import Address
from mqinfra.model.code import Code
from mqinfra.model.diagnostic import Diagnostic
from mqinfra.providers.base.rule import Context, Rule, Subject

_HELP = "rename one of them; topics that use only `.` or only `_` never collide"


COLLIDING_TOPIC_NAMES = Code(
    "MQ317",
    "topic names collide",
    "Kafka's metrics write `.` as `_`, so `orders.created` and `orders_created` would share their metrics. The broker "
    "refuses to create a topic whose name equals another's after that.",
    bad="kafka:\n  topics:\n    orders.created: {partitions: 6}\n    orders_created: {partitions: 6}",
    good="kafka:\n  topics:\n    orders.created: {partitions: 6}\n    orders.created.v2: {partitions: 6}",
)


class CollidingTopicNames(Rule):
    """Kafka refuses the later one: `Topic 'x' collides with existing topic`, ReplicationControlManager.

    It compares with existing topics only, so two in one request would slip through; that is the same mistake.
    """

    codes = (COLLIDING_TOPIC_NAMES,)

    def check(self, context: Context) -> Iterator[Diagnostic]:
        """Find declared topics that are yet to be created and collide with a declared or an existing one."""
        taken: dict[tuple[str, str], list[Subject]] = {}
        for subject in context.by_kind.get("kafka/topics", ()):
            taken.setdefault(_folded(subject.address), []).append(subject)
        for subjects in taken.values():
            if len(subjects) > 1:
                yield from self._declared(sorted(subjects, key=lambda subject: subject.live is None))
        for reading in context.readings.values():
            for address in reading.resources if reading.type == "kafka" else ():
                if address.kind == "topics" and address not in context.subjects:
                    for subject in taken.get(_folded(address), ()):
                        if subject.live is None:
                            yield subject.at_entry(
                                COLLIDING_TOPIC_NAMES,
                                f"`{subject.address.name}` collides with the existing topic `{address.name}`",
                                help=_HELP,
                            )

    def _declared(self, subjects: list[Subject]) -> Iterator[Diagnostic]:
        first, *rest = subjects
        for subject in rest:
            if subject.live is None:
                yield subject.at_entry(
                    COLLIDING_TOPIC_NAMES,
                    f"`{subject.address.name}` collides with `{first.address.name}`: in Kafka's metrics, `.` and `_` "
                    "are the same",
                    related=first.related(f"`{first.address.name}` is declared here"),
                    help=_HELP,
                )


def _folded(address: Address) -> tuple[str, str]:
    return address.cluster, address.name.replace(".", "_")


RULES: tuple[Rule, ...] = (CollidingTopicNames(),)
