"""Diagnostics as text: in full with the source line, one line each, and as JSON.

The full form follows ruff's, which people know: severity and code, place, the line with a caret, other places, help.
"""

import json
from collections import Counter
from collections.abc import Iterable, Sequence
from enum import StrEnum

from pydantic import JsonValue

from mqinfra.model.diagnostic import Diagnostic, Related, Severity, in_order
from mqinfra.model.span import Span
from mqinfra.render.causes import one_per_cause
from mqinfra.render.json_text import printable_json
from mqinfra.render.terminal import Style, cells, clean, document, plural


class DiagnosticFormat(StrEnum):
    """How diagnostics can be printed."""

    FULL = "full"
    CONCISE = "concise"
    JSON = "json"


_IN_FULL = 20


def render_diagnostics(
    diagnostics: Iterable[Diagnostic],
    style: Style,
    *,
    format: str = "full",  # noqa: A002 - the word of the option
    fold: bool = True,
) -> str:
    """Print diagnostics in reading order, each once.

    Args:
        diagnostics: what was found.
        style: how to print; the machine formats ignore it.
        format: a `DiagnosticFormat`.
        fold: in full form, print only the first twenty of a code and of a cause, and count the others.

    Returns:
        text that ends with a line end; empty when there is nothing to say, but `[]` as JSON.

    Raises:
        ValueError: the format is not known.
    """
    found = in_order(diagnostics)
    match DiagnosticFormat(format):
        case DiagnosticFormat.FULL:
            return document(_full(one_per_cause(found, brief=fold), style, most=_IN_FULL if fold else len(found)))
        case DiagnosticFormat.CONCISE:
            return document(_concise(diagnostic, style) for diagnostic in found)
        case DiagnosticFormat.JSON:
            return printable_json(json.dumps([_object(diagnostic) for diagnostic in found], indent=2)) + "\n"


def render_diagnostics_document(diagnostics: Iterable[Diagnostic]) -> str:
    """Print diagnostics as a JSON document that says what it is, for whoever expected a plan or a report."""
    found = [_object(diagnostic) for diagnostic in in_order(diagnostics)]
    document = {"kind": "Diagnostics", "formatVersion": "1.0", "diagnostics": found}
    return printable_json(json.dumps(document, indent=2)) + "\n"


def render_diagnostics_lines(diagnostics: Iterable[Diagnostic]) -> str:
    """Print diagnostics as lines of JSON among the events of an apply, one each, for whoever expected those."""
    found = ({"event": "diagnostic", **_object(diagnostic)} for diagnostic in in_order(diagnostics))
    return "".join(printable_json(json.dumps(item)) + "\n" for item in found)


def count_line(diagnostics: Iterable[Diagnostic]) -> str:
    """Say how many there are: `2 errors, 1 warning`, each cause once; empty when there are none."""
    counts = Counter(diagnostic.severity for diagnostic in one_per_cause(in_order(diagnostics)))
    nouns = {Severity.ERROR: "error", Severity.WARNING: "warning", Severity.INFO: "note"}
    return ", ".join(plural(counts[severity], noun) for severity, noun in nouns.items() if counts[severity])


def _full(diagnostics: Sequence[Diagnostic], style: Style, *, most: int) -> list[str]:
    lines: list[str] = []
    explained: set[str] = set()
    seen: Counter[str] = Counter()
    for diagnostic in diagnostics:
        seen[diagnostic.code] += 1
        if seen[diagnostic.code] > most:
            continue
        gutter = max((len(str(span.line)) for span in _spans(diagnostic)), default=1)
        lines.append(f"{_head(diagnostic, style)}: {style.bold(clean(diagnostic.message))}")
        lines += _main_place(diagnostic, style, gutter)
        for related in diagnostic.related:
            lines += _related_place(related, style, gutter)
        lines += [f"{style.hint('help')}: {clean(text)}" for text in diagnostic.help]
        if diagnostic.code not in explained:
            explained.add(diagnostic.code)
            lines.append(style.dim(f"info: see `mqinfra explain {clean(diagnostic.code)}`"))
        lines.append("")
    for code, number in seen.items():
        if number > most:
            lines += [f"... and {number - most:,} more of {clean(code)}; `-v` shows them all", ""]
    if diagnostics:
        lines.append(count_line(diagnostics))
    return lines


def _head(diagnostic: Diagnostic, style: Style) -> str:
    paint = {Severity.ERROR: style.destroyed, Severity.WARNING: style.changed, Severity.INFO: style.hint}
    return paint[diagnostic.severity](f"{diagnostic.severity.value}[{clean(diagnostic.code)}]")


def _spans(diagnostic: Diagnostic) -> list[Span]:
    spans = [diagnostic.span] if diagnostic.span is not None else []
    return spans + [related.span for related in diagnostic.related]


def _main_place(diagnostic: Diagnostic, style: Style, gutter: int) -> list[str]:
    pad = " " * gutter
    address = clean(diagnostic.address or "")
    label = clean(diagnostic.label)
    if diagnostic.span is None:
        place = [f"{pad}--> {address}"] if address else []
        return [*place, f"{pad} = {label}"] if label else place
    about = f" ({address})" if address else ""
    lines = [f"{pad}--> {clean(str(diagnostic.span))}{about}"]
    if diagnostic.source is None:
        return [*lines, f"{pad} = {label}"] if label else lines
    mark = style.destroyed if diagnostic.severity is Severity.ERROR else style.changed
    shown, offset, length = _excerpt(diagnostic.source, diagnostic.span, style.width - gutter - 3)
    return [
        *lines,
        f"{pad} |",
        f"{diagnostic.span.line:>{gutter}} | {shown}",
        f"{pad} | {' ' * offset}{mark('^' * length)}{' ' if label else ''}{mark(label)}",
        f"{pad} |",
    ]


def _related_place(related: Related, style: Style, gutter: int) -> list[str]:
    pad = " " * gutter
    label = clean(related.label)
    if related.source is None:
        return [f"{pad}::: {clean(str(related.span))}{': ' if label else ''}{label}"]
    shown, offset, length = _excerpt(related.source, related.span, style.width - gutter - 3)
    return [
        f"{pad}::: {clean(str(related.span))}",
        f"{pad} |",
        f"{related.span.line:>{gutter}} | {shown}",
        f"{pad} | {' ' * offset}{style.hint('-' * length)}{' ' if label else ''}{style.hint(label)}",
        f"{pad} |",
    ]


def _excerpt(source: str, span: Span, width: int) -> tuple[str, int, int]:
    """Show a source line: its text, where the span starts in it, and how wide the span is.

    Tabs become four blanks, so that the caret stands right; of a line that is too long, a window around the span.
    """
    source = source.rstrip("\r\n")
    start = min(max(span.column, 1) - 1, len(source))
    end = min(span.end_column - 1, len(source)) if span.end_column > span.column else start + 1
    width = max(width, 20)
    if len(source) > width or not source.isascii():
        first = max(0, min(start - width // 3, len(source) - width + 6))
        last = min(len(source), first + width - 6)
        if first > 0 or last < len(source):
            head, tail = "..." if first > 0 else "", "..." if last < len(source) else ""
            end = max(start + 1, min(end, last))
            before, marked, after = source[first:start], source[start:end], source[end:last]
            return _pieces(head, before, marked, after + tail)
    return _pieces("", source[:start], source[start:end], source[end:])


def _pieces(head: str, before: str, marked: str, after: str) -> tuple[str, int, int]:
    left = head + _shown(before)
    middle = _shown(marked)
    return clean(left + middle + _shown(after)), cells(left), max(cells(middle), 1)


def _shown(text: str) -> str:
    return clean(text.replace("\t", "    "))


def _concise(diagnostic: Diagnostic, style: Style) -> str:
    place = str(diagnostic.span) if diagnostic.span is not None else diagnostic.address
    where = f"{clean(place)}: " if place else ""
    return f"{where}{_head(diagnostic, style)}: {clean(diagnostic.message)}"


def _object(diagnostic: Diagnostic) -> dict[str, JsonValue]:
    return {
        "code": diagnostic.code,
        "severity": diagnostic.severity.value,
        "message": diagnostic.message,
        "address": diagnostic.address,
        "span": _place(diagnostic.span),
        "label": diagnostic.label,
        "related": [{"span": _place(related.span), "label": related.label} for related in diagnostic.related],
        "help": list(diagnostic.help),
    }


def _place(span: Span | None) -> JsonValue:
    if span is None:
        return None
    return {"file": span.file, "line": span.line, "column": span.column, "endColumn": span.end_column or None}
