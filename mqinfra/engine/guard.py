"""Guards: what a plan must not do without a reviewed line that says so (design §6).

A guard never removes a change from the plan: it blocks it and says why, so that a reviewer sees what would have
happened. Consent comes from a tombstone's `evenIf` or from `lifecycle`, never from a flag alone.
"""

from collections import defaultdict
from collections.abc import Callable, Container, Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from datetime import date
from itertools import chain
from typing import Any

from pydantic import JsonValue

from mqinfra.engine import codes
from mqinfra.engine.consent import Permit
from mqinfra.engine.fingerprint import classes
from mqinfra.model.address import Address
from mqinfra.model.change import Action, Change, Cost, CostKind, FieldDifference, Reason, Undo
from mqinfra.model.declaration import Declaration, Tombstone
from mqinfra.model.diagnostic import Diagnostic
from mqinfra.model.frozen import copied, dataclass
from mqinfra.model.holding import Holding
from mqinfra.model.reading import Facts, Figures, Live
from mqinfra.model.wording import in_words
from mqinfra.providers.base.capabilities import Weighed
from mqinfra.providers.base.kind import Kind
from mqinfra.providers.base.verdict import Verdict, Way


@dataclass(frozen=True, slots=True)
class Guarded:
    """A change with its costs, and what holds it back.

    Attributes:
        change: the change; `blocked_by` is filled by the planner from the errors.
        diagnostics: findings about it; an error blocks it.
    """

    change: Change
    diagnostics: tuple[Diagnostic, ...] = ()


def judge(change: Change, declaration: Declaration, live: Live, kind: Kind[Any], facts: Facts) -> Guarded:
    """Say what the differences of a live resource mean, and block what can't or must not be.

    An immutable difference turns the update into a replace, which is blocked unless `lifecycle.replace` is
    `recreate`. Whether a replaced resource is empty is looked at afterwards, by `weigh`.
    """
    verdicts = [(item, kind.classify(item, live, facts)) for item in change.differences]
    found: list[Diagnostic] = []
    for item, verdict in verdicts:
        if verdict.way is not Way.IN_PLACE:
            found += _hard(change, item, verdict, declaration, kind)
    recreates = declaration.lifecycle.replace == "recreate"
    replaces = any(
        verdict.way is Way.REPLACE or (recreates and verdict.way is not Way.IN_PLACE) for _, verdict in verdicts
    )
    if replaces and declaration.lifecycle.protect:
        found.append(
            codes.PROTECTED.at(
                f"`{change.address.name}` is protected, and this change would delete and recreate it",
                span=declaration.span,
                source=declaration.positions.line(declaration.span),
                address=str(change.address),
                help="turn off `lifecycle.protect` in a separate change first",
            )
        )
    return Guarded(_judged(change, [verdict for _, verdict in verdicts], replaces=replaces), tuple(found))


def _hard(
    change: Change, item: FieldDifference, verdict: Verdict, declaration: Declaration, kind: Kind[Any]
) -> Iterator[Diagnostic]:
    """What is said of a difference that can't be brought about in place."""
    before = in_words(item.before)
    keep = "leave it unset" if item.before is None else f"keep {before}"
    keep = f"{keep}, or declare a new {kind.title} beside `{change.address.name}` and move to it"
    change_text = f"`{'.'.join(item.path)}` {_impossible(item)}"
    place: dict[str, Any] = {
        "span": item.span,
        "source": declaration.positions.line(item.span) if item.span is not None else None,
        "label": f"unset on the live {kind.title}" if item.before is None else f"the live {kind.title} has {before}",
        "address": str(change.address),
    }
    if declaration.lifecycle.replace == "recreate":
        return
    recreate = "while it is empty and unused, allow it to be recreated: `lifecycle: {replace: recreate}`"
    if verdict.way is Way.IMPOSSIBLE:
        yield codes.IMPOSSIBLE.at(change_text, help=(*verdict.advice, keep, recreate), **place)
    else:
        yield codes.REPLACE.at(f"{change_text} on a live {kind.title}", help=(*verdict.advice, keep, recreate), **place)


def _impossible(item: FieldDifference) -> str:
    """What can't be, as a predicate of the field; what is unset has no value to be shown."""
    if item.after is None:
        return f"can't be unset (now {in_words(item.before)})"
    if item.before is None:
        return f"can't be set to {in_words(item.after)} (now unset)"
    return f"can't go from {in_words(item.before)} to {in_words(item.after)}"


def cost_others(change: Change, undeclared_keys: Mapping[str, JsonValue]) -> Change:
    """Add what a replace takes from others: keys that they set on the resource are gone when it is made again."""
    if change.action is not Action.REPLACE or not undeclared_keys:
        return change
    keys = ", ".join(sorted(undeclared_keys))
    cost = Cost(kind=CostKind.SEMANTICS_CHANGED, text=f"keys that others set would be lost: {keys}")
    return replace(change, costs=(*change.costs, cost))


def plan_delete(address: Address, tombstone: Tombstone, live: Live, kind: Kind[Any], today: date) -> Guarded:
    """Make the delete that a tombstone asks for, and block what it must not or may no longer delete."""
    change = Change(
        address=address,
        action=Action.DELETE,
        reason=Reason.TOMBSTONE,
        before=live.spec.to_json(),
        identity=live.identity,
        undo=undo_of_delete(kind),
        span=tombstone.span,
        note=tombstone.reason,
    )
    found: list[Diagnostic] = []
    place: dict[str, Any] = {"span": tombstone.span, "source": tombstone.source, "address": str(address)}
    internal = kind.internal(address)
    if internal is not None:
        found.append(
            codes.INTERNAL.at(f"`{address.name}` is never deleted: {internal}", help="remove the tombstone", **place)
        )
    if tombstone.protected:
        found.append(
            codes.PROTECTED.at(
                f"`{address.name}` is protected by defaults or overrides, and the tombstone would delete it",
                help="turn off `lifecycle.protect` for it in a separate change first",
                **place,
            )
        )
    if tombstone.over(today):
        found.append(
            codes.CONSENT_OVER.at(
                f"{kind.title} `{address.name}` can't be deleted: its tombstone {tombstone.ending}",
                help="remove the tombstone; or review the delete again, and give it a later `until`",
                **place,
            )
        )
    if tombstone.identity and live.identity != tombstone.identity:
        found.append(
            codes.OTHER_IDENTITY.at(
                f"{kind.title} `{address.name}` can't be deleted: the tombstone is for id `{tombstone.identity}`, "
                + (f"and the live one has `{live.identity}`" if live.identity else "and the broker reports none"),
                help="remove the tombstone; or review the delete again, and give the live id",
                **place,
            )
        )
    return Guarded(change, tuple(found))


def undo_of_delete(kind: Kind[Any]) -> Undo:
    """Tell whether another plan can make one as it was: what holds messages, or a secret, it can't."""
    again = kind.holding is not Holding.DATA and not kind.spec.secret_fields()
    return Undo.YES if again else Undo.NO


def weigh(
    change: Change, figures: Figures, consent: Permit, kind: Kind[Any], declared: Container[Address] = ()
) -> Guarded:
    """Put numbers on a delete or replace, and block it where it would take what nobody consented to.

    Args:
        change: the change.
        figures: what was counted.
        consent: what the manifests say may go.
        kind: its kind.
        declared: what the manifests declare, to tell what of the things that go along comes back.
    """
    prices = {what: _PRICES[what](figures) for what in (kind.weighs if isinstance(kind, Weighed) else Weighed.weighs)}
    guarded = [what for what in prices if what not in consent.even_if]
    unpaid = {what: cost for what, cost in prices.items() if cost is not None and what in guarded}
    advice = consent.advice(tuple(unpaid))
    found: list[Diagnostic] = []
    for what, cost in unpaid.items():
        message = f"{kind.title} `{change.address.name}` can't be {_DONE[change.action]}: {cost.text}"
        code, first = _COSTLY[what] if cost.kind is not CostKind.UNKNOWN else _UNKNOWN
        if cost.kind is CostKind.UNKNOWN and figures.details:
            message += f" ({'; '.join(figures.details)})"
        found.append(code.at(message, help=(first, advice), **consent.place))
    costs = tuple(cost for cost in prices.values() if cost is not None)
    details = tuple(
        Cost(kind=CostKind.DETAIL, text=text) for text in (*_attached(figures.attached, declared), *figures.details)
    )
    guard = classes(figures, guarded)
    # What held nothing and took nothing with it can be made again as it was.
    again = kind.holding is not Holding.DATA and not costs and not figures.attached and change.action is Action.DELETE
    undo = change.undo if again else Undo.NO
    consents = tuple(dict.fromkeys((*change.consents, *consent.lines)))
    weighed = replace(change, costs=(*costs, *details, *change.costs), guard=guard, undo=undo, consents=consents)
    return Guarded(weighed, tuple(found))


_DONE = {Action.DELETE: "deleted", Action.REPLACE: "replaced"}
_UNKNOWN = (codes.COST_UNKNOWN, "grant the permission to read it, or plan again once it is known")
_COSTLY = {
    "messages": (codes.MESSAGES, "drain it first"),
    "consumers": (codes.CONSUMERS, "stop them first"),
    "positions": (codes.POSITIONS, "leave it where it is"),
}


def _attached(attached: Sequence[Address], declared: Container[Address]) -> Iterator[str]:
    """What goes along, and what of it nobody declares: only a person can bring that back."""
    by_kind: dict[str, list[Address]] = defaultdict(list)
    for address in attached:
        by_kind[address.kind].append(address)
    for kind, some in sorted(by_kind.items()):
        word = kind if len(some) > 1 else kind.removesuffix("s")
        lost = [address for address in some if address not in declared]
        text = f"{len(some)} {word} would be deleted with it"
        names = ", ".join(f"`{address.name}`" for address in lost[:_SHOWN]) + (", ..." if len(lost) > _SHOWN else "")
        yield f"{text}; not declared: {names}" if lost else text


_SHOWN = 5


def _messages(figures: Figures) -> Cost | None:
    number = figures.messages
    if number is None:
        return Cost(kind=CostKind.UNKNOWN, text="the number of messages in it is unknown")
    if number == 0:
        return None
    text = f"{number:,} {_plural('message', number)} would be lost"
    return Cost(kind=CostKind.MESSAGES_LOST, text=text, number=number)


def _consumers(figures: Figures) -> Cost | None:
    names = figures.consumers
    if names is None:
        return Cost(kind=CostKind.UNKNOWN, text="whether it has consumers is unknown")
    if not names:
        return None
    some = ", ".join(names[:_SHOWN]) + (", ..." if len(names) > _SHOWN else "")
    text = f"{len(names)} active {_plural('consumer', len(names))} would be cut off: {some}"
    return Cost(kind=CostKind.CONSUMERS_CUT_OFF, text=text, number=len(names))


def _positions(figures: Figures) -> Cost | None:
    number = figures.positions
    if number is None:
        return Cost(kind=CostKind.UNKNOWN, text="whether it has read anything is unknown")
    if number == 0:
        return None
    text = f"where it stands in {number:,} {_plural('partition', number)} would be lost"
    return Cost(kind=CostKind.SEMANTICS_CHANGED, text=text, number=number)


_PRICES: Mapping[str, Callable[[Figures], Cost | None]] = {
    "messages": _messages,
    "consumers": _consumers,
    "positions": _positions,
}


def over_limit(
    changes: Iterable[tuple[Change, Address]], named: Mapping[tuple[str, str], int], allowed: Mapping[str, int]
) -> list[Diagnostic]:
    """Find the kinds of which a plan would delete too many entries.

    Args:
        changes: the deletes and replaces that nothing else keeps back, each with the entry that it counts as.
        named: per cluster and kind, how many resources the manifests name there and that exist.
        allowed: limits the user gave, by `ALIAS/KIND`.

    Returns:
        one error per change that is over, so that each is blocked.
    """
    deletes: dict[tuple[str, str], dict[Address, list[Change]]] = defaultdict(lambda: defaultdict(list))
    for change, entry in changes:
        deletes[entry.cluster, entry.kind][entry].append(change)
    found: list[Diagnostic] = []
    for (cluster, kind), some in sorted(deletes.items()):
        limit = allowed.get(f"{cluster}/{kind}", default_limit(named.get((cluster, kind), 0)))
        if len(some) > limit:
            found += [
                codes.DELETE_LIMIT.at(
                    f"this plan would delete {len(some)} of {cluster}/{kind}; the limit is {limit}",
                    span=change.span,
                    address=str(change.address),
                    help=f"if all {len(some)} are intended: --max-deletes {cluster}/{kind}={len(some)}",
                    cause=f"{cluster}/{kind}",
                )
                for change in chain.from_iterable(some.values())
            ]
    return found


def default_limit(named: int) -> int:
    """The larger of one and the smaller of five and 20 % of the named resources (design §6)."""
    return max(1, min(5, named // 5))


def _judged(change: Change, verdicts: Iterable[Verdict], *, replaces: bool) -> Change:
    verdicts = list(verdicts)
    costs = tuple(cost for verdict in verdicts for cost in verdict.costs)
    undo = Undo.NO if any(verdict.undo is Undo.NO for verdict in verdicts) else Undo.YES
    if replaces:
        return copied(change, costs=costs, undo=undo, action=Action.REPLACE, reason=Reason.IMMUTABLE)
    if costs == change.costs and undo is change.undo:
        return change
    return copied(change, costs=costs, undo=undo)


def _plural(word: str, number: int) -> str:
    return word if number == 1 else word + "s"
