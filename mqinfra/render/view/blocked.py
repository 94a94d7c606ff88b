"""What blocks a change, in words: the errors that speak of it, or the change before it that is blocked."""

from collections import defaultdict
from collections.abc import Mapping, Sequence

from mqinfra.model.change import Change
from mqinfra.model.diagnostic import Diagnostic, Severity
from mqinfra.model.plan import Plan
from mqinfra.render.terminal import clean

Blockers = Mapping[str, Sequence[Diagnostic]]
"""Errors by formatted address."""


def blockers(plan: Plan) -> Blockers:
    """Collect the errors that speak of an address."""
    found: dict[str, list[Diagnostic]] = defaultdict(list)
    for diagnostic in plan.diagnostics:
        if diagnostic.address is not None and diagnostic.severity is Severity.ERROR:
            found[diagnostic.address].append(diagnostic)
    return found


def blocked_by(change: Change, errors: Blockers) -> list[str]:
    """Say what blocks a change, and what helps; nothing where nothing does."""
    texts: list[str] = []
    for code in change.blocked_by:
        head = f"blocked by {clean(code)}"
        mine = [diagnostic for diagnostic in errors.get(change.address.text, ()) if diagnostic.code == code]
        for diagnostic in mine:
            texts.append(f"{head}: {clean(diagnostic.message)}")
            texts += [f"help: {clean(text)}" for text in diagnostic.help]
        if mine:
            continue
        needed = [need for need in change.needs if any(item.code == code for item in errors.get(need.text, ()))]
        because = f"it needs `{clean(needed[0].text)}`, which is blocked" if needed else ""
        texts.append(f"{head}: {because or f'see `mqinfra explain {clean(code)}`'}")
    return texts
