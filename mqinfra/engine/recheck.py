"""Is a resource still what the plan saw? Asked when a plan is applied, before the first write and while it goes on.

Field by field, so that a change that was done half way, by this plan or by hand, is finished and not refused.
"""

import json
from collections.abc import Collection, Iterable, Mapping
from dataclasses import replace
from typing import Any

from pydantic import JsonValue

from mqinfra.engine.comparator import UNTOLD, Comparator, same_or_unset
from mqinfra.model.change import Action, Change, FieldDifference
from mqinfra.model.frozen import dataclass
from mqinfra.model.loss import SOME
from mqinfra.model.reading import Live
from mqinfra.model.span import Path
from mqinfra.model.spec import Fields, Mutability, WholeSpec, flat, nested
from mqinfra.providers.base.kind import Kind

_NEVER_SURPLUS = (Mutability.CREATE_ONLY, Mutability.OBSERVED)


@dataclass(frozen=True, slots=True)
class StaleField:
    """One thing that is no longer what the plan saw.

    Attributes:
        what: the field or class, `config.retention.ms`.
        planned: what the plan saw.
        now: what is there.
    """

    what: str
    planned: str
    now: str

    def __str__(self) -> str:
        return f"`{self.what}` was {self.planned} and is now {self.now}"


@dataclass(frozen=True, slots=True)
class Recheck:
    """Where a change stands against the live resource.

    Attributes:
        remaining: the change with only what is left to do; None when nothing is.
        stale: what makes the plan stale; empty when it may go.
        identity: the broker's own id of the live resource; empty where there is none.
    """

    remaining: Change | None
    stale: tuple[StaleField, ...] = ()
    identity: str = ""


def recheck(change: Change, live: Live | None, now: Mapping[str, str], comparator: Comparator) -> Recheck:
    """Compare a planned change with what is there now.

    Args:
        change: the planned change.
        live: what is there.
        now: the classes of its guard as they are now; see `guard_classes`.
        comparator: compares its fields.

    Raises:
        UserError: a secret has to be compared, and its reference leads nowhere.
    """
    match change.action:
        case Action.CREATE:
            return _created(change, live, now, comparator)
        case Action.DELETE:
            return _deleted(change, live, now)
        case Action.REPLACE:
            return _replaced(change, live, now, comparator)
        case _:
            return _updated(change, live, now, comparator)


def is_done(change: Change, live: Live | None, comparator: Comparator, *, ours: bool = False) -> bool:
    """Tell whether the resource looks as the change wants it, whatever it was before.

    Args:
        change: the change.
        live: what is there.
        comparator: compares fields.
        ours: the broker said that it made the resource for us. What else is set on it is then its own doing, unless
            the kind is declared whole.
    """
    if change.action is Action.DELETE:
        return live is None or (bool(change.identity) and live.identity != change.identity)
    if live is None or (change.action is Action.REPLACE and live.identity == change.identity != ""):
        return False
    if change.action is Action.REPLACE:
        return not made_otherwise(made_anew(change, comparator.kind), live, comparator)
    if change.action is Action.CREATE and not (ours and not issubclass(comparator.kind.spec, WholeSpec)):
        return not made_otherwise(change, live, comparator)
    own = live.spec.fields()
    return not any(_differs(item, live, own, comparator) for item in change.differences)


def made_anew(change: Change, kind: Kind[Any]) -> Change:
    """The create within a replace: a replace names the fields that differ, and what it makes again has all of them."""
    fields = change.wanted(kind.spec).fields()
    differences = tuple(
        FieldDifference(path, None, value, None, kind.unit(path), kind.spec.marker(path).mutability)
        for path, value in sorted(fields.items())
        if value is not None
    )
    return replace(change, action=Action.CREATE, before=None, identity="", differences=differences)


def made_otherwise(change: Change, live: Live, comparator: Comparator) -> tuple[StaleField, ...]:
    """Compare a create with a resource of its name, whole: what it names must be so, and all else must not be set."""
    own = live.spec.fields()
    differing = [
        StaleField(".".join(item.path), f"absent, to be {_text(item.after)}", _text(own.get(item.path)))
        for item in change.differences
        if _differs(item, live, own, comparator)
    ]
    return (*differing, *_surplus(change, live, own, comparator))


def _surplus(change: Change, live: Live, own: Fields, comparator: Comparator) -> Iterable[StaleField]:
    """What is set on a resource though the change that creates it does not name it; what has no default counts not."""
    named = {item.path for item in change.differences}
    for path, value in sorted(own.items()):
        marker = comparator.kind.spec.marker(path)
        if path in named or value is None or marker.mutability in _NEVER_SURPLUS or marker.secret:
            continue
        given = live.inherited.get(path)
        usual = same_or_unset(comparator.kind, path, given, value) if given is not None else len(path) == 1
        if not usual and not (path in live.unknown or path[:1] in live.unknown):
            yield StaleField(".".join(path), "not set", _text(value))
    for name in comparator.kind.spec.secret_fields():
        held = sorted(path for path in own if path[0] == name) or [(name,)]
        for path in held:
            # A secret that nobody named lets somebody else in.
            if path not in named and _is_set(path, live, own, comparator):
                yield StaleField(".".join(path), "not set", "set")


def _is_set(path: Path, live: Live, own: Fields, comparator: Comparator) -> bool:
    return comparator.difference(path, None, live, own) not in UNTOLD


def _differs(item: FieldDifference, live: Live, own: Fields, comparator: Comparator) -> bool:
    """Whether a field is seen to be otherwise; of a secret that the broker keeps to itself nobody can tell."""
    return comparator.difference(item.path, item.after, live, own) not in UNTOLD


def _created(change: Change, live: Live | None, now: Mapping[str, str], comparator: Comparator) -> Recheck:
    if live is None:
        return Recheck(change, stale_classes(change, now))
    stale = made_otherwise(change, live, comparator)
    return Recheck(None, stale and (StaleField("existence", "absent", "present"), *stale))


def _deleted(change: Change, live: Live | None, now: Mapping[str, str]) -> Recheck:
    if live is None:
        return Recheck(None)
    stale = _identity(change, live) + stale_classes(change, now)
    return Recheck(change, stale)


def _replaced(change: Change, live: Live | None, now: Mapping[str, str], comparator: Comparator) -> Recheck:
    if live is None:
        return Recheck(change)
    if is_done(change, live, comparator):
        return Recheck(None)
    return Recheck(change, _identity(change, live) + stale_classes(change, now))


def _updated(change: Change, live: Live | None, now: Mapping[str, str], comparator: Comparator) -> Recheck:
    if live is None:
        return Recheck(change, (StaleField("existence", "present", "absent"),))
    own = live.spec.fields()
    left = {
        item.path: item
        for item in change.differences
        if comparator.difference(item.path, item.after, live, own) is not None
    }
    if all(item.mutability is Mutability.ONCE for item in left.values()):
        left = {}  # what it came to is seen to be done
    done = {item.path for item in change.differences} - left.keys()
    stale = list(_identity(change, live))
    # To a plan, what can't be told counts as it is wanted; that is no sign that what this one wants of it was done.
    stale += [
        StaleField(".".join(item.path), _text(item.before), "not to be told")
        for item in change.differences
        if item.path in live.unknown
    ]
    before_by_path = flat({name: value for name, value in (change.before or {}).items() if (name,) not in own})
    before_by_path |= {(name,): value for name, value in (change.before or {}).items() if (name,) in own}
    for path, before in before_by_path.items():
        if (
            path not in done
            and path not in live.unknown
            and not same_or_unset(comparator.kind, path, before, own.get(path))
        ):
            left.pop(path, None)
            stale.append(StaleField(".".join(path), _text(before), _text(own.get(path))))
    remaining = (
        replace(change, before=_without(change.before, done), differences=tuple(left.values())) if left else None
    )
    if remaining is not None:
        stale += stale_classes(change, now)
    return Recheck(remaining, tuple(stale))


def _without(before: Mapping[str, JsonValue] | None, done: Collection[Path]) -> Mapping[str, JsonValue] | None:
    """What was there before, without what is done: that is no longer so, and whoever looks again must not miss it."""
    if not done or before is None:
        return before
    return nested({path: value for path, value in flat(before).items() if path not in done and path[:1] not in done})


def _identity(change: Change, live: Live) -> tuple[StaleField, ...]:
    if change.identity and live.identity and change.identity != live.identity:
        return (StaleField("identity", change.identity, f"{live.identity} (deleted and recreated)"),)
    return ()


def stale_classes(change: Change, now: Mapping[str, str]) -> tuple[StaleField, ...]:
    """The classes of a change's guard that are no longer what the plan saw; one that nobody looked at is some."""
    return tuple(
        StaleField(name, planned, now.get(name, SOME))
        for name, planned in change.guard.items()
        if now.get(name, SOME) != planned
    )


def _text(value: JsonValue) -> str:
    if value is None:
        return "the broker's default"
    return value if isinstance(value, str) else json.dumps(value, ensure_ascii=False)
