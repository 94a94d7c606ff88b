"""Changes as the page has them: what happens, how grave it is, what it takes, and what a search finds."""

import json
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum

from mqinfra.model.address import Address
from mqinfra.model.change import Action, Change, CostKind, Moved, Reason, Undo
from mqinfra.model.diagnostic import Diagnostic
from mqinfra.model.event import Ended
from mqinfra.model.topology import Node
from mqinfra.model.wording import in_words
from mqinfra.render.html.fields import Field, fields_of
from mqinfra.render.terminal import clean


class Severity(StrEnum):
    """How grave a change is, gravest first: the order in which they are read."""

    BLOCKED = "blocked"
    LOSES = "loses"
    BREAKS = "breaks"
    UNDECLARED = "undeclared"
    DRIFT = "drift"
    UPDATES = "updates"
    CREATES = "creates"

    @property
    def heading(self) -> str:
        """What stands over such changes."""
        return _HEADINGS[self]


_HEADINGS = {
    Severity.BLOCKED: "Blocked",
    Severity.LOSES: "Loses data",
    Severity.BREAKS: "Breaks order or cuts clients off",
    Severity.UNDECLARED: "No longer declared",
    Severity.DRIFT: "Drift",
    Severity.UPDATES: "Other updates",
    Severity.CREATES: "Creates",
}
_LOSING = frozenset((CostKind.MESSAGES_LOST, CostKind.RETENTION_LOWERED))
_BREAKING = frozenset((CostKind.CONSUMERS_CUT_OFF, CostKind.ORDER_BROKEN))
_LEFT_OVER = frozenset((Reason.NOT_DECLARED, Reason.SUGAR_GONE))


@dataclass(frozen=True)
class CostItem:
    """What a change takes.

    Attributes:
        text: a phrase.
        grave: it takes messages, clients or order; else it is only said.
    """

    text: str
    grave: bool


@dataclass(frozen=True)
class Problem:
    """What was found while planning.

    Attributes:
        code: `MQ203`.
        severity: error, warning or info.
        message: one sentence.
        help: what to do.
        place: `topology/kafka.yaml:17:5`, or empty.
        address: what it speaks of, or empty.
    """

    code: str
    severity: str
    message: str
    help: Sequence[str]
    place: str
    address: str


@dataclass(frozen=True)
class ChangeItem:
    """One change.

    Attributes:
        address: the resource.
        action: what happens.
        severity: how grave it is.
        cluster: alias of its cluster.
        kind: plural kind, for filters.
        title: what one of its kind is called.
        label: its name.
        place: what it lies in; empty where there is no such thing.
        where: file and line.
        fields: what changes.
        costs: what it takes.
        final: it can't be undone.
        note: the reason that a person gave.
        reason: why it happens, where the action does not say it.
        makers: entries whose sugar makes it.
        labels: `team=shop`.
        problems: numbers of the errors that block it.
        outcome: how it ended, after an apply.
        message: why it ended so.
    """

    address: str
    action: str
    severity: str
    cluster: str
    kind: str
    title: str
    label: str
    place: str
    where: str
    fields: Sequence[Field]
    costs: Sequence[CostItem]
    final: bool
    note: str
    reason: str
    makers: Sequence[str]
    labels: Sequence[str]
    problems: Sequence[int]
    outcome: str = ""
    message: str = ""


def severity_of(change: Change) -> Severity:
    """How grave a change is, by what it takes and why it happens."""
    kinds = {cost.kind for cost in change.costs}
    if change.blocked_by:
        return Severity.BLOCKED
    if change.action in (Action.DELETE, Action.REPLACE) and change.reason not in _LEFT_OVER:
        return Severity.LOSES
    if kinds & _LOSING:
        return Severity.LOSES
    if kinds & _BREAKING:
        return Severity.BREAKS
    if change.reason in _LEFT_OVER:
        return Severity.UNDECLARED
    if any(difference.moved in (Moved.DRIFT, Moved.BOTH) for difference in change.differences):
        return Severity.DRIFT
    return Severity.CREATES if change.action is Action.CREATE else Severity.UPDATES


_REASONS = {
    Reason.TOMBSTONE: "listed under removed:",
    Reason.NOT_DECLARED: "this project made it, and no manifest declares it any more",
    Reason.SUGAR_GONE: "what generated it no longer does",
    Reason.GOES_WITH: "deleted when what it belongs to is recreated",
    Reason.IMMUTABLE: "differs in a field that can't be changed on a live resource",
}


def change_item(
    change: Change,
    node: Node | None,
    labels: Mapping[str, str],
    problems: Mapping[str, Sequence[int]],
    ended: Ended | None,
) -> ChangeItem:
    """Write a change for the page.

    Args:
        change: the change.
        node: the resource in the topology; None where there is none.
        labels: as declared.
        problems: numbers of errors by address.
        ended: how it ended; None before an apply.
    """
    address = change.address
    return ChangeItem(
        address=clean(address.text),
        action=change.action.value,
        severity=severity_of(change).value,
        cluster=clean(address.cluster),
        kind=clean(address.kind),
        title=clean(node.title) if node is not None else _singular(address.kind),
        label=name_of(address),
        place=place_of(address),
        where=clean(f"{change.span.file}:{change.span.line}") if change.span is not None else "",
        fields=fields_of(change),
        costs=[CostItem(clean(cost.text), cost.kind in _LOSING | _BREAKING) for cost in change.costs],
        final=change.undo is Undo.NO,
        note=clean(change.note),
        reason=_REASONS.get(change.reason, ""),
        makers=[clean(maker) for maker in _makers(change)],
        labels=[clean(f"{key}={value}") for key, value in sorted(labels.items())],
        problems=list(problems.get(address.text, ())) if change.blocked_by else [],
        outcome=ended.outcome.value if ended is not None else "",
        message=clean(" ".join((ended.message, *ended.help)).strip()) if ended is not None else "",
    )


def _makers(change: Change) -> list[str]:
    """Addresses of the entries whose sugar makes it; a change that needs no record of it says so in words."""
    if change.made_by or not change.origin:
        return [maker.text for maker in change.made_by]
    return [change.origin.rpartition(" of ")[2]]


def _singular(kind: str) -> str:
    """The name of a kind for one of it: `topicPermissions` is `topic permission`."""
    words = clean(re.sub(r"(?<=[a-z])(?=[A-Z])", " ", kind).lower())
    return f"{words.removesuffix('ies')}y" if words.endswith("ies") else words.removesuffix("s")


def place_of(address: Address) -> str:
    """What a resource lies in, by its address; empty where it lies in nothing but its cluster."""
    return clean("/".join(address.path if address.pairs else address.path[:-1]))


def name_of(address: Address) -> str:
    """A name as people write it; of a thing without one, what makes it up."""
    if not address.pairs:
        return clean(address.name)
    pairs = dict(address.pairs)
    ends = [value for key, value in pairs.items() if key not in _SAYS_HOW]
    said = [_arguments(value) for key, value in sorted(pairs.items(), reverse=True) if key in _SAYS_HOW and value]
    return clean(" → ".join(ends) + (f" ({', '.join(said)})" if said else ""))


def _arguments(value: str) -> str:
    """Arguments in an address are JSON; a routing key is not, as a rule."""
    try:
        found = json.loads(value)
    except (ValueError, RecursionError):
        return value
    if not isinstance(found, dict):
        return value
    return ", ".join(f"{key}={in_words(item)}" for key, item in found.items() if key != "x-match")


_SAYS_HOW = frozenset(("routingKey", "arguments"))


def problem(diagnostic: Diagnostic) -> Problem:
    """Write a finding for the page."""
    return Problem(
        clean(diagnostic.code),
        diagnostic.severity.value,
        clean(diagnostic.message),
        [clean(text) for text in diagnostic.help],
        clean(str(diagnostic.span)) if diagnostic.span is not None else "",
        clean(diagnostic.address or ""),
    )
