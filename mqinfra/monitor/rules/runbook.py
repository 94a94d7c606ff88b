"""A page about each alert of a rule set: what it means, which command to run, what it looked like."""

from collections.abc import Iterator, Mapping, Sequence

from mqinfra.monitor.rules.alert import Alert
from mqinfra.monitor.rules.alerts.all import ALERTS
from mqinfra.monitor.rules.rule_file import in_line
from mqinfra.monitor.rules.rule_set import Rule, RuleSet, commands

INDEX = "README.md"
_MOST_ROWS = 200
"""Rows of a table; of more, nobody reads them, and the rules have them all."""


def runbooks(rules: RuleSet) -> Mapping[str, str]:
    """The pages of all alerts that there are rules of, and a list of them, by the name of the file."""
    pages: dict[str, str] = {}
    rows = []
    for alert in ALERTS:
        some = [rule for rule in rules.rules if rule.alert is alert]
        if some:
            pages[f"{alert.name}.md"] = "\n".join(_page(alert, some, rules.about.environment)) + "\n"
            rows.append(f"| [{alert.name}]({alert.name}.md) | {alert.severity} | {alert.hold} | {len(some)} |")
    title = f"# Alerts of {_cell(rules.about.project)} in {_cell(rules.about.environment)}"
    head = ["| alert | severity | for | rules |", "|---|---|---|---|"]
    return {INDEX: "\n".join([title, "", *head, *rows]) + "\n", **pages}


def _page(alert: Alert, rules: Sequence[Rule], environment: str) -> Iterator[str]:
    page = alert.page
    yield from (f"# {alert.name}", "", page.meaning, "")
    yield from (f"Severity: {alert.severity}. It fires after {alert.hold}.", "", "## What usually is behind it", "")
    yield from (f"- {cause}" for cause in page.causes)
    first = rules[0]
    yield from ("", "## Look", "", f"For {_cell(first.subject.title)}, and so for the others:", "", "```sh")
    yield from map(in_line, commands(first.subject, environment))
    yield from ("```", "", "## What it looks like", "", f"{page.looks}.", "", "What Prometheus is asked:", "")
    yield from (
        "```promql",
        in_line(first.condition.expr),
        "```",
        "",
        "## Change it",
        "",
        page.tuning,
        "",
        "## What it is about",
    )
    yield from ("", "| what | owner | held to | declared in |", "|---|---|---|---|")
    for rule in rules[:_MOST_ROWS]:
        watched = rule.subject.watched
        file = watched.span.file if watched is not None else ""
        owner = watched.owner if watched is not None else ""
        yield f"| {_cell(rule.subject.title)} | {_cell(owner)} | {rule.condition.threshold} | {_cell(file)} |"
    if len(rules) > _MOST_ROWS:
        yield f"| and {len(rules) - _MOST_ROWS:,} more | | | |"


def _cell(text: str) -> str:
    """A name in Markdown, as code where it has anything that Markdown would read."""
    if not text or text.replace("-", "").replace(".", "").replace(" ", "").replace("/", "").isalnum():
        return text
    shown = in_line(text).replace("|", "\\|")
    return f"`` {shown} ``" if "`" in shown else f"`{shown}`"
