"""What blocks a change, in words: the errors that speak of it, or the change before it that is blocked."""

from collections import defaultdict
from collections.abc import Mapping, Sequence

from mqinfra.model.change import Change
from mqinfra.model.diagnostic import Diagnostic, Severity
from mqinfra.model.plan import Plan
from mqinfra.render.terminal import clean

_HELP = "help: "
Blockers = Mapping[str, Sequence[Diagnostic]]
"""Errors by formatted address; under "" those that speak of several at once."""


def blockers(plan: Plan) -> Blockers:
    """Collect the errors that speak of an address."""
    found: dict[str, list[Diagnostic]] = defaultdict(list)
    for diagnostic in plan.diagnostics:
        if diagnostic.severity is Severity.ERROR:
            found[diagnostic.address or ""].append(diagnostic)
    return found


def blocked_by(change: Change, errors: Blockers) -> list[str]:
    """Say what blocks a change, and what helps; nothing where nothing does."""
    texts: list[str] = []
    for code in change.blocked_by:
        mine = [diagnostic for diagnostic in errors.get(change.address.text, ()) if diagnostic.code == code]
        for diagnostic in mine:
            texts.append(blocking_text(clean(code), clean(diagnostic.message)))
            texts += [f"{_HELP}{clean(text)}" for text in diagnostic.help]
        if mine:
            continue
        needed = [need for need in change.needs if any(item.code == code for item in errors.get(need.text, ()))]
        if needed:
            texts.append(blocking_text(clean(code), f"it needs `{clean(needed[0].text)}`, which is blocked"))
            continue
        ours = [item for item in errors.get("", ()) if item.code == code]
        why = clean(ours[0].message) if len(ours) == 1 else f"see `mqinfra explain {clean(code)}`"
        texts.append(blocking_text(clean(code), why))
    return texts


def blocking_text(code: str, why: str) -> str:
    """Say that something blocks, and why: both harmless already."""
    return f"blocked by {code}: {why}"


def by_cause(texts: Sequence[str]) -> list[tuple[str, ...]]:
    """Part what blocks a change into its causes, each with what helps against it."""
    causes: list[tuple[str, ...]] = []
    for text in texts:
        if text.startswith(_HELP) and causes:
            causes[-1] = (*causes[-1], text)
        else:
            causes.append((text,))
    return causes
