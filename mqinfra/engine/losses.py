"""Guards on changes that destroy messages without deleting anything: a lowered limit, a new policy, a trim (design §6).

Kinds say what their changes may destroy, the session counts it, and here it is held against what `allowed:` consents
to. What nobody consented to blocks the change; where nothing goes now, the class is guarded, so that an apply that
finds messages there is refused.
"""

from collections import defaultdict
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from datetime import date
from typing import Any

from pydantic import JsonValue

from mqinfra.engine import codes
from mqinfra.engine.consent import SUGGESTED, digest_of_line
from mqinfra.engine.guard import Guarded
from mqinfra.model.address import Address
from mqinfra.model.change import Action, Change, Cost, CostKind, Undo
from mqinfra.model.declaration import Allowance, Consent, Declaration, Desired
from mqinfra.model.diagnostic import Diagnostic
from mqinfra.model.frozen import copied, dataclass
from mqinfra.model.loss import ALL, LATER, NONE, SOME, Counted, Loss
from mqinfra.model.names import Names
from mqinfra.model.span import Path
from mqinfra.model.spec import flat
from mqinfra.providers.base.kind import Kind

_SHOWN = 5
_DONE = {Action.CREATE: "created", Action.UPDATE: "changed", Action.REPLACE: "replaced", Action.DELETE: "deleted"}
_GUARD = "messages lost by "


def classes_of(losses: Iterable[Loss], counted: Mapping[Loss, Counted]) -> dict[str, str]:
    """Reduce counts to the classes that a guard compares, one per field that destroys; not countable is some."""
    found: dict[str, str] = {}
    for loss in losses:
        name = _GUARD + loss.field
        goes = not counted.get(loss, Counted()).none
        found[name] = SOME if goes or found.get(name) == SOME else NONE
    return found


@dataclass(frozen=True, slots=True)
class _Answer:
    """What the manifests say to a change that destroys.

    Attributes:
        line: the reviewed line for it; None when there is none.
        address: where it stands, or should.
        allowed: fields to whose loss it consents today.
        lines: digests of the lines that do.
    """

    line: Consent | None
    address: Address
    allowed: frozenset[Path]
    lines: tuple[str, ...] = ()


def weigh_losses(
    change: Change,
    losses: Sequence[Loss],
    counted: Mapping[Loss, Counted],
    desired: Desired,
    kind: Kind[Any],
    today: date,
) -> Guarded:
    """Put numbers on what a change destroys, and block it where nobody consented to it.

    Args:
        change: the change.
        losses: what its kind says that it may destroy.
        counted: how many messages each takes now.
        desired: the manifests, with what they allow.
        kind: the change's kind.
        today: the day by which consent counts.
    """
    answer = _answer(change, losses, desired, kind, today)
    by_field: dict[Path, list[Loss]] = defaultdict(list)
    for loss in losses:
        by_field[loss.path].append(loss)
    costs = [cost for some in by_field.values() for cost in _costs(change, some, counted)]
    taken = [cost for cost in costs if cost.kind is not CostKind.DETAIL]
    open_losses = tuple(loss for loss in losses if loss.path not in answer.allowed and loss.keeps != ALL)
    unpaid = [cost for cost in taken if cost.path not in answer.allowed]
    weighed = copied(
        change,
        costs=(*costs, *change.costs),
        losses=open_losses,
        guard={**change.guard, **classes_of(open_losses, counted)},
        undo=Undo.NO if taken else change.undo,
        consents=tuple(dict.fromkeys((*change.consents, *answer.lines))),
    )
    return Guarded(weighed, tuple(_findings(change, unpaid, answer, desired, kind, today)))


def _answer(change: Change, losses: Sequence[Loss], desired: Desired, kind: Kind[Any], today: date) -> _Answer:
    spoken = (change.address, *(change.made_by if change.action is Action.DELETE else ()))
    removed = next((address for address in spoken if address in desired.tombstones), None)
    if removed is not None:
        tombstone = desired.tombstones[removed]
        if "messages" not in tombstone.even_if or tombstone.over(today):
            return _Answer(tombstone, removed, frozenset())
        allowed = frozenset(loss.path for loss in losses)
        return _Answer(tombstone, removed, allowed, (digest_of_line(removed, tombstone),))
    declaration = desired.declarations.get(change.address)
    found: list[tuple[Address, Allowance]] = [
        (address, desired.allowed[address]) for address in _speakers(change, declaration) if address in desired.allowed
    ]
    paths = frozenset(loss.path for loss in losses)
    given = {
        loss.path: digest_of_line(address, line)
        for loss in losses
        for address, line in found
        if "messages" in line.even_if and not line.over(today) and _meant(loss.path, paths, line, change, kind)
    }
    first = found[0] if found else None
    lines = tuple(sorted(set(given.values())))
    return _Answer(first[1] if first else None, first[0] if first else change.address, frozenset(given), lines)


def _speakers(change: Change, declaration: Declaration | None) -> list[Address]:
    """Addresses under which consent to a change may stand: its own, and those of the entries that made it."""
    makers = [origin.maker for origin in declaration.origins if origin.maker] if declaration is not None else []
    return list(dict.fromkeys((change.address, *makers)))


def _meant(path: Path, paths: Collection[Path], line: Allowance, change: Change, kind: Kind[Any]) -> bool:
    """Tell whether a line names a field with exactly the value that it gets; its mapping's name does for a sole one."""
    name = ".".join(path)
    if name not in line.by and [other for other in paths if other[0] == path[0]] == [path]:
        name = path[0]
    if name not in line.by:
        return False
    said, wanted = line.by[name], new_value(change, path)
    if said is None or wanted is None:
        return said is wanted
    return kind.same(path, said, wanted)


def new_value(change: Change, path: Path) -> JsonValue:
    """The value that a change gives to a field; None where it resets it."""
    for item in change.differences:
        if item.path == path:
            return item.after
    return flat(change.after or {}).get(path)


def _costs(change: Change, losses: Sequence[Loss], counted: Mapping[Loss, Counted]) -> Iterator[Cost]:
    """What one field takes, all resources together: what goes now, most first, then what is lost later."""
    numbers = {loss: counted.get(loss, Counted()) for loss in losses}
    going = sorted(
        (loss for loss in losses if loss.keeps != LATER and not numbers[loss].none),
        key=lambda loss: (numbers[loss].number is not None, -(numbers[loss].number or 0), loss.address),
    )
    if going:
        whole = _total([numbers[loss] for loss in going])
        own = len(going) == 1 and going[0].address == change.address
        named = _named([_share(loss, numbers[loss], len(going)) for loss in going])
        whose = "" if own or len(going) > 1 else f" of {named}"
        each = f": {named}" if len(going) > 1 else ""
        text = f"{_many(whole)}{whose} would be lost{each} ({_what(going)})"
        kind = CostKind.UNKNOWN if whole.number is None else CostKind.MESSAGES_LOST
        yield Cost(kind=kind, text=text, path=losses[0].path, number=whole.number)
    later = sorted((loss for loss in losses if loss.keeps == LATER), key=lambda loss: loss.address)
    if later:
        named = _named([f"`{loss.address.name}`" for loss in later])
        yield Cost(kind=CostKind.MESSAGES_LOST, text=f"{_what(later)}: {named}", path=losses[0].path)
    details = dict.fromkeys(detail for loss in losses for detail in numbers[loss].details)
    yield from (Cost(kind=CostKind.DETAIL, text=text, path=losses[0].path) for text in details)


def _named(names: Sequence[str]) -> str:
    more = f" and {len(names) - _SHOWN:,} more" if len(names) > _SHOWN else ""
    return ", ".join(names[:_SHOWN]) + more


def _what(losses: Sequence[Loss]) -> str:
    return "; ".join(dict.fromkeys(loss.text for loss in losses[:_SHOWN]))


def _total(some: Sequence[Counted]) -> Counted:
    if any(item.number is None for item in some):
        return Counted()
    return Counted(sum(item.number or 0 for item in some), exact=all(item.exact for item in some))


def _many(counted: Counted) -> str:
    if counted.number is None:
        return "messages (not countable)"
    noun = "message" if counted.number == 1 else "messages"
    return f"{'' if counted.exact else 'up to '}{counted.number:,} {noun}"


def _share(loss: Loss, counted: Counted, of: int) -> str:
    name = f"`{loss.address.name}`"
    if of == 1:
        return name
    if counted.number is None:
        return f"{name} (not countable)"
    return f"{name} {'' if counted.exact else 'up to '}{counted.number:,}"


def _findings(
    change: Change, unpaid: Sequence[Cost], answer: _Answer, desired: Desired, kind: Kind[Any], today: date
) -> Iterator[Diagnostic]:
    if not unpaid:
        return
    place = _place(change, unpaid[0].path, answer, desired)
    message = f"{kind.title} `{change.address.name}` can't be {_DONE[change.action]}: " + "; ".join(
        cost.text for cost in unpaid
    )
    paste = _paste(change, unpaid, answer, today, desired.names)
    if answer.line is not None and answer.line.over(today):
        over = f"the consent for it {answer.line.ending}"
        yield codes.CONSENT_OVER.at(f"{message}; {over}", help=paste, **place)
        return
    yield codes.LOSES_MESSAGES.at(message, help=paste, **place)


def _place(change: Change, path: Path, answer: _Answer, desired: Desired) -> dict[str, Any]:
    declaration = desired.declarations.get(change.address)
    if declaration is None:
        line = answer.line
        return {
            "span": change.span,
            "source": line.source if line is not None else None,
            "address": str(change.address),
        }
    span = declaration.positions.span(path) or declaration.span
    return {"span": span, "source": declaration.positions.line(span), "address": str(change.address)}


def _paste(change: Change, unpaid: Sequence[Cost], answer: _Answer, today: date, names: Names) -> tuple[str, ...]:
    """The line that consents, ready to paste: for exactly these values, for a week."""
    until = today + SUGGESTED
    if change.action is Action.DELETE:
        key = names.key(answer.address)
        return (f"to allow it, write under `removed:`: `{key}: {{evenIf: [messages], until: {until}}}`",)
    given = dict(answer.line.by) if isinstance(answer.line, Allowance) else {}
    given |= {".".join(cost.path): new_value(change, cost.path) for cost in unpaid}
    values = ", ".join(f"{name}: {_yaml(value)}" for name, value in given.items())
    line = f"{names.key(answer.address)}: {{evenIf: [messages], by: {{{values}}}, until: {until}}}"
    return (f"to allow it, write under `allowed:`: `{line}`",)


def _yaml(value: JsonValue) -> str:
    """A value as it may stand in YAML's flow style."""
    match value:
        case None:
            return "null"
        case bool():
            return "true" if value else "false"
        case str():
            return "'" + value.replace("'", "''") + "'"
        case _:
            return str(value)


def finished(desired: Desired, changed: Iterable[Address], today: date, seen: Iterable[str]) -> Iterator[Diagnostic]:
    """Warn of lines under `allowed:` that nothing needs any more: what they allowed is done.

    Args:
        desired: the manifests.
        changed: addresses with a change in the plan.
        today: the day by which consent counts.
        seen: clusters that were read.
    """
    if not desired.allowed:
        return
    open_lines: set[Address] = set()
    for address in changed:
        declaration = desired.declarations.get(address)
        open_lines.add(address)
        if declaration is not None:
            open_lines.update(origin.maker for origin in declaration.origins if origin.maker is not None)
    for address, line in desired.allowed.items():
        if address in open_lines or address.cluster not in seen or address not in desired.declarations:
            continue
        ended = f", and its consent {line.ending}" if line.over(today) else ""
        yield codes.LINE_DONE.at(
            f"`allowed: {address}` has nothing left to do{ended}",
            span=line.span,
            source=line.source,
            address=str(address),
            help="remove the line",
        )
