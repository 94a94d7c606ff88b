"""A verification for people on a terminal: failures first and in full, then what is inconclusive, then what passed."""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence

from mqinfra.model.address import Address
from mqinfra.model.judgement import Judgement, Result
from mqinfra.model.verification import Advice, Verification
from mqinfra.render.terminal import Style, clean, document, plural
from mqinfra.render.verification.shared_cause import shared_causes
from mqinfra.render.verification.words import (
    ADVICE,
    ORDER,
    TITLES,
    UNASKED,
    again,
    all_again,
    done,
    not_sent,
    offenders_text,
    places_text,
    reason_text,
    verdict,
    where_text,
)

_INDENT = 4
_SHOWN = 3
"""Of many judgements that are alike, as many are printed in full."""


def verification_text(report: Verification, style: Style, *, whole: bool = False) -> str:
    """Print a verification.

    Args:
        report: the verification.
        style: how to print.
        whole: list every check that passed, too, instead of counting them by resource.
    """
    lines: list[str] = []
    shared = shared_causes(report)
    for result in ORDER:
        some = [one for one in report.judgements if one.result is result]
        if not some:
            continue
        lines += [style.bold(f"{TITLES[result]} ({len(some):,})"), ""]
        if result is Result.PASS and not whole:
            lines += _counted(some, style)
        elif result is Result.SKIPPED and not whole:
            lines += _by_reason(some, style)
        else:
            for alike in _alike(some, whole=whole):
                many = len(alike) > _SHOWN
                lines += _many(alike, report, style) if many else _each(alike, report, style, shared)
        lines.append("")
    if report.unasked and whole:
        lines += [style.bold(f"{UNASKED} ({len(report.unasked):,})"), ""]
        for one in report.unasked:
            lines += style.wrap(clean(f"{one.check} {one.name}: {one.option}"), indent=0)
        lines.append("")
    lines += _advice(report.advice, style)
    if report.production:
        lines += style.wrap(done(report), indent=0)
    for text in not_sent(report):
        lines += style.wrap(text, indent=0)
    for name in report.left:
        lines += style.wrap(f"left behind: {clean(name)}; `mqinfra verify --gc` removes it", indent=0)
    return document([*lines, *style.wrap(verdict(report), indent=0)])


def _alike(some: Sequence[Judgement], *, whole: bool) -> Iterable[Sequence[Judgement]]:
    """Judgements of one check of which the same is asked and the same is to be done, together."""
    if whole:
        return [(one,) for one in some]
    alike: dict[tuple[object, ...], list[Judgement]] = defaultdict(list)
    for one in some:
        alike[one.check, one.requirement, one.causes, one.fix].append(one)
    return alike.values()


def _each(
    some: Sequence[Judgement], report: Verification, style: Style, shared: Mapping[tuple[str, str], str]
) -> list[str]:
    lines: list[str] = []
    for one in some:
        said = f"{_painted(one, style)} {clean(one.address.text)}: {clean(one.requirement)}"
        lines += [*_placed(said, one, style, 0), *_seen(one, style, _INDENT)]
        if root := shared.get((one.address.text, one.check)):
            lines += style.wrap(f"related  {root}", indent=_INDENT)
        lines += _ways(one, style)
        if one.result is not Result.PASS:
            lines += style.wrap(f"rerun    {again(one, report)}", indent=_INDENT)
    return lines


def _many(some: Sequence[Judgement], report: Verification, style: Style) -> list[str]:
    """The first of many that are alike; what is to be done is said once."""
    first, rest = some[0], [one.address for one in some[_SHOWN:]]
    said = f"{_painted(first, style)} {clean(first.requirement)}: {plural(len(some), 'resource')}"
    lines = style.wrap(said, indent=0)
    for one in some[:_SHOWN]:
        lines += [*_placed(clean(one.address.text), one, style, _INDENT), *_seen(one, style, 2 * _INDENT)]
    lines += style.wrap(f"and {places_text(rest)}; -v lists each", indent=_INDENT)
    return [*lines, *_ways(first, style), *style.wrap(f"rerun    {all_again(first, report)}", indent=_INDENT)]


def _painted(one: Judgement, style: Style) -> str:
    paint = {Result.FAIL: style.destroyed, Result.INCONCLUSIVE: style.changed}.get(one.result, style.created)
    return paint(one.check)


def _placed(said: str, one: Judgement, style: Style, indent: int) -> list[str]:
    where = where_text(one)
    return style.wrap(f"{said}  {where}" if where else said, indent=indent)


def _seen(one: Judgement, style: Style, indent: int) -> list[str]:
    lines = style.wrap(f"observed {clean(one.evidence)}", indent=indent)
    return [*lines, *(style.wrap(f"which    {offenders_text(one)}", indent=indent) if one.offenders else ())]


def _ways(one: Judgement, style: Style) -> list[str]:
    """What is probably behind a failure, and what to do."""
    if one.result is not Result.FAIL:
        return []
    lines = [line for cause in one.causes for line in style.wrap(f"likely   {clean(cause)}", indent=_INDENT)]
    return [*lines, *(style.wrap(f"fix      {clean(one.fix)}", indent=_INDENT) if one.fix else ())]


def _advice(some: Sequence[Advice], style: Style) -> list[str]:
    """Recommendations; a reason that several share is said with the last of them."""
    if not some:
        return []
    lines = [style.bold(f"{ADVICE} ({len(some):,})"), ""]
    last = {one.name: one for one in some}
    for one in some:
        where = where_text(one)
        said = f"{style.changed(clean(one.name))} {clean(one.address.text)}: {clean(one.text)}"
        lines += style.wrap(f"{said}  {where}" if where else said, indent=0)
        lines += style.wrap(f"observed {clean(one.evidence)}", indent=_INDENT)
        if one is last[one.name] and (why := reason_text(one)):
            lines += style.wrap(f"because  {why}", indent=_INDENT)
        if one.line:
            lines += style.wrap(f"write    {clean(one.line)}", indent=_INDENT)
    return [*lines, ""]


def _counted(some: Sequence[Judgement], style: Style) -> list[str]:
    """What passed: resources that passed the same checks together, counted by kind where they are many."""
    checks: dict[Address, list[str]] = defaultdict(list)
    for one in some:
        checks[one.address].append(one.check)
    alike: dict[tuple[str, ...], list[Address]] = defaultdict(list)
    for address, held in checks.items():
        alike[tuple(held)].append(address)
    names = {one.check: one.name for one in some}
    lines: list[str] = []
    for said, places in sorted(alike.items(), key=lambda item: len(item[0]), reverse=True):
        text = ", ".join(f"{check} {clean(names[check])}" for check in said)
        lines += style.wrap(f"{places_text(places)}: {text}", indent=0)
    return lines


def _by_reason(some: Sequence[Judgement], style: Style) -> list[str]:
    by_reason: dict[str, list[Judgement]] = defaultdict(list)
    for one in some:
        by_reason[one.evidence].append(one)
    lines: list[str] = []
    for reason, held in by_reason.items():
        checks = ", ".join(sorted({f"{one.check} {one.name}" for one in held}))
        places = plural(len({one.address for one in held}), "resource")
        lines += style.wrap(f"{clean(reason)}: {checks} of {places}", indent=0)
    return lines
