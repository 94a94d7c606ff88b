"""The codes of policies. What a rule asks for stands in `policy:` of mqinfra.yaml, or in the organisation's file."""

from mqinfra.model.code import Code
from mqinfra.model.diagnostic import Diagnostic, Severity

NAME = Code(
    "MQ640",
    "name against the policy",
    "A rule under `policy:` says how names of this kind are formed, and this one is not. The pattern has to match the "
    "whole name. It is in RE2's syntax, as of Rust and Go: no look-around, no backreferences.\n\n"
    "Rename the resource before it holds data; a rename of what is live is a new resource beside the old one.",
    bad="policy:\n  rules:\n    names: {match: 'kind:topics', names: '[a-z]+(\\.[a-z-]+)+'}\n"
    "# and in a manifest:\nkafka: {topics: {OrdersCreated: {partitions: 6}}}\n",
    good="kafka: {topics: {orders.created: {partitions: 6}}}\n",
)
LABEL = Code(
    "MQ641",
    "label missing",
    "A rule under `policy:` asks for a label, or for one of a few values of it. Labels stand in the entry, or in "
    "`metadata` of the document for everything in it.",
    bad="policy:\n  rules:\n    owner: {labels: {team: [orders, mail]}}\n",
    good="metadata: {name: orders, labels: {team: orders}}\n",
)
SETTING = Code(
    "MQ642",
    "setting against the policy",
    "A rule under `policy:` requires that a field is declared, forbids it, or accepts only some of its values. The "
    "value that will be in force counts: the declared one, or what the cluster has where none is declared.",
    bad="policy:\n  rules:\n    clean: {match: 'kind:topics', forbidden: [config.unclean.leader.election.enable]}\n",
    good="policy:\n  rules:\n    clean: {match: 'kind:topics', accepted: {config.cleanup.policy: [delete, compact]}}\n",
)
BOUNDS = Code(
    "MQ643",
    "value outside the policy's limits",
    "A rule under `policy:` sets a floor or a limit for a number, and the value that will be in force is outside of "
    "it: the declared one, or where none is declared what the cluster has, or the broker's default.",
    bad="policy:\n  rules:\n    size: {match: 'kind:topics', limits: {partitions: {max: 48}}}\n"
    "# and in a manifest:\nkafka: {topics: {orders: {partitions: 100}}}\n",
    good="kafka: {topics: {orders: {partitions: 48}}}\n",
)
SUPPRESSION = Code(
    "MQ644",
    "suppression without an effect",
    "A line under `suppressed:` names findings that there are none of, that no line can suppress, or its last day is "
    "past. Remove it, or fix what it hides. Errors can't be suppressed, except those of the project's own policy; of "
    "an organisation's rules, only those that it marks `suppressible: true` can be.",
    Severity.WARNING,
    bad="suppressed:\n  kafka/topics/orders.*: {checks: [MQ310], until: 2026-01-31, reason: OPS-812}   # in February\n",
    good="",
)
UNKNOWN_CODE = Code(
    "MQ645",
    "a severity for an unknown code",
    "`severity:` of a policy says how much findings of a code weigh, and no check that is installed has this code, so "
    "that the line raises nothing and turns nothing off. docs/diagnostics.md lists all codes of mqinfra's own.",
    Severity.WARNING,
    bad="policy:\n  severity: {MQ4448: error}\n",
    good="policy:\n  severity: {MQ448: error}\n",
)
OF_RULES = (NAME, LABEL, SETTING, BOUNDS)
"""What rules find."""

_OF_RULES = frozenset(code.id for code in OF_RULES)
_AFTER_NAME = "\n"
"""Ends the name of a rule in a cause; no name has it."""


def cause_of(rule: str, what: str) -> str:
    """What findings of one rule have in common.

    Args:
        rule: its name.
        what: what it asks for.
    """
    return f"{rule}{_AFTER_NAME}{what}"


def rule_of(found: Diagnostic) -> str:
    """The name of the rule that found it; empty where no policy's did."""
    return found.cause.partition(_AFTER_NAME)[0] if found.code in _OF_RULES else ""
