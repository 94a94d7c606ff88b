"""Which calls bring changes of subjects about, in order: loosen first, register, tighten last."""

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from pydantic import JsonValue

from mqinfra.model.change import Action, Change
from mqinfra.model.span import Path
from mqinfra.providers.base.request import Request
from mqinfra.providers.registry.compatibility.levels import Level
from mqinfra.providers.registry.schemas.schema import SchemaType
from mqinfra.providers.registry.subjects import fields
from mqinfra.providers.registry.subjects.spec import GLOBAL, KIND, SubjectSpec
from mqinfra.providers.registry.words import WRITABLE

API, DELETE = "POST /subjects", "DELETE /subjects"
CALLS = "calls"
"""Under which name the calls of a subject stand in a request's body, in order."""
_REGISTERED: frozenset[Path] = frozenset((fields.SCHEMA, fields.REFERENCES, fields.TYPE))


def requests_for(changes: Sequence[Change]) -> list[Request]:
    """All changes in one request, whose subjects go side by side; deletes in another."""
    building = {change.address: {CALLS: list(_calls(change))} for change in changes if change.after is not None}
    deletes: dict[Any, Mapping[str, JsonValue]] = {change.address: {} for change in changes if change.after is None}
    return [
        *([Request(KIND, API, building)] if building else []),
        *([Request(KIND, DELETE, deletes)] if deletes else []),
    ]


def _calls(change: Change) -> Iterator[JsonValue]:
    spec = change.wanted(SubjectSpec)
    subject = change.address.name
    changed = {difference.path for difference in change.differences}
    level = list(_setting(change, "config", fields.COMPATIBILITY)) if fields.COMPATIBILITY in changed else []
    mode = list(_setting(change, "mode", fields.MODE)) if fields.MODE in changed else []
    level_first = bool(level) and change.before is not None and not tightens(change)
    mode_first = bool(mode) and (spec.mode in WRITABLE or spec.mode == GLOBAL)
    if mode_first:
        yield from mode
    if level_first:
        yield from level
    if registers(change):
        query = "?normalize=true" if spec.normalize else ""
        yield {"call": f"POST /subjects/{subject}/versions{query}", "body": body_of(spec)}
    if not level_first:
        yield from level
    if not mode_first:
        yield from mode


def body_of(spec: SubjectSpec) -> dict[str, JsonValue]:
    """A schema as the API takes it."""
    body: dict[str, JsonValue] = {
        "schemaType": SchemaType(spec.type).on_the_wire,
        "schema": spec.definition,
    }
    if spec.references:
        body["references"] = [one.model_dump(mode="json", exclude_none=True) for one in spec.references]
    # A part that goes is left out, but never all of it with its name: Confluent would take that of the last version.
    for name, held in (("metadata", spec.metadata), ("ruleSet", spec.rule_set)):
        if held:
            body[name] = {key: value for key, value in held.items() if value is not None}
    return body


def _setting(change: Change, word: str, path: Path) -> Iterator[JsonValue]:
    value = (change.after or {}).get(path[0])
    if value == GLOBAL:
        if change.before is not None:
            yield {"call": f"DELETE /{word}/{change.address.name}"}
    elif value is not None:
        yield {
            "call": f"PUT /{word}/{change.address.name}",
            "body": {"compatibility" if word == "config" else "mode": value},
        }


def tightens(change: Change) -> bool:
    """Whether a change sets another level, which lets nothing through that the one in force does not."""
    found = (one for one in change.differences if one.path == fields.COMPATIBILITY)
    difference = next(found, None)
    if difference is None:
        return False
    before = Level.read(difference.before or difference.inherited)
    after = Level.read(difference.after if difference.after != GLOBAL else difference.inherited)
    return before is not None and after is not None and after.as_strict_as(before)


def waits_for_schemas(whole: Change) -> bool:
    """Whether a change of what holds for the whole registry goes after schemas are registered, and not before."""
    mode = next((one.after for one in whole.differences if one.path == fields.MODE), None)
    if mode is not None:
        return mode not in WRITABLE
    return tightens(whole)


def registers(change: Change) -> bool:
    """Whether a change registers a schema."""
    if change.after is None:
        return False
    return change.action is not Action.UPDATE or any(
        one.path in _REGISTERED or one.path[0] in ("metadata", "ruleSet") for one in change.differences
    )
