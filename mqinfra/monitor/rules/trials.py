"""Tests of the rules for `promtool test rules`: each alert fires, each does not, and silence is heard."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field

from pydantic import JsonValue

from mqinfra.monitor.rules.alert import Alert, Measured
from mqinfra.monitor.rules.alerts.all import ALERTS
from mqinfra.monitor.rules.rule_file import yaml_text
from mqinfra.monitor.rules.rule_set import Rule, RuleSet, rendered

_BEYOND = 10
"""Minutes for which values go on after the rule was looked at."""
_EVERY = "5m"
"""How often rules are looked at: each is in each test, so that more often takes long for many."""
_WHOLE = 60
"""Minutes after which nothing was measured for long enough."""


def trials_text(rules: RuleSet, file: str) -> str:
    """The tests of rules.

    Args:
        rules: the rules.
        file: where the rules are, as seen from the tests.
    """
    document: dict[str, JsonValue] = {
        "rule_files": [file],
        "evaluation_interval": _EVERY,
        "tests": [*(one for alert in ALERTS for one in _of(alert, rules.rules)), _silence(rules.rules)],
    }
    of = f"{rules.about.project}/{rules.about.environment}"
    return f"# For `promtool test rules`; made by `mqinfra monitor rules` for {of}; not to be edited.\n" + yaml_text(
        document
    )


@dataclass
class _Batch:
    """Rules of one alert that can be tried together, since no series would need two values."""

    rules: list[Rule] = field(default_factory=list)
    series: dict[str, str] = field(default_factory=dict)
    minutes: int = 0

    def takes(self, series: dict[str, str]) -> bool:
        return all(self.series.get(name, values) == values for name, values in series.items())


def _of(alert: Alert, rules: Sequence[Rule]) -> Iterator[JsonValue]:
    """Every rule of an alert fires, and then none does."""
    some = [rule for rule in rules if rule.alert is alert]
    for batch in _batches([rule for rule in some if rule.condition.fires.values], fires=True):
        yield _test(f"{alert.name} fires", batch, [_expected(alert, batch.rules, batch.minutes)])
    for batch in _batches(some, fires=False):
        yield _test(f"{alert.name} does not fire", batch, [_expected(alert, (), batch.minutes)])


def _batches(rules: Sequence[Rule], *, fires: bool) -> list[_Batch]:
    batches: list[_Batch] = []
    for rule in rules:
        measured = rule.condition.fires if fires else rule.condition.holds
        series = _series(rule, measured)
        # What names of consumers begin with may be the beginning of others' names.
        alone = rule.subject.named.prefixed
        fitting = next((one for one in batches if not alone and one.takes(series)), None)
        if fitting is None:
            batches.append(fitting := _Batch())
        fitting.rules.append(rule)
        fitting.series |= series
        fitting.minutes = max(fitting.minutes, measured.minutes)
    return batches


def _series(rule: Rule, measured: Measured) -> dict[str, str]:
    named, minutes = rule.subject.named, measured.minutes + _BEYOND
    return {
        name: values
        for signal, line in measured.values.items()
        for name, values in named.samples(rule.subject.series(signal), line, minutes)
    }


def _silence(rules: Sequence[Rule]) -> JsonValue:
    """Where nothing is measured, silence is the only alert, and it is one of everything."""
    expected = [
        _expected(alert, [rule for rule in rules if rule.alert is alert and not rule.condition.fires.values], _WHOLE)
        for alert in ALERTS
        if any(rule.alert is alert for rule in rules)
    ]
    return _test("series are missing", _Batch(), expected)


def _test(name: str, batch: _Batch, expected: list[JsonValue]) -> JsonValue:
    return {
        "name": name,
        "interval": "1m",
        "input_series": [{"series": series, "values": values} for series, values in batch.series.items()],
        "alert_rule_test": expected,
    }


def _expected(alert: Alert, rules: Sequence[Rule], minutes: int) -> JsonValue:
    return {
        "eval_time": f"{minutes}m",
        "alertname": alert.name,
        "exp_alerts": [
            {
                "exp_labels": dict(rule.labels),
                "exp_annotations": {
                    name: rendered(text, rule.condition.value) for name, text in rule.annotations.items()
                },
            }
            for rule in rules
        ],
    }
