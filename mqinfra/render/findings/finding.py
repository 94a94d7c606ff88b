"""Findings as hosts of code want them: one per cause, at a place in the repository, with a lasting fingerprint."""

import hashlib
import json
import re
from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence

from mqinfra.model.change import Change
from mqinfra.model.diagnostic import Diagnostic, in_order
from mqinfra.model.frozen import dataclass
from mqinfra.model.label import label_of
from mqinfra.model.span import Span
from mqinfra.render.causes import by_cause, told_once
from mqinfra.render.findings.checkout import Checkout
from mqinfra.render.terminal import clean
from mqinfra.render.view.changes import title_of

_NAMED = 3
_DIGITS = re.compile(r"\d+")


@dataclass(frozen=True, slots=True)
class Place:
    """A place in the repository.

    Attributes:
        path: from the repository's root, as it is and not made harmless.
        line: 1-based line.
        column: 1-based column in characters; 0 for the line as a whole.
        end_column: column after the last character; 0 when unknown.
    """

    path: str
    line: int
    column: int = 0
    end_column: int = 0


@dataclass(frozen=True, slots=True)
class Finding:
    """What was found, once for everything that shares its cause.

    Attributes:
        diagnostic: the finding, the first of its cause.
        place: where it stands; None where it stands nowhere in the repository, as a cluster that gives no answer.
        related: further places in the repository, each with what is there.
        fingerprint: 64 hex digits, the same as long as the finding is, also when lines move or numbers change, and
            different from those of all others.
        texts: what to tell, a line each and harmless: the message, what is there, what it holds back, what helps.
    """

    diagnostic: Diagnostic
    place: Place | None
    related: tuple[tuple[Place, str], ...]
    fingerprint: str
    texts: tuple[str, ...]

    def or_at(self, checkout: Checkout) -> Place:
        """Its place; where it has none, the first line of the project's file, for formats that can't do without."""
        return self.place or Place(checkout.fallback, 1)


def findings_of(diagnostics: Iterable[Diagnostic], checkout: Checkout, changes: Sequence[Change] = ()) -> list[Finding]:
    """Gather findings.

    Args:
        diagnostics: what was found.
        checkout: where the project's files stand in the repository.
        changes: the plan's changes; a finding about one stands where that is declared, and names what it holds back.
    """
    spans = {change.address.text: change.span for change in changes if change.span is not None}
    held = _held_back(diagnostics := list(diagnostics), changes)
    seen: Counter[str] = Counter()
    found: list[Finding] = []
    for group in by_cause(in_order(diagnostics)):
        diagnostic = told_once(group)
        span = diagnostic.span or spans.get(diagnostic.address or "")
        place = _place(span, checkout)
        key = _key(group, place)
        seen[key] += 1
        names = [name for one in group for name in held.get((one.code, one.address or ""), ())]
        found.append(
            Finding(
                diagnostic,
                place,
                tuple(
                    (there, clean(related.label))
                    for related in diagnostic.related
                    if (there := _place(related.span, checkout)) is not None
                ),
                hashlib.sha256(f"{key}\n{seen[key]}".encode("utf-8", "surrogatepass")).hexdigest(),
                tuple(_texts(diagnostic, names, outside=place is None)),
            )
        )
    return found


def _held_back(diagnostics: Sequence[Diagnostic], changes: Sequence[Change]) -> Mapping[tuple[str, str], list[str]]:
    """The changes that a finding blocks although it speaks of another one, by code and address of the finding."""
    known = {(diagnostic.code, diagnostic.address) for diagnostic in diagnostics}
    found: dict[tuple[str, str], list[str]] = defaultdict(list)
    for change in changes:
        for code in change.blocked_by:
            if (code, change.address.text) in known:
                continue
            for need in change.needs:
                if (code, need.text) in known:
                    name = change.label or label_of(change.address)
                    found[code, need.text].append(clean(f"{change.action.value} {title_of(change)} `{name}`"))
    return found


def _place(span: Span | None, checkout: Checkout) -> Place | None:
    path = checkout.path(span.file) if span is not None else None
    if span is None or path is None:
        return None
    return Place(path, max(span.line, 1), max(span.column, 1), span.end_column if span.end_column > span.column else 0)


def _key(group: Sequence[Diagnostic], place: Place | None) -> str:
    """What makes a finding the same one tomorrow: neither lines nor numbers, which move by themselves."""
    first = group[0]
    if first.cause:
        return json.dumps([first.code, first.cause])
    mark = ""
    if first.span is not None and first.source is not None:
        end = first.span.end_column if first.span.end_column > first.span.column else None
        mark = first.source[first.span.column - 1 : end and end - 1].strip()
    about = (first.address or "") if len(group) == 1 else ""
    return json.dumps(
        [first.code, place.path if place is not None else "", about, mark or _DIGITS.sub("#", first.message)]
    )


def _texts(diagnostic: Diagnostic, held: Sequence[str], *, outside: bool) -> Iterable[str]:
    yield clean(diagnostic.message)
    if diagnostic.label:
        yield clean(diagnostic.label)
    if outside and diagnostic.span is not None:
        yield clean(f"at {diagnostic.span}")
    if held:
        more = f" and {len(held) - _NAMED:,} more" if len(held) > _NAMED else ""
        yield f"also blocks: {', '.join(held[:_NAMED])}{more}"
    for text in diagnostic.help:
        yield clean(f"help: {text}")
