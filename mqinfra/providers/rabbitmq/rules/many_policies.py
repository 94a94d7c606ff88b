"""Sugar that makes so many policies that declaring queues takes long."""

from collections import Counter
from collections.abc import Iterator

from mqinfra.model.address import Address
from mqinfra.model.code import Code
from mqinfra.model.diagnostic import Severity
from mqinfra.providers.base.cluster_view import ClusterView
from mqinfra.providers.base.rule import ClusterRule, Finding, Rule
from mqinfra.providers.rabbitmq.policy.planned_topology import planned_topology
from mqinfra.providers.rabbitmq.rules import kind_names
from mqinfra.providers.rabbitmq.spec.policy import KIND

_MANY = 100

MANY_POLICIES = Code(
    "MQ435",
    "too many policies",
    "Queues whose dead letters go to queues of their own need a policy each. RabbitMQ matches every policy against "
    "every queue and exchange of the vhost whenever one of either is declared, so thousands of them take minutes.\n\n"
    "Let queues share one queue for dead letters, `deadLetter: {queue: failed}`, which takes one policy; or say it in "
    "arguments, `deadLetter: {via: argument}`, on new queues: arguments never change.",
    severity=Severity.WARNING,
    bad="rabbitmq:\n  vhosts:\n    /shop:\n      queues:\n        orders.1: {deadLetter: true}   # and 100 more",
    good="rabbitmq:\n  vhosts:\n    /shop:\n      queues:\n        orders.1: {deadLetter: {queue: failed}}\n"
    "        failed: {}",
)
"""Each policy that is written is matched against all queues and exchanges of the vhost (rabbit_policy.erl)."""


class ManyPolicies(ClusterRule):
    """Counted by vhost, and told once."""

    codes = (MANY_POLICIES,)
    kinds = frozenset({kind_names.POLICIES})

    def look_at(self, view: ClusterView) -> Iterator[Finding]:
        """Count what sugar made in each vhost."""
        planned = view.once(planned_topology)
        made: Counter[str] = Counter()
        first: dict[str, Address] = {}
        for address in filter(planned.is_made, planned.of(KIND)):
            vhost = address.path[0]
            made[vhost] += 1
            first.setdefault(vhost, address)
        for vhost, count in made.items():
            if count > _MANY:
                yield Finding(
                    MANY_POLICIES,
                    first[vhost],
                    f"dead letters in vhost `{vhost}` need {count:,} policies, and RabbitMQ matches each against "
                    "every queue",
                    (
                        "let queues share one for dead letters: `deadLetter: {queue: NAME}`",
                        "or use `deadLetter: {via: argument}` for new queues",
                    ),
                )


RULES: tuple[Rule, ...] = (ManyPolicies(),)
