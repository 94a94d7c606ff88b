"""What the record of a declared resource adds to its comparison: keys that we set and the manifest dropped, who moved.

A key is unset only where it still is as we set it; what somebody set since is theirs, and stays.
"""

from collections.abc import Iterable, Mapping
from dataclasses import replace
from typing import Any

from pydantic import JsonValue

from mqinfra.engine.comparator import same_or_unset
from mqinfra.model.change import Change, FieldDifference, Moved
from mqinfra.model.claim import Claim
from mqinfra.model.declaration import Declaration
from mqinfra.model.frozen import copied
from mqinfra.model.reading import Live
from mqinfra.model.record import Record
from mqinfra.model.secret import revisions
from mqinfra.model.span import Path
from mqinfra.model.spec import Fields, Mutability, Spec, WholeSpec, flat
from mqinfra.providers.base.kind import Kind

DROPPED = "not declared any more"


def dropped_keys(
    record: Record, declaration: Declaration, said: Fields, live: Live, kind: Kind[Any]
) -> tuple[Path, ...]:
    """Keys that we set, that are as we set them, and that the manifest no longer says; `said` is what it does say."""
    if not record.ours or issubclass(kind.spec, WholeSpec):
        return ()
    unsaid = {
        (name, key): value
        for name, held in record.spec.items()
        if isinstance(held, dict)
        for key, value in held.items()
        if value is not None and (name, key) not in said
    }
    if not unsaid:
        return ()
    own = live.spec.fields()
    return tuple(
        path
        for path, value in sorted(unsaid.items())
        if own.get(path) is not None
        and kind.same(path, value, own[path])
        and not declaration.lifecycle.ignores(path)
        and kind.spec.marker(path).mutability is not Mutability.CREATE_ONLY
        and not kind.spec.marker(path).secret
    )


def unsetting(declaration: Declaration, paths: Iterable[Path]) -> Declaration:
    """The same declaration with null for keys that it does not say."""
    spec = declaration.spec
    for path in paths:
        spec = _with_null(spec, path)
    return replace(declaration, spec=spec)


def _with_null(spec: Spec, path: Path) -> Spec:
    name = next(name for name, info in type(spec).model_fields.items() if (info.alias or name) == path[0])
    held = getattr(spec, name)
    return spec.model_copy(update={name: {**(held if isinstance(held, dict) else {}), path[1]: None}})


def rotations(record: Record, declaration: Declaration) -> dict[str, str]:
    """Secrets whose references have another revision than they had at the last apply, each with both of them."""
    if not type(declaration.spec).secret_fields():
        return {}
    return {
        path: f"rotated, revision {record.revisions.get(path, 'none')} -> {number}"
        for path, number in revisions(declaration.spec).items()
        if record.revisions.get(path) != number
    }


def told_apart(
    change: Change,
    record: Record,
    dropped: Iterable[Path],
    kind: Kind[Any],
    claim: Claim,
    rotated: Mapping[str, str],
) -> Change:
    """Say of each field that differs who moved, and let the change rest on the record where it unsets something."""
    gone = set(dropped)
    applied = flat(record.spec)
    fields = tuple(
        copied(item, moved=Moved.INTENT, note=rotated[".".join(item.path)])
        if item.secret and ".".join(item.path) in rotated
        else _told(item, applied.get(item.path), kind, dropped=item.path in gone)
        for item in change.differences
    )
    return copied(change, differences=fields, claim=claim if gone else change.claim)


def _told(item: FieldDifference, applied: JsonValue, kind: Kind[Any], *, dropped: bool) -> FieldDifference:
    if dropped:
        return copied(item, moved=Moved.INTENT, note=item.note or DROPPED)
    if item.secret or item.nodes:
        return item
    if item.mutability is Mutability.OBSERVED or same_or_unset(kind, item.path, applied, item.before):
        return copied(item, moved=Moved.INTENT)
    drifted = same_or_unset(kind, item.path, applied, item.after)
    return copied(item, moved=Moved.DRIFT if drifted else Moved.BOTH, recorded=applied)
