"""Changes as they are read: what happens, how grave it is, what it takes, and what a search finds."""

import re
from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING

from mqinfra.model.address import Address, AddressError
from mqinfra.model.change import Action, Change, Cost, CostKind, FieldDifference, Reason, Undo
from mqinfra.model.diagnostic import Diagnostic
from mqinfra.model.frozen import dataclass
from mqinfra.model.holding import Holding
from mqinfra.model.label import label_of, name_of, place_of
from mqinfra.model.loss import NONE
from mqinfra.render.terminal import clean, clean_all
from mqinfra.render.value import field_name
from mqinfra.render.view.blocked import Blockers, blocked_by
from mqinfra.render.view.effects import EffectItem, effect_items
from mqinfra.render.view.fields import Field, Known, fields_of
from mqinfra.render.view.severity import GRAVE, LEFT_OVER, severity_of

if TYPE_CHECKING:
    from mqinfra.model.event import Ended


@dataclass(frozen=True, slots=True)
class CostItem:
    """What a change takes.

    Attributes:
        text: a phrase.
        grave: it takes messages, clients or order; else it is only said.
        effect: it takes nothing at all.
        field: the field that it comes from; empty for the resource as a whole.
    """

    text: str
    grave: bool
    effect: bool = False
    field: str = ""


@dataclass(frozen=True, slots=True)
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


class Untold:
    """Values that words stand for. Changes that read alike may differ in them.

    They are written only where all else is equal: all have one hash, so that dictionaries compare them last.
    """

    __slots__ = ("_differences", "_written")

    def __init__(self, differences: Sequence[FieldDifference]) -> None:
        self._differences, self._written = differences, ""

    @property
    def _text(self) -> str:
        self._written = self._written or repr([(item.path, item.after) for item in self._differences])
        return self._written

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Untold) and self._text == other._text

    def __lt__(self, other: "Untold") -> bool:
        return self._text < other._text

    def __hash__(self) -> int:
        return 0


@dataclass(frozen=True, slots=True)
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
        blocked: what blocks it, and what helps.
        outcome: how it ended, after an apply.
        messages: why it ended so, and what helps.
        summary: what it comes to in words, instead of its fields; empty where these say it.
        details: lines below that, each with what it is about.
        belongs_to: address of the resource that it is read with; empty for itself.
        effects: what comes into force on others.
        empty: what was found to hold nothing, where it is deleted.
        left_over: nobody declares it any more, and no line removes it.
        values: what its fields are set to, where they are left out: two that read alike may not be.
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
    blocked: Sequence[str] = ()
    outcome: str = ""
    messages: Sequence[str] = ()
    summary: str = ""
    details: Sequence[tuple[str, str]] = ()
    belongs_to: str = ""
    effects: Sequence[EffectItem] = ()
    empty: str = ""
    left_over: bool = False
    values: Untold | None = None

    @property
    def said_action(self) -> str:
        """What happens, where its sign is not enough: `delete`; empty for what is created or updated."""
        return "" if self.action in ("create", "update") else self.action


_EMPTY = "0 messages now"
ADOPTS = "adopts it: it was there before, and counts as made by this project from now on"
"""The reason of what is taken over."""
_REASONS = {
    Reason.TOMBSTONE: "listed under `removed:`",
    Reason.NOT_DECLARED: "this project made it, and no manifest declares it any more",
    Reason.SUGAR_GONE: "what generated it no longer does",
    Reason.GOES_WITH: "deleted when what it belongs to is recreated",
    Reason.IMMUTABLE: "differs in a field that can't be changed on a live resource",
}


def change_item(
    change: Change,
    problems: Mapping[str, Sequence[int]],
    errors: Blockers,
    ended: "Ended | None",
    *,
    whole: bool = True,
    known: Known | None = None,
) -> ChangeItem:
    """Write a change for the page.

    Args:
        change: the change.
        problems: numbers of errors by address.
        errors: the errors.
        ended: how it ended; None before an apply.
        whole: with labels, and the fields of what is created also where its kind says in words what they come to.
        known: as in `fields_of`.
    """
    fields = whole or not change.summary or change.action is not Action.CREATE
    shown = whole and change.labels
    text, cluster, kind, title, label, place, where, note, summary, belongs_to = _texts(change)
    return ChangeItem(
        address=text,
        action=change.action.value,
        severity=severity_of(change).value,
        cluster=cluster,
        kind=kind,
        title=title or one_of(change.address.kind),
        label=label,
        place=place,
        where=where,
        fields=fields_of(change, known) if fields else (),
        values=None if fields else Untold(change.differences),
        costs=[_cost(cost) for cost in change.costs] if change.costs else (),
        final=change.undo is Undo.NO,
        note=note,
        reason=ADOPTS if change.adopts else _REASONS.get(change.reason, ""),
        makers=[clean(maker) for maker in _makers(change)] if change.made_by or change.origin else (),
        labels=[clean(f"{key}={value}") for key, value in sorted(change.labels.items())] if shown else (),
        problems=list(problems.get(change.address.text, ())) if change.blocked_by else (),
        blocked=blocked_by(change, errors) if change.blocked_by else (),
        outcome=ended.outcome.value if ended is not None else "",
        messages=_messages(ended) if ended is not None else (),
        summary=summary,
        details=[(clean(detail.label), clean(detail.text)) for detail in change.details] if change.details else (),
        belongs_to=belongs_to,
        effects=effect_items(change) if change.effects else (),
        empty=_EMPTY if change.action is Action.DELETE and _is_empty(change) else "",
        left_over=change.reason in LEFT_OVER,
    )


def _texts(change: Change) -> Sequence[str]:
    """Address, cluster, kind, title, name, what it lies in, file and line, note, summary, and what it belongs to."""
    address, span, belongs_to = change.address, change.span, change.belongs_to
    place, name = _named(change)
    return clean_all(
        address.text,
        address.cluster,
        address.kind,
        change.title,
        name,
        place,
        f"{span.file}:{span.line}" if span is not None else "",
        change.note,
        change.summary,
        belongs_to.text if belongs_to is not None else "",
    )


def _is_empty(change: Change) -> bool:
    """Whether something that goes could hold messages and was found to hold none, and is deleted only then."""
    return change.holding in (None, Holding.DATA) and change.guard.get("messages") == NONE


def title_of(change: Change) -> str:
    """What one of its kind is called."""
    return clean(change.title) or one_of(change.address.kind)


def called(change: Change) -> str:
    """What people call a change's resource: `topic orders`."""
    return f"{title_of(change)} {clean(change.label or label_of(change.address))}"


def _messages(ended: "Ended") -> list[str]:
    return [*([clean(ended.message)] if ended.message else []), *(f"help: {clean(text)}" for text in ended.help)]


def _makers(change: Change) -> list[str]:
    """Addresses of the entries whose sugar makes it; a change that needs no record of it says so in words."""
    if change.made_by or not change.origin:
        return [maker.text for maker in change.made_by]
    return [change.origin.rpartition(" of ")[2]]


def _cost(cost: Cost) -> CostItem:
    return CostItem(clean(cost.text), cost.kind in GRAVE, cost.kind is CostKind.EFFECT, field_name(cost.path))


def _named(change: Change) -> tuple[str, str]:
    """What it lies in, and its name there; a kind may write both as one."""
    address = change.address
    if not change.label:
        return place_of(address), name_of(address)
    place = place_of(address)
    if place and change.label.startswith(f"{place} "):
        return place, change.label[len(place) + 1 :]
    return "", change.label


def name_at(address: str) -> str:
    """The name of what has an address; a text that is none, such as `ALIAS (host:port)` of a cluster, as it is."""
    try:
        return clean(name_of(Address.parse(address)))
    except AddressError:
        return clean(address)


def entry_of(maker: str) -> str:
    """What people call the entry behind the address of a maker."""
    try:
        address = Address.parse(maker)
    except AddressError:
        return clean(maker)
    return clean(f"{one_of(address.kind)} {label_of(address)}")


def kind_of(maker: str) -> str:
    """What one of the kind of the entry behind an address is called."""
    try:
        return one_of(Address.parse(maker).kind)
    except AddressError:
        return "entry"


def one_of(kind: str) -> str:
    """The name of a kind for one of it: `topicPermissions` is `topic permission`."""
    words = clean(re.sub(r"(?<=[a-z])(?=[A-Z])", " ", kind).lower())
    if words.endswith("ss"):
        return words
    return f"{words.removesuffix('ies')}y" if words.endswith("ies") else words.removesuffix("s")


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
