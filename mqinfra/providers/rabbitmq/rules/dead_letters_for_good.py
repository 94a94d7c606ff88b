"""MQ615: a new queue whose dead letters can never be led elsewhere."""

from collections.abc import Iterator

from mqinfra.model.code import Code
from mqinfra.model.diagnostic import Diagnostic, Severity
from mqinfra.providers.base.rule import Context, ResourceRule, Subject
from mqinfra.providers.rabbitmq.rules.made import DEAD_LETTERS, QUEUES

_SETTING = ("arguments", "x-dead-letter-exchange")


class DeadLettersForGood(ResourceRule):
    """Only while it can still be chosen: the queue is not there yet."""

    kinds = frozenset({QUEUES})
    code = Code(
        "MQ615",
        "where dead letters go is fixed for good",
        "With `via: argument` a queue has its dead letters among its arguments, which never change: to lead them "
        "elsewhere, or nowhere, the queue has to be deleted and recreated. It is the right choice for thousands of "
        "queues with dead letters of their own, since RabbitMQ matches every policy against every queue.\n\nLeave "
        "`via` out to have a policy say it, which can change at any time.",
        severity=Severity.INFO,
        bad="rabbitmq:\n  vhosts:\n    /shop:\n      queues:\n        orders: {deadLetter: {via: argument}}",
        good="rabbitmq:\n  vhosts:\n    /shop:\n      queues:\n        orders: {deadLetter: true}",
    )

    def look_at(self, subject: Subject, _context: Context) -> Iterator[Diagnostic]:
        """Look for dead letters that sugar put into the arguments of a queue that is not there."""
        if subject.reading is None or subject.live is not None or not subject.declares(_SETTING):
            return
        path = next((item.path for item in subject.declaration.references if item.role == DEAD_LETTERS), None)
        if path is not None:
            yield subject.at(
                self.code,
                path,
                f"where the dead letters of `{subject.address.name}` go can't change once the queue is there",
                help="leave out `via: argument` to have a policy say it",
            )
