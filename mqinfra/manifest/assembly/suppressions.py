"""`suppressed:` of a Topology: findings that somebody knows of, with a reason and a last day."""

from collections.abc import Iterator
from datetime import date, timedelta

from mqinfra.manifest.assembly.topology import Topology
from mqinfra.manifest.fields import Fields, read_selector, wrong_type
from mqinfra.manifest.text.node import Map
from mqinfra.model.diagnostic import Diagnostic
from mqinfra.model.policy import Suppression

_USUAL, _LONGEST = 30, 366
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
        where = read_selector(text, key_place, found)
        checks = frozenset(name for name, _ in fields.texts("checks", required=True))
        reason = fields.text("reason", required=True)
        until = fields.until("until", today, _LONGEST, example=_USUAL, required=True)
        if where is not None and checks and reason and until is not None:
            yield Suppression(key_place.span, key_place.line, where, checks, until, reason)


def _form(today: date) -> str:
    return f"write `{{checks: [MQ448], until: {today + timedelta(days=_USUAL)}, reason: OPS-812}}`"
