"""`suppressed:` of a Topology: findings that somebody knows of, with a reason and a last day."""

from collections.abc import Iterator
from datetime import date, timedelta

from mqinfra.manifest import codes
from mqinfra.manifest.assembly.topology import Topology
from mqinfra.manifest.fields import Fields, wrong_type
from mqinfra.manifest.text.node import Map
from mqinfra.model.diagnostic import Diagnostic
from mqinfra.model.policy import Suppression
from mqinfra.model.selector import Selector
from mqinfra.model.setting import Problem

_LONGEST = 366
"""Days ahead of today on which a line may end: long enough for a year's plans, and none is for good."""


def read_suppressions(topology: Topology, today: date, found: list[Diagnostic]) -> Iterator[Suppression]:
    """Read the lines of one document.

    Args:
        topology: the document.
        today: the runner's UTC date.
        found: where findings go.
    """
    node = topology.suppressed
    for text, value, key_place, value_place in node.entries() if node is not None else ():
        if not isinstance(value, Map):
            found.append(wrong_type(value_place, f"`{text}` under `suppressed`", "a mapping", value, _form(today)))
            continue
        fields = Fields(value, key_place, f"`{text}` under `suppressed`", found)
        fields.only(("checks", "until", "reason"))
        where = Selector.parse(text)
        if isinstance(where, Problem):
            found.append(key_place.report(codes.OVERRIDE, where.message, help=where.help))
        checks = frozenset(name for name, _ in fields.texts("checks", required=True))
        reason, until = fields.text("reason", required=True), _until(fields, today)
        if isinstance(where, Selector) and checks and reason and until is not None:
            yield Suppression(key_place.span, key_place.line, where, checks, until, reason)


def _form(today: date) -> str:
    return f"write `{{checks: [MQ448], until: {today + timedelta(days=30)}, reason: OPS-812}}`"


def _until(fields: Fields, today: date) -> date | None:
    text = fields.text("until", required=True)
    if text is None:
        return None
    try:
        until = date.fromisoformat(text)
    except ValueError:
        fields.report("until", codes.WRONG_VALUE, f"`until` is not a date: `{text}`", "write a date as YYYY-MM-DD")
        return None
    latest = today + timedelta(days=_LONGEST)
    if until > latest:
        message = f"`until: {until}` is more than {_LONGEST} days ahead"
        fields.report("until", codes.WRONG_VALUE, message, f"the latest day allowed today is {latest}")
        return None
    return until
