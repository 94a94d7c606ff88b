"""A saved plan against the manifests: what it wants is theirs, and so are its guards, whatever the file says.

A plan is a file that others may have had in their hands; its digest and checksum can be made anew. So nothing of it
is sent. It says which addresses a reviewer approved, and what they looked like then; what they shall look like is
taken from the manifests, and what stands in the way from a plan made now. Where the two do not agree, it is stale.
"""

from collections.abc import Iterable, Mapping
from dataclasses import replace

from pydantic import JsonValue

from mqinfra.engine import codes
from mqinfra.engine.recheck import Recheck
from mqinfra.model.address import Address
from mqinfra.model.change import Action, Change, FieldDifference
from mqinfra.model.declaration import Desired
from mqinfra.model.diagnostic import Diagnostic, Severity
from mqinfra.model.errors import UserError
from mqinfra.model.exit_code import ExitCode
from mqinfra.model.plan import Plan, digest_of
from mqinfra.model.spec import Fields, Mutability, flat, nested

_BECOMES = {
    Action.CREATE: (Action.CREATE,),
    Action.UPDATE: (Action.UPDATE,),
    Action.REPLACE: (Action.REPLACE, Action.CREATE),  # a create, once the old one has gone
    Action.DELETE: (Action.DELETE,),
}
_MOST = 5


def refuse_other_wishes(plan: Plan, desired: Desired) -> None:
    """See that a plan wants nothing but what the manifests want, before anything is opened or looked up.

    Raises:
        UserError: with exit code 5, naming each change that does.
    """
    found = [item for change in plan.changes for item in _other_wish(change, desired)]
    if found:
        raise UserError(found, ExitCode.STALE)


def rederive(plan: Plan, again: Plan, rechecks: Mapping[Address, Recheck]) -> tuple[Plan, dict[Address, Recheck]]:
    """Put a plan made now in place of a saved one, as far as that one goes.

    Args:
        plan: the saved plan.
        again: what the same manifests and clusters give now.
        rechecks: what `examine` found of the saved plan, with nothing stale.

    Returns:
        The plan to apply, with a change per change of the saved one, and where each stands.

    Raises:
        UserError: a change is none that would be planned now (exit code 5), or something stands in its way (3).
    """
    now = {change.address: change for change in again.changes}
    left: dict[Address, Change] = {}
    stale: list[Diagnostic] = []
    for change in plan.changes:
        remaining = rechecks[change.address].remaining
        if remaining is None:
            continue
        today = now.get(change.address)
        why = _why_not(change, remaining, today)
        if today is None or why:
            stale.append(_stale(change, why))
        else:
            left[change.address] = _rest(today, remaining)
    if stale:
        raise UserError(stale, ExitCode.STALE)
    blocked = {str(change.address) for change in left.values() if change.blocked_by}
    if blocked:
        raise UserError(_in_the_way(again, blocked), ExitCode.REFUSED)
    changes = tuple(left.get(change.address, change) for change in plan.changes)
    return plan.model_copy(update={"changes": changes}), {
        address: replace(recheck, remaining=left.get(address)) for address, recheck in rechecks.items()
    }


def _other_wish(change: Change, desired: Desired) -> Iterable[Diagnostic]:
    address = change.address
    if change.action is Action.DELETE:
        if address in desired.declarations:
            yield _stale(change, "the manifests declare it again")
        elif address not in desired.tombstones and change.claim is None:
            yield _stale(change, "the manifests no longer remove it")
        return
    declaration = desired.declarations.get(address)
    if declaration is None:
        yield _stale(change, "no manifest declares it")
        return
    wanted, planned = declaration.spec.to_json(), _without_unset(change, declaration.spec.fields())
    fields = declaration.spec.fields()
    # What fields come to stands in no manifest; it is held against a plan made now.
    observed = {name for name in type(declaration.spec).fields_that_are(Mutability.OBSERVED) if name not in wanted}
    planned = {name: value for name, value in planned.items() if name not in observed}
    other = {name for name in {*wanted, *planned} if not _equal(wanted.get(name), planned.get(name))}
    other |= {
        item.path[0]
        for item in change.differences
        if item.path[0] not in observed
        and not _unset(change, item, fields)
        and not _equal(fields.get(item.path), item.after)
    }
    if other:
        # Their values are not shown: they are somebody's who had no business here.
        yield _stale(change, f"the manifests now declare something else for {_names(other)}")


def _unset(change: Change, item: FieldDifference, fields: Fields) -> bool:
    """Whether a field is unset because our record says that we set it; a plan made now decides whether it does."""
    return change.claim is not None and item.after is None and item.path not in fields


def _without_unset(change: Change, fields: Fields) -> dict[str, JsonValue]:
    """What a change wants, less the nulls of keys that no manifest says."""
    gone = {item.path for item in change.differences if _unset(change, item, fields)}
    if not gone:
        return dict(change.after or {})
    kept = nested({path: value for path, value in flat(change.after or {}).items() if path not in gone})
    empty = {name: value for name, value in (change.after or {}).items() if value == {}}
    return {**empty, **kept}


def _why_not(change: Change, remaining: Change, today: Change | None) -> str:
    """Why what is left of a change is not what would be planned now; empty when it is."""
    if today is None:
        return "nothing would be planned for it now"
    if today.action not in _BECOMES.get(change.action, ()):
        return f"it would be planned as {today.action.value} now, and the plan says {change.action.value}"
    if today.adopts and not change.adopts:
        return "no project claims it any more, so that it would have to be adopted"
    moved = _moved(change, remaining, today)
    if moved:
        return moved
    if change.action is not Action.UPDATE:
        return ""
    approved = {item.path for item in change.differences}
    more = {".".join(item.path) for item in today.differences if item.path not in approved}
    if more:
        return f"{_names(more)} would change now too"
    gone = {".".join(item.path) for item in remaining.differences} - {".".join(item.path) for item in today.differences}
    return f"{_names(gone)} would not change now" if gone else ""


def _moved(change: Change, remaining: Change, today: Change) -> str:
    """What fields come to now, where the plan says something else of them; empty where it is the same."""
    left = {item.path for item in remaining.differences} if change.action is Action.UPDATE else None
    approved, now = (
        {item.path: item.after for item in one.differences if item.mutability is Mutability.OBSERVED}
        for one in (change, today)
    )
    for path in sorted(approved.keys() | now.keys()):
        if (left is None or path in left) and not _equal(approved.get(path), now.get(path)):
            return f"`{'.'.join(path)}` would become {now.get(path)} now, and the plan says {approved.get(path)}"
    return ""


def _rest(today: Change, remaining: Change) -> Change:
    """Today's change, without what a comparison that knows the secrets found done already."""
    if today.action is not Action.UPDATE:
        return today
    paths = {item.path for item in remaining.differences}
    return replace(today, differences=tuple(item for item in today.differences if item.path in paths))


def _in_the_way(again: Plan, blocked: set[str]) -> list[Diagnostic]:
    codes_in_the_way = {
        code for change in again.changes if str(change.address) in blocked for code in change.blocked_by
    }
    return [
        found
        for found in again.diagnostics
        if found.severity is Severity.ERROR
        and (found.address in blocked or (found.address is None and found.code in codes_in_the_way))
    ]


def _equal(one: JsonValue, other: JsonValue) -> bool:
    return one == other and digest_of(one) == digest_of(other)


def _names(names: Iterable[str]) -> str:
    ordered = sorted(names)
    more = f" and {len(ordered) - _MOST} more" if len(ordered) > _MOST else ""
    return ", ".join(f"`{name}`" for name in ordered[:_MOST]) + more


def _stale(change: Change, why: str) -> Diagnostic:
    return codes.STALE.at(
        f"`{change.address}` does not match the manifests: {why}",
        span=change.span,
        address=str(change.address),
        help="plan again, and review what is different; an edited plan is never applied",
    )
