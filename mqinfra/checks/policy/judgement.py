"""How findings weigh: what the project and the organisation say of codes, and what lines of manifests suppress."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from mqinfra.checks.policy import codes
from mqinfra.model.address import Address
from mqinfra.model.diagnostic import Diagnostic, Severity
from mqinfra.model.policy import OFF, WEIGHT, PolicyRule, Suppression
from mqinfra.providers.base.rule import Context

_POLICY = frozenset(code.id for code in (codes.NAME, codes.LABEL, codes.SETTING, codes.BOUNDS))


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
    addresses = {str(address): address for address in context.desired.declarations} if uses else {}
    for diagnostic in found:
        rule = rules.get(diagnostic.cause.partition("/")[0]) if diagnostic.code in _POLICY else None
        severity = _severity(context, diagnostic)
        if severity == OFF:
            continue
        weight = Severity(severity)
        one = diagnostic if weight is diagnostic.severity else diagnostic.model_copy(update={"severity": weight})
        address = addresses.get(diagnostic.address or "")
        lines = [use for use in uses if address is not None and _names(use.line, one, rule, address, context)]
        if not lines or not _suppressed(lines, one, rule, context):
            yield one
    yield from _without_effect(uses, context)


def _severity(context: Context, found: Diagnostic) -> str:
    """How much a finding weighs: a Severity, or `OFF`."""
    policy = context.desired.policy
    said = found.severity if found.severity is Severity.ERROR else policy.severities.get(found.code, found.severity)
    if found.code in _POLICY:
        said = found.severity
    floor = policy.floors.get(found.code)
    return floor if floor is not None and WEIGHT[floor] > WEIGHT[said] else said


def _names(line: Suppression, found: Diagnostic, rule: PolicyRule | None, address: Address, context: Context) -> bool:
    if found.code not in line.checks and (rule is None or rule.name not in line.checks):
        return False
    subject = context.subjects.get(address)
    if subject is None:
        return False
    item = subject.declaration
    return line.where.matches(address, f"{subject.kind.broker}/{subject.kind.name}", item.labels, item.span.file)


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
        why = use.refused
        if not why and not context.readings:
            continue  # what it suppresses may show on a cluster only
        line = use.line
        why = why or "there is no such finding"
        message = f"`{line.where.text}` under `suppressed` has no effect: {why}"
        yield codes.SUPPRESSION.at(
            message, span=line.span, source=line.source, help="remove the line, or mend what it hides"
        )
