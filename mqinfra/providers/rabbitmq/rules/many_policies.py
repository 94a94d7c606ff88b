"""MQ435: sugar that makes so many policies that declaring queues takes long."""

from collections import Counter
from collections.abc import Iterator

from mqinfra.model.code import Code
from mqinfra.model.diagnostic import Diagnostic, Severity
from mqinfra.providers.base.rule import Context, Rule, Subject
from mqinfra.providers.rabbitmq.rules.made import POLICIES, is_made

_MANY = 100


class ManyPolicies(Rule):
    """Each policy that is written is matched against all queues and exchanges of the vhost (rabbit_policy.erl)."""

    kinds = frozenset({POLICIES})
    code = Code(
        "MQ435",
        "very many policies",
        "Queues whose dead letters go to queues of their own need a policy each. RabbitMQ matches every policy against "
        "every queue and exchange of the vhost whenever one of either is declared, so that thousands of them take "
        "minutes.\n\nLet queues share one queue for dead letters, `deadLetter: {queue: failed}`, which takes one "
        "policy; or say it in arguments, `deadLetter: {via: argument}`, on queues that are yet to be made: arguments "
        "never change.",
        severity=Severity.WARNING,
        bad="rabbitmq:\n  vhosts:\n    /shop:\n      queues:\n        orders.1: {deadLetter: true}   # and 100 more",
        good="rabbitmq:\n  vhosts:\n    /shop:\n      queues:\n        orders.1: {deadLetter: {queue: failed}}\n"
        "        failed: {}",
    )

    def check(self, context: Context) -> Iterator[Diagnostic]:
        """Count what sugar made in each vhost, and tell it once."""
        made: Counter[tuple[str, str]] = Counter()
        first: dict[tuple[str, str], Subject] = {}
        for subject in context.by_kind.get(POLICIES, ()):
            if is_made(subject):
                vhost = (subject.address.cluster, subject.address.path[0])
                made[vhost] += 1
                first.setdefault(vhost, subject)
        for vhost, count in made.items():
            if count > _MANY:
                yield first[vhost].at_entry(
                    self.code,
                    f"dead letters in vhost `{vhost[1]}` need {count:,} policies, and RabbitMQ matches each against "
                    "every queue",
                    help=(
                        "let queues share one for dead letters: `deadLetter: {queue: NAME}`",
                        "or use `deadLetter: {via: argument}` for new queues",
                    ),
                )
