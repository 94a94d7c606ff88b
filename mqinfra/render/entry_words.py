"""One change in words: what stands behind its name, and the rows below it."""

from collections.abc import Iterator, Sequence

from mqinfra.render.terminal import cut
from mqinfra.render.view.changes import ChangeItem, entry_of
from mqinfra.render.view.consequences import with_costs
from mqinfra.render.view.fields import Field
from mqinfra.render.view.phrases import LONG_NEW_VALUE, FieldText, telling_first

_LONG_MEMBERS = 40
_NAMED_MAKERS = 3


def rows_of(change: ChangeItem, *, whole: bool) -> list[FieldText]:
    """What its fields say, or its kind instead of them.

    Args:
        change: the change.
        whole: say both, and of what is deleted what it was.
    """
    said = [FieldText("", change.summary)] if change.summary else []
    if said and not whole:
        return [] if change.label.endswith(change.summary) else said
    if change.action == "delete":
        return [*said, *(_was(change) if whole else ())]
    creates = change.action == "create"
    fields = telling_first(change.fields) if creates else change.fields
    rows: list[FieldText] = []
    for field, cost in with_costs(fields, change.costs):
        text = value_of(field, creates=creates)
        rows.append(FieldText(field.short or field.name, f"{text}  {cost}" if cost else text))
    return said + rows


def _was(change: ChangeItem) -> Iterator[FieldText]:
    some = [f"{field.name} {cut(_or_empty(field.before), LONG_NEW_VALUE)}" for field in change.fields if field.name]
    if some:
        yield FieldText("", f"was: {', '.join(some)}")


def value_of(field: Field, *, creates: bool) -> str:
    """What becomes of a field."""
    note = f"  {field.note}" if field.note else ""
    if creates:
        return cut(field.after or '""', LONG_NEW_VALUE) + note
    if field.minus or field.plus:
        changed = [*(f"- {item}" for item in field.minus), *(f"+ {item}" for item in field.plus)]
        return " ".join([*changed, *_staying(field.stay)]) + note
    if field.after is None:
        return f"{field.before or ''}{note}"
    return f"{_or_empty(field.before)} -> {_or_empty(field.after)}{note}"


def why(change: ChangeItem, some: Sequence[ChangeItem]) -> list[str]:
    """Why something happens that its heading does not explain, and what is known of what it holds."""
    makers = list(dict.fromkeys(entry_of(maker) for one in some for maker in one.makers))
    more = f", and {len(makers) - _NAMED_MAKERS:,} more" if len(makers) > _NAMED_MAKERS else ""
    made_by = ", ".join(makers[:_NAMED_MAKERS]) + more
    texts = [change.empty] if change.empty else []
    if change.action == "delete" and change.left_over:
        texts.append(f"no longer made by {made_by}" if makers else "made by this project")
    elif makers:
        texts.append(f"made by {made_by}")
    return [*texts, *([change.note] if change.note else [])]


def _staying(members: Sequence[str]) -> list[str]:
    """What stays of a list that changes: the rest of it is what a reader compares with."""
    if not members:
        return []
    some = ", ".join(members)
    if len(some) > _LONG_MEMBERS:
        some = "another one" if len(members) == 1 else f"{len(members):,} others"
    return [f" ({some} {'stays' if len(members) == 1 else 'stay'})"]


def _or_empty(text: str | None) -> str:
    return text or '""'
