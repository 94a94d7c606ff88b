"""What would change in an environment if it equalled another, for people and programs."""

import json
from collections import Counter
from collections.abc import Mapping

from pydantic import JsonValue

from mqinfra.model.change import Action, Change, FieldDifference, Reason
from mqinfra.model.promotion import Promoted, PromotedField, Promotion
from mqinfra.model.span import Span
from mqinfra.render.json_text import printable_json
from mqinfra.render.markdown.body import BUDGET, Frame, body, folded, head
from mqinfra.render.markdown.sections import Heading, Section, count_text
from mqinfra.render.terminal import Style, clean, document
from mqinfra.render.value import field_name, shown
from mqinfra.render.view.blocks import blocks_of
from mqinfra.render.view.changes import change_item
from mqinfra.render.view.entries import Entries

FORMAT_VERSION = "1.0"
_SYMBOLS = {Action.CREATE: "+", Action.UPDATE: "~", Action.DELETE: "-"}
_WORDS = {Action.CREATE: "only in {source}", Action.UPDATE: "", Action.DELETE: "only in {target}"}
_COUNTED = {Action.CREATE: "to create", Action.UPDATE: "to change", Action.DELETE: "to delete"}


def promotion_text(found: Promotion, style: Style) -> str:
    """Print each resource that differs, each field with both values and where they are written."""
    lines: list[str] = []
    for item in found.resources:
        lines += style.wrap(f"{_SYMBOLS[item.action]} {clean(item.address.text)}{_only(found, item)}", hang=4)
        for one in item.fields:
            lines += style.wrap(f"{field_name(one.path)}: {_values(one)}{style.dim(_places(one))}", indent=4, hang=6)
    lines += [style.dim(line) for line in _without(found)]
    return document([*lines, style.bold(verdict(found))])


def verdict(found: Promotion) -> str:
    """Say how much would change."""
    where = " on the clusters" if found.live else ""
    if not found.resources:
        return f"{clean(found.target)} equals {clean(found.source)}{where}."
    counts = Counter(item.action for item in found.resources)
    counted = ", ".join(f"{counts[action]:,} {words}" for action, words in _COUNTED.items() if counts[action])
    return f"If {clean(found.target)} equalled {clean(found.source)}{where}: {counted}."


def promotion_json(found: Promotion) -> str:
    """Write it; minor versions of the format only add."""
    resources: list[JsonValue] = [
        {
            "address": item.address.text,
            "action": item.action.value,
            "fields": [
                {
                    "path": list(one.path),
                    "before": one.before,
                    "after": one.after,
                    "beforeAt": _place(one.before_span),
                    "afterAt": _place(one.after_span),
                }
                for one in item.fields
            ],
        }
        for item in found.resources
    ]
    without: Mapping[str, JsonValue] = {name: dict(counts) for name, counts in found.without.items()}
    content = {
        "kind": "Promotion",
        "formatVersion": FORMAT_VERSION,
        "project": found.project,
        "source": found.source,
        "target": found.target,
        "live": found.live,
        "resources": resources,
        "without": without,
    }
    return printable_json(json.dumps(content, indent=1)) + "\n"


def promotion_markdown(found: Promotion, *, budget: int = BUDGET) -> str:
    """Write it as a comment of a pull request.

    Args:
        found: what would change.
        budget: most bytes of UTF-8.
    """
    said = head("diff", found.project, found.target, [f": {verdict(found)}"])
    frame = Frame(said, "", folded("Not managed", _without(found)))
    groups = (
        (Action.UPDATE, "Differs", f"{clean(found.target)} -> {clean(found.source)}"),
        (Action.CREATE, f"Only in {clean(found.source)}", "would be created"),
        (Action.DELETE, f"Only in {clean(found.target)}", "would be deleted"),
    )
    sections = [
        section
        for action, text, change in groups
        for section in _section(text, change, [item for item in found.resources if item.action is action])
    ]
    return body(frame, sections, budget)


def _section(text: str, change: str, some: list[Promoted]) -> list[Section]:
    if not some:
        return []
    items = [
        change_item(
            Change(
                item.address,
                Action.UPDATE,
                Reason.DIFFERS,
                tuple(FieldDifference(one.path, one.before, one.after, unit=one.unit) for one in item.fields),
                note=change if not item.fields else "",
            ),
            {},
            {},
            None,
        )
        for item in some
    ]
    clusters = frozenset(item.cluster for item in items)
    entries = Entries(items, clusters if len(clusters) > 1 else frozenset())
    heading = Heading(text, count_text(len(items), len(items)), table=True, heads=("what", change))
    return [Section(heading, items, blocks_of(items), entries)]


def _only(found: Promotion, item: Promoted) -> str:
    words = _WORDS[item.action].format(source=clean(found.source), target=clean(found.target))
    return f"  {words}" if words else ""


def _values(one: PromotedField) -> str:
    before = "not set" if one.before is None else shown(one.before, one.unit)
    return f"{before} -> {'not set' if one.after is None else shown(one.after, one.unit)}"


def _places(one: PromotedField) -> str:
    ends = ((one.before, one.before_span), (one.after, one.after_span))
    some = dict.fromkeys(f"{clean(at.file)}:{at.line}" for value, at in ends if at is not None and value is not None)
    return f"  ({' -> '.join(some)})" if some else ""


def _without(found: Promotion) -> list[str]:
    return [
        f"not in {clean(name)}: " + ", ".join(f"{number:,} {clean(kind)}" for kind, number in counts.items())
        for name, counts in found.without.items()
    ]


def _place(span: Span | None) -> JsonValue:
    return {"file": span.file, "line": span.line, "column": span.column} if span is not None else None
