"""A plan as the body of a pull request comment.

Hosts cut comments that are too long (GitHub at 65,536 characters), so the body has a budget: what matters stands
first, destructive and blocked changes stay in full for as long as anything can, and the rest is folded step by step,
which the body says. All text that comes from manifests or brokers stands inside fences or code spans that are longer
than any run of backticks in them, where no host finds mentions, links, references or HTML.
"""

import re
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass

from mqinfra.model.change import Action, Change
from mqinfra.model.diagnostic import Diagnostic
from mqinfra.model.plan import Plan
from mqinfra.model.reading import Source
from mqinfra.render.change_text import (
    change_block,
    change_counts,
    change_line,
    heavy,
    heavy_first,
)
from mqinfra.render.diagnostics import count_line, render_diagnostics
from mqinfra.render.leftovers_text import leftover_lines, unchecked_lines
from mqinfra.render.plan_text import cluster_header, uncompared_lines, undeclared_lines
from mqinfra.render.plan_verdict import counts, next_steps, verdict
from mqinfra.render.terminal import Style, clean, cut, document, plural
from mqinfra.render.view.blocked import Blockers, blockers

_STYLE = Style(colour=False, width=100)
_BACKTICKS = re.compile(r"`+")
_UNMARKED = re.compile(r"[^A-Za-z0-9._-]|(?<=-)-")

Lines = list[str]


@dataclass(frozen=True, slots=True)
class _Part:
    """One section at one level of detail: what it holds, and what a reader has to be told about it."""

    title: str
    lines: Lines
    folded: str = ""


def render_plan_markdown(plan: Plan, *, budget: int = 60_000) -> str:
    """Write a comment body.

    Args:
        plan: the plan.
        budget: most bytes of UTF-8; every host that counts characters counts fewer.

    Returns:
        Markdown whose first line is a hidden marker by which a bot finds its own comment again.
    """
    errors = blockers(plan)
    severe = heavy_first(change for change in plan.changes if heavy(change))
    light = [change for change in plan.changes if not heavy(change)]
    creates = [change for change in light if change.action is Action.CREATE]
    updates = [change for change in light if change.action is not Action.CREATE]
    steps = [
        (_blocks, _blocks),
        (_blocks, _as_lines),
        (_blocks, _as_counts),
        (_as_lines, _as_counts),
        (_as_counts, _as_counts),
    ]
    if _least_bytes(severe) > budget:
        return _severe_only(plan, severe, budget)
    heading = _Part("Blocked and destructive", _blocks(severe, errors))
    for size_of_updates, size_of_creates in steps:
        listed = severe + (updates if size_of_updates is not _as_counts else [])
        if _least_bytes(listed + (creates if size_of_creates is not _as_counts else [])) > budget:
            continue
        parts = [
            heading,
            _part("Update", updates, errors, size_of_updates),
            _part("Create", creates, errors, size_of_creates),
        ]
        for notes in (True, False):
            body = _body(plan, parts, notes=notes)
            if _bytes(body) <= budget:
                return body
    return _severe_only(plan, severe, budget)


def marker(plan: Plan) -> str:
    """The hidden first line: the same for every plan of a project and environment."""
    words = [_UNMARKED.sub(lambda match: f"%{ord(match[0]):X}", word) for word in (plan.project, plan.environment)]
    return f"<!-- mqinfra:plan:{'/'.join(words)} -->"


def render_diagnostics_markdown(diagnostics: Iterable[Diagnostic]) -> str:
    """Write why there is no plan, for the comment that would have shown it."""
    found = tuple(diagnostics)
    text = render_diagnostics(found, Style())
    return f"### No plan: {count_line(found)}\n\n{fenced(text.splitlines())}"


def fenced(lines: Iterable[str], language: str = "") -> str:
    """Put lines into a fence that nothing in them can close."""
    text = document(lines)
    longest = max((len(run) for run in _BACKTICKS.findall(text)), default=0)
    fence = "`" * max(3, longest + 1)
    return f"{fence}{language}\n{text}{fence}\n"


def code_span(text: str) -> str:
    """Put a word of somebody else's into a code span that nothing in it can close."""
    shown = cut(clean(text), 200)
    ticks = "`" * (max((len(run) for run in _BACKTICKS.findall(shown)), default=0) + 1)
    pad = " " if shown[:1] in ("`", " ") or shown[-1:] in ("`", " ") or not shown else ""
    return f"{ticks}{pad}{shown}{pad}{ticks}"


def _bytes(text: str) -> int:
    return len(text.encode())


def _least_bytes(changes: Iterable[Change]) -> int:
    """How much room the changes take at least when each has a line; spares rendering what can't fit."""
    return sum(len(change.address.text) + 13 for change in changes)


def _blocks(changes: Sequence[Change], errors: Blockers) -> Lines:
    return [line for change in changes for line in change_block(change, errors, _STYLE)]


def _as_lines(changes: Sequence[Change], _errors: Blockers) -> Lines:
    return [line for change in changes for line in change_line(change, _STYLE)]


def _as_counts(changes: Sequence[Change], _errors: Blockers) -> Lines:
    by_action = {action: [change for change in changes if change.action is action] for action in Action}
    return [line for some in by_action.values() for line in change_counts(some, _STYLE)]


def _part(
    title: str, changes: Sequence[Change], errors: Blockers, size: Callable[[Sequence[Change], Blockers], Lines]
) -> _Part:
    folded = ""
    if size is _as_lines:
        folded = f"{plural(len(changes), title.lower())} on one line each"
    if size is _as_counts:
        folded = f"{plural(len(changes), title.lower())} counted, not listed"
    return _Part(title, size(changes, errors), folded if changes else "")


def _body(plan: Plan, parts: Sequence[_Part], *, notes: bool) -> str:
    folded = [part.folded for part in parts if part.folded]
    texts = [*_head(plan), *_folding([*folded, *([] if notes else ["notes left out"])])]
    for part in parts:
        if part.lines:
            texts += [f"#### {part.title}", fenced([line[2:] for line in part.lines], "diff")]
    if notes:
        texts += _notes(plan)
    return "\n".join(text.rstrip("\n") + "\n" for text in texts)


def _head(plan: Plan, *, commands: bool = True) -> Lines:
    what = counts(plan) if plan.changes else verdict(plan)
    title = f"### Plan for {code_span(plan.environment)} of {code_span(plan.project)}"
    texts = [marker(plan) + "\n" + title, f"**{what}**" if plan.changes else fenced([what])]
    unread = [cluster for cluster in plan.clusters if not cluster.reachable]
    if unread:
        names = ", ".join(code_span(cluster.alias) for cluster in unread)
        texts.append(f"**Could not be read: {names}. No changes are planned there.**")
    if plan.selection:
        texts.append(f"Narrowed by {code_span(' '.join(plan.selection))}; the rest was not planned.")
    if plan.digest:
        texts.append(f"Digest {code_span(plan.digest)}")
    steps: Lines = []
    for step in next_steps(plan) if commands else ():
        steps += [f"# {step.text}", *([step.command] if step.command else [])]
    return [*texts, *([fenced(steps, "sh")] if steps else [])]


def _folding(folded: Sequence[str]) -> Lines:
    if not folded:
        return []
    return [f"> Shortened to fit a comment: {'; '.join(folded)}. The full plan is in the job's log."]


def _notes(plan: Plan) -> Lines:
    lines: Lines = []
    for cluster in plan.clusters:
        unchanged = f"; {cluster.unchanged:,} unchanged" if cluster.reachable else "; could not be read"
        lines += [" ".join(cluster_header(cluster, Style(colour=False, width=1000))) + unchanged]
        if cluster.source is not Source.LIVE:
            lines[-1] += f"; {cluster.source.value}"
    lines += undeclared_lines(plan.undeclared_keys, _STYLE, most=20)
    lines += uncompared_lines(plan.uncompared, _STYLE, most=20)
    lines += leftover_lines(plan.undeclared, _STYLE, full=False, see=" (`mqinfra plan --undeclared` lists them)")
    lines += unchecked_lines(plan.unchecked, _STYLE, full=False)
    return ["#### Notes", fenced(lines)] if lines else []


def _severe_only(plan: Plan, severe: Sequence[Change], budget: int) -> str:
    """The last step: even what destroys does not fit in full. Whole lines, as many as fit, and how many are missing."""
    texts = _head(plan)
    if _bytes(_cut_off(texts, [], 0, len(severe))) > budget // 2:
        texts = _head(plan, commands=False)
    lines = [change_line(change, Style(width=200)) for change in severe[: budget // 13]]
    low, high = 0, len(lines)
    body = _cut_off(texts, lines, 0, len(severe))
    while low < high:
        middle = (low + high + 1) // 2
        attempt = _cut_off(texts, lines, middle, len(severe))
        if _bytes(attempt) <= budget:
            low, body = middle, attempt
        else:
            high = middle - 1
    return body


def _cut_off(texts: Lines, lines: Sequence[Lines], kept: int, number: int) -> str:
    left_out = number - kept
    notes = ["updates, creates and notes left out", "destructive and blocked changes on one line each"]
    if left_out:
        verb = "is" if left_out == 1 else "are"
        notes.append(f"**{left_out:,} of {number:,} destructive or blocked changes {verb} not shown**")
    shown = [line[2:] for group in lines[:kept] for line in group]
    parts = [*texts, *_folding(notes), *(["#### Blocked and destructive", fenced(shown, "diff")] if shown else [])]
    return "\n".join(text.rstrip("\n") + "\n" for text in parts)
