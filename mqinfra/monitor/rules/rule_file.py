"""Rules as files: what Prometheus reads, and the resource that its operator reads."""

import re
from collections.abc import Iterator, Sequence
from textwrap import indent

import yaml
from pydantic import JsonValue

from mqinfra.model.printable import is_shown
from mqinfra.monitor.rules.alert import VALUE
from mqinfra.monitor.rules.rule_set import Rule, RuleSet, by_group

_WIDE = 1_000_000
"""No line is broken: a diff shows the rule that changed."""
_OPENS = "{{"
_MOST_TITLES = 3
_NOT_IN_NAMES = re.compile(r"[^a-z0-9]+")


def rules_text(rules: RuleSet) -> str:
    """What stands in a file under `rule_files` of Prometheus."""
    return _head(rules) + yaml_text({"groups": _groups(rules.rules)})


def prometheus_rule_text(rules: RuleSet) -> str:
    """A `PrometheusRule` for the Prometheus operator."""
    name = resource_name(rules.about.project, rules.about.environment)
    document: dict[str, JsonValue] = {
        "apiVersion": "monitoring.coreos.com/v1",
        "kind": "PrometheusRule",
        "metadata": {"name": name, "labels": {"app.kubernetes.io/managed-by": "mqinfra"}},
        "spec": {"groups": _groups(rules.rules)},
    }
    return _head(rules) + yaml_text(document)


def scrape_text(rules: RuleSet) -> str:
    """What Prometheus has to scrape for the rules: a configuration of it, or one of its `scrape_config_files`."""
    chosen = "".join(f" --exporter {dialect.name}" for dialect in rules.dialects)
    parts = [f"# Made by `mqinfra monitor rules{chosen} -o scrape`: put your own addresses in.\nscrape_configs:\n"]
    for dialect in rules.dialects:
        head = "".join(f"# {line}\n" for line in (dialect.title, *dialect.notes))
        parts.append("\n" + indent(head + dialect.job, "  "))
    return "".join(parts)


def yaml_text(document: JsonValue) -> str:
    """A document in block style, in the order of its keys."""
    text: str = yaml.safe_dump(document, sort_keys=False, allow_unicode=True, width=_WIDE)
    return text


def plain(text: str) -> str:
    """A text in which Prometheus finds no template."""
    return text.replace(_OPENS, '{{ "{{" }}')


def template(text: str) -> str:
    """An annotation in which Prometheus finds nothing but the number of the alert."""
    return VALUE.join(map(plain, text.split(VALUE)))


def in_line(text: str) -> str:
    """A text with names of others, of which nothing leaves the line or is hidden in it."""
    return "".join(char if is_shown(char) else ascii(char)[1:-1] for char in text)


def resource_name(*words: str) -> str:
    """A name for Kubernetes."""
    return _NOT_IN_NAMES.sub("-", "-".join(("mqinfra", *words)).lower()).strip("-")[:253]


def left_out_lines(rules: RuleSet, *, inexpressible: bool) -> Iterator[str]:
    """What there are no rules of and why, one alert and reason a line.

    Args:
        rules: the rules.
        inexpressible: those that no chosen exporter can say; else those that nothing is declared for.
    """
    for one in rules.left_out:
        if one.inexpressible is inexpressible:
            more = len(one.titles) - _MOST_TITLES
            titles = ", ".join(one.titles[:_MOST_TITLES]) + (f" and {more:,} more" if more > 0 else "")
            yield f"{one.alert}: {one.reason} ({titles})"


def _head(rules: RuleSet) -> str:
    dialects = ", ".join(one.name for one in rules.dialects) or "none"
    lines = [
        f"Made by `mqinfra monitor rules` for {rules.about.project}/{rules.about.environment}; not to be edited.",
        f"Exporters: {dialects}",
    ]
    for inexpressible, title in ((True, "Can't be said by these exporters:"), (False, "Not made:")):
        some = list(left_out_lines(rules, inexpressible=inexpressible))
        lines += [title, *(f"- {line}" for line in some)] if some else []
    return "".join(f"# {in_line(line)}\n" for line in lines)


def _groups(rules: Sequence[Rule]) -> list[JsonValue]:
    return [{"name": name, "rules": [_rule(rule) for rule in some]} for name, some in by_group(rules).items()]


def _rule(rule: Rule) -> dict[str, JsonValue]:
    return {
        "alert": rule.alert.name,
        "expr": rule.condition.expr,
        "for": rule.alert.hold,
        "labels": {name: plain(value) for name, value in rule.labels.items()},
        "annotations": {name: template(value) for name, value in rule.annotations.items()},
    }
