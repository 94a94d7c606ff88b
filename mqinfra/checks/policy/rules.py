"""MQ640 to MQ643: what the rules of a policy ask of each resource."""

from collections.abc import Iterator

from pydantic import JsonValue

from mqinfra.checks.policy import codes
from mqinfra.model.code import Code
from mqinfra.model.diagnostic import Diagnostic
from mqinfra.model.name_pattern import matches_whole
from mqinfra.model.policy import Bounds, PolicyRule
from mqinfra.model.setting import Problem, suggestion
from mqinfra.model.span import Path
from mqinfra.providers.base.rule import Context, Rule, Subject, as_number


class PolicyRules(Rule):
    """Each rule that is for the environment, on each resource that it is for."""

    codes = codes.OF_RULES

    def check(self, context: Context) -> Iterator[Diagnostic]:
        """Look at each resource; of what sugar made only at the settings, since its maker named and labelled it."""
        environment = context.desired.environment
        rules = [
            rule for rule in context.desired.policy.rules if not rule.environments or environment in rule.environments
        ]
        for subjects in context.by_kind.values() if rules else ():
            for subject in subjects:
                for rule in rules:
                    if rule.where is None or subject.meant_by(rule.where):
                        yield from _violations(rule, subject)


def _violations(rule: PolicyRule, subject: Subject) -> Iterator[Diagnostic]:
    made = subject.declaration.origins[0].by is not None
    if not made:
        yield from _name(rule, subject)
        yield from _labels(rule, subject)
        for path in rule.required:
            if not subject.declares(path):
                message = f"`{'.'.join(path)}` must be declared"
                yield _found(rule, subject, codes.SETTING, (), message, f"add `{'.'.join(path)}`")
    for path in rule.forbidden:
        if subject.declares(path):
            yield _found(rule, subject, codes.SETTING, path, f"`{'.'.join(path)}` may not be declared", "remove it")
    for path, accepted in rule.accepted.items():
        yield from _accepted(rule, subject, path, accepted)
    for path, bounds in rule.bounds.items():
        yield from _bounds(rule, subject, path, bounds)


def _name(rule: PolicyRule, subject: Subject) -> Iterator[Diagnostic]:
    if rule.names and not matches_whole(rule.names, subject.called.name):
        message = f"the name does not match `{rule.names}`"
        yield _found(rule, subject, codes.NAME, (), message, "rename it")


def _labels(rule: PolicyRule, subject: Subject) -> Iterator[Diagnostic]:
    labels = subject.declaration.labels
    for label, accepted in rule.labels.items():
        value = labels.get(label)
        if value is None:
            hint = f"add `labels: {{{label}: {accepted[0] if accepted else '...'}}}` to the entry or to `metadata`"
            yield _found(rule, subject, codes.LABEL, (), f"the label `{label}` is missing", hint)
        elif accepted and value not in accepted:
            hint = suggestion(value, accepted) or f"accepted: {', '.join(accepted)}"
            yield _found(rule, subject, codes.LABEL, (), f"the label `{label}` may not be `{value}`", hint)


def _accepted(rule: PolicyRule, subject: Subject, path: Path, accepted: tuple[JsonValue, ...]) -> Iterator[Diagnostic]:
    value = subject.assumed(*path)
    if value is None or value in (_canonical(subject, path, one) for one in accepted):
        return
    shown = ", ".join(f"`{one}`" for one in accepted)
    message = f"`{'.'.join(path)}` may not be `{value}`"
    yield _found(rule, subject, codes.SETTING, path, message, f"accepted: {shown}")


def _bounds(rule: PolicyRule, subject: Subject, path: Path, bounds: Bounds) -> Iterator[Diagnostic]:
    value = subject.assumed(*path)
    number = as_number(value)
    if number is None:
        return
    name, (least, most) = ".".join(path), bounds.texts
    written = "" if subject.declares(path) else " (not declared)"
    if bounds.least is not None and number < bounds.least and not _endless(number, path):
        yield _found(
            rule, subject, codes.BOUNDS, path, f"`{name}` is below {least}: {value}{written}", f"at least {least}"
        )
    elif bounds.most is not None and (number > bounds.most or _endless(number, path)):
        yield _found(
            rule, subject, codes.BOUNDS, path, f"`{name}` is above {most}: {value}{written}", f"at most {most}"
        )


def _endless(number: float, path: Path) -> bool:
    """Brokers write "no limit" as -1 in settings, which is more than any limit."""
    return number == -1 and len(path) > 1


def _canonical(subject: Subject, path: Path, value: JsonValue) -> JsonValue:
    """A value of the policy as the kind writes it."""
    setting = subject.setting(path)
    parsed = setting.parse(value) if setting is not None else value
    return value if isinstance(parsed, Problem) else parsed


def _found(rule: PolicyRule, subject: Subject, code: Code, path: Path, message: str, hint: str) -> Diagnostic:
    says = f"{'the organisation' if rule.organisation else 'the project'} asks for it: rule `{rule.name}`, {rule.span}"
    rest = {
        "help": tuple(text for text in (rule.message, hint, says) if text),
        "severity": rule.severity,
        "cause": codes.cause_of(rule.name, f"{code.id}/{'.'.join(path) or message}"),
    }
    return subject.at(code, path, message, **rest) if path else subject.at_entry(code, message, **rest)
