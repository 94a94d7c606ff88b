"""Policies in words: what they are for, what is left out, and which of them only follow another."""

from collections import defaultdict
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence

from pydantic import JsonValue

from mqinfra.model.address import Address
from mqinfra.model.change import Action, Change
from mqinfra.model.story import Detail, Told
from mqinfra.providers.base.telling import Scene
from mqinfra.providers.base.words import listed, settings
from mqinfra.providers.rabbitmq.pattern.regex import names_in
from mqinfra.providers.rabbitmq.policy.merge import FOLLOWS, HARMFUL, SPARES

_PATTERN, _APPLY_TO, _PRIORITY = ("pattern",), ("applyTo",), ("priority",)
_KNOWN = frozenset((_PATTERN, _APPLY_TO, _PRIORITY))
_MOST = 8


def policies(changes: Iterable[Change], scene: Scene) -> Iterator[tuple[Address, Told]]:
    """A new policy by what it reaches and says; with one that changes, those that sugar makes of it."""
    some = list(changes)
    spared: dict[Address, list[Change]] = defaultdict(list)
    bases: dict[Address, tuple[str, Address]] = {}
    for change in some:
        declaration = scene.declared.get(change.address)
        for reference in declaration.references if declaration is not None and change.after is not None else ():
            if reference.role == SPARES:
                spared[reference.target].append(change)
            if reference.role in (SPARES, FOLLOWS):
                bases[change.address] = reference.role, reference.target
    for change in some:
        summary = _summary(change) if change.action is Action.CREATE else ""
        details = tuple(_except(change, spared.get(change.address, ())))
        role, base = bases.get(change.address, ("", None))
        follows = base is not None and _follows(change, scene.changes.get(base), spares=role == SPARES)
        if summary or details or follows:
            yield change.address, Told(summary, details, base if follows else None)


def _summary(change: Change) -> str:
    fields = {difference.path: difference.after for difference in change.differences}
    said = list(settings(change.differences, _KNOWN))
    if fields.get(_PRIORITY):
        said.append(f"priority {fields[_PRIORITY]}")
    return f"{fields.get(_PATTERN, '')} {fields.get(_APPLY_TO, 'all')}: {', '.join(said)}"


def _follows(change: Change, base: Change | None, *, spares: bool) -> bool:
    """Whether a policy changes in nothing but what its base changes in, or in whom it spares, which its base says."""
    if base is None or change.action is not Action.UPDATE or base.action is not Action.UPDATE:
        return False
    moved = {item.path: (item.before, item.after) for item in base.differences}
    told = all(_reached(change, side) is not None for side in (change.before, change.after)) and spares
    return all(
        moved.get(item.path) == (item.before, item.after) or (told and item.path == _PATTERN)
        for item in change.differences
    )


def _except(change: Change, guards: Sequence[Change]) -> Iterator[Detail]:
    """The queues that sugar made and that a policy for others leaves alone; of one that changes, those that are new."""
    left_out = sorted(HARMFUL & _definition(change.after).keys())
    old: set[str] = set()
    new: set[str] = set()
    for guard in guards:
        if change.action is Action.UPDATE:
            old |= _reached(guard, guard.before) or frozenset()
        new |= _reached(guard, guard.after) or frozenset()
    if not left_out or old == new:
        return
    texts = [_some(new - old)] if new - old else []
    texts += [f"no longer {_some(old - new)}"] if old - new else []
    yield Detail("except", f"{'; '.join(texts)}: without {', '.join(left_out)}, so that no letter is dropped")


def _some(names: Collection[str]) -> str:
    more = f" and {len(names) - _MOST:,} more" if len(names) > _MOST else ""
    return listed(sorted(names)[:_MOST]) + more


def _reached(change: Change, side: Mapping[str, JsonValue] | None) -> frozenset[str] | None:
    """The queues that a policy of ours is for; None where its pattern is not of ours."""
    pattern = (side or {}).get("pattern", (change.after or {}).get("pattern"))
    return names_in(str(pattern)) if side is not None and pattern else frozenset()


def _definition(after: Mapping[str, JsonValue] | None) -> Mapping[str, JsonValue]:
    found = (after or {}).get("definition")
    return found if isinstance(found, dict) else {}
