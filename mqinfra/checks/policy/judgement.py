"""How findings weigh: what the project and the organisation say of codes, and what lines of manifests suppress."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from mqinfra.checks.policy import codes
from mqinfra.model.diagnostic import Diagnostic, Severity
from mqinfra.model.policy import OFF, WEIGHT, PolicyRule, Suppression
from mqinfra.providers.base.rule import Context, Subject


@dataclass
class _Use:
    """What became of one line: it suppressed something, or could not."""

    line: Suppression
    used: bool = False
    refused: str = ""


def judged(context: Context, found: Iterable[Diagnostic]) -> Iterator[Diagnostic]:
    """Weigh findings as the policy says, leave out those that are suppressed, and tell of lines without an effect.

    Errors keep their weight but for those of policies: they say what can't work.
    """
    policy = context.desired.policy
    if not policy:
        yield from found
        return
    rules = {rule.name: rule for rule in reversed(policy.rules)}
    uses = [_Use(line) for line in policy.suppressions]
    subjects = {str(address): subject for address, subject in context.subjects.items()} if uses else {}
    for diagnostic in found:
        rule = rules.get(codes.rule_of(diagnostic))
        severity = _severity(context, diagnostic, rule)
        if severity == OFF:
            continue
        weight = Severity(severity)
        one = diagnostic if weight is diagnostic.severity else diagnostic.model_copy(update={"severity": weight})
        subject = subjects.get(diagnostic.address or "")
        lines = [use for use in uses if subject is not None and _names(use.line, one, rule, subject)]
        if not lines or not _suppressed(lines, one, rule, context):
            yield one
    yield from _without_effect(uses, context)


def _severity(context: Context, found: Diagnostic, rule: PolicyRule | None) -> str:
    """How much a finding weighs: a Severity, or `OFF`."""
    policy = context.desired.policy
    fixed = rule is not None or found.severity is Severity.ERROR
    said = found.severity if fixed else policy.severities.get(found.code, found.severity)
    floor = policy.floors.get(found.code)
    return floor if floor is not None and WEIGHT[floor] > WEIGHT[said] else said


def _names(line: Suppression, found: Diagnostic, rule: PolicyRule | None, subject: Subject) -> bool:
    named = found.code in line.checks or (rule is not None and rule.name in line.checks)
    return named and subject.meant_by(line.where)


def _suppressed(lines: Iterable[_Use], found: Diagnostic, rule: PolicyRule | None, context: Context) -> bool:
    suppressed = False
    for use in lines:
        why = _why_not(found, rule, context)
        if context.today > use.line.until:
            use.refused = f"it expired on {use.line.until}"
        elif why:
            use.refused = why
        else:
            use.used = suppressed = True
    return suppressed


def _why_not(found: Diagnostic, rule: PolicyRule | None, context: Context) -> str:
    """Why a finding can't be suppressed; empty when it can."""
    if rule is not None:
        return "" if rule.suppressible else f"the organisation's rule `{rule.name}` can't be suppressed"
    if found.severity is Severity.ERROR:
        raised = found.code in context.desired.policy.floors
        return f"{found.code} is an error{' by the policy of the organisation' if raised else ''}"
    return f"{found.code} is the organisation's" if found.code in context.desired.policy.floors else ""


def _without_effect(uses: Iterable[_Use], context: Context) -> Iterator[Diagnostic]:
    for use in uses:
        if use.used:
            continue
        if not use.refused and not context.readings:
            continue  # what it suppresses may show on a cluster only
        line, why = use.line, use.refused or "there is no such finding"
        message = f"`{line.where.text}` under `suppressed` has no effect: {why}"
        yield codes.SUPPRESSION.at(
            message, span=line.span, source=line.source, help="remove the line, or fix what it hides"
        )
