"""MQ611: a policy that nobody declares is in the way of one that sugar made."""

from mqinfra.model.code import Code
from mqinfra.providers.base.rule import OpinionRule
from mqinfra.providers.rabbitmq.rules.made import POLICIES


class PolicyOutranked(OpinionRule):
    """Most often an earlier apply left it: sugar went or changed, and what is not declared is never deleted."""

    kinds = frozenset({POLICIES})
    topic = "policy_outranked"
    code = Code(
        "MQ611",
        "a left-over policy is in the way",
        "`deadLetter` and `retry` work through policies, which are made with a priority above all declared policies "
        "that match the queue. A policy that no manifest declares has the same priority or a higher one, so that "
        "RabbitMQ takes it instead, or may: dead letters would go elsewhere or nowhere.\n\nIf it is left over from an "
        "earlier apply, remove it with the line that is shown. If somebody needs it, declare it: then what it says is "
        "merged with what the queue needs.",
        bad="rabbitmq:\n  vhosts:\n    /shop:\n      queues:\n        orders: {deadLetter: true}   # and there is "
        "a live policy `old` of priority 5",
        good="removed:\n  rabbitmq/policies/%2Fshop/old: {}",
    )
