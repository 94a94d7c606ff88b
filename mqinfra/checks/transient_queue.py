"""MQ431: a queue that a restart of the server takes away."""

from collections.abc import Iterator

from mqinfra.checks.rabbitmq import QUEUES, version
from mqinfra.checks.rule import Context, ResourceRule, Subject
from mqinfra.model.code import Code
from mqinfra.model.diagnostic import Diagnostic, Severity


class TransientQueue(ResourceRule):
    """From 4.3 servers refuse them, which is MQ340's to say; so are those of the other types, which never can be."""

    kinds = frozenset({QUEUES})
    code = Code(
        "MQ431",
        "a queue that does not outlive the server",
        "A queue that is not durable goes, with its messages, when its server stops. Applications that expect it find "
        "nothing, and what is published meanwhile is dropped. RabbitMQ deprecated such queues, and 4.3 refuses "
        "them.\n\nLeave `durable` out. A client that wants a queue for the time of its connection declares an "
        "exclusive one itself.",
        severity=Severity.WARNING,
        bad="rabbitmq:\n  vhosts:\n    /shop:\n      queues:\n        feed: {durable: false}",
        good="rabbitmq:\n  vhosts:\n    /shop:\n      queues:\n        feed: {}",
    )

    def look_at(self, subject: Subject, context: Context) -> Iterator[Diagnostic]:
        """Look at the flag."""
        if subject.fields.get(("durable",)) is not False or subject.fields.get(("type",)) in ("quorum", "stream"):
            return
        if subject.live is not None or version(context, subject.address.cluster) < (4, 3):
            yield subject.at(
                self.code,
                ("durable",),
                f"`{subject.address.name}` and its messages go when the server stops, and RabbitMQ 4.3 refuses such "
                "queues",
                help="remove `durable: false`",
            )
