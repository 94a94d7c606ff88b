"""A verification for people on a terminal: failures first and in full, then what is not known, then what holds."""

import shlex
from collections import Counter, defaultdict
from collections.abc import Sequence

from mqinfra.model.address import Address
from mqinfra.model.judgement import Judgement, Result
from mqinfra.model.label import name_of
from mqinfra.model.reading import Source
from mqinfra.model.verification import Verification
from mqinfra.render.terminal import Style, clean, document, plural
from mqinfra.render.view.changes import one_of
from mqinfra.render.view.names import joined_names

ORDER = (Result.FAIL, Result.INCONCLUSIVE, Result.SKIPPED, Result.PASS)
TITLES = {
    Result.FAIL: "Does not hold",
    Result.INCONCLUSIVE: "Not known",
    Result.SKIPPED: "Not checked",
    Result.PASS: "Holds",
}
_INDENT = 4
_NAMED = 5


def verification_text(report: Verification, style: Style, *, whole: bool = False) -> str:
    """Print a verification.

    Args:
        report: the verification.
        style: how to print.
        whole: list every check that holds, too, instead of counting them by resource.
    """
    lines: list[str] = []
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
            for one in some:
                lines += _one(one, report, style)
        lines.append("")
    for text in not_sent(report):
        lines += style.wrap(text, indent=0)
    for name in report.left:
        lines += style.wrap(f"left behind: {clean(name)}; `mqinfra verify --gc` removes it", indent=0)
    return document([*lines, *style.wrap(verdict(report), indent=0)])


def not_sent(report: Verification) -> list[str]:
    """What was not even tried, by cluster."""
    texts = []
    for cluster in report.clusters:
        if cluster.source is not Source.LIVE:
            texts.append(
                f"{clean(cluster.alias)} is a {cluster.source.value}: no message was sent, so only settings are proven."
            )
        elif cluster.trouble:
            texts.append(f"{clean(cluster.alias)}: no message was sent, because {clean('; '.join(cluster.trouble))}.")
    return texts


def verdict(report: Verification) -> str:
    """The whole in a line: `12 checks hold, 1 does not; 40 messages in 3 s; mode clone, seed 1`."""
    counts = report.counts
    parts = [plural(counts[Result.PASS], "check") + (" holds" if counts[Result.PASS] == 1 else " hold")]
    if counts[Result.FAIL]:
        parts.append(f"{counts[Result.FAIL]:,} {'does' if counts[Result.FAIL] == 1 else 'do'} not")
    if counts[Result.INCONCLUSIVE]:
        parts.append(f"{counts[Result.INCONCLUSIVE]:,} not known")
    if counts[Result.SKIPPED]:
        parts.append(f"{counts[Result.SKIPPED]:,} not checked")
    how = f"{plural(report.operations, 'operation')} in {report.seconds:.0f} s, mode {report.mode}, seed {report.seed}"
    return f"{', '.join(parts)}; {how}, run {clean(report.run)}."


def again(one: Judgement, report: Verification) -> str:
    """The command that makes one check again with the same messages."""
    only = shlex.quote(clean(f"{one.check}:{one.address.path[-1] if one.address.path else one.address.text}"))
    return f"mqinfra verify -e {shlex.quote(clean(report.environment))} --only {only} --seed {report.seed}"


def _one(one: Judgement, report: Verification, style: Style) -> list[str]:
    paint = {Result.FAIL: style.destroyed, Result.INCONCLUSIVE: style.changed}.get(one.result, style.created)
    where = f"  {one.span.file}:{one.span.line}" if one.span is not None else ""
    lines = style.wrap(f"{paint(one.check)} {clean(one.address.text)}: {clean(one.requirement)}{where}", indent=0)
    lines += style.wrap(f"seen     {clean(one.evidence)}", indent=_INDENT)
    if one.offenders:
        more = f" and {one.more:,} more" if one.more else ""
        lines += style.wrap(f"which    {', '.join(map(clean, one.offenders))}{more}", indent=_INDENT)
    for cause in one.causes if one.result is Result.FAIL else ():
        lines += style.wrap(f"perhaps  {clean(cause)}", indent=_INDENT)
    if one.fix and one.result is Result.FAIL:
        lines += style.wrap(f"to do    {clean(one.fix)}", indent=_INDENT)
    if one.result is not Result.PASS:
        lines += style.wrap(f"again    {again(one, report)}", indent=_INDENT)
    return lines


def _counted(some: Sequence[Judgement], style: Style) -> list[str]:
    """What holds: resources of which the same checks hold together, counted by kind where they are many."""
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


def places_text(places: Sequence[Address]) -> str:
    """Resources by name where they are few, else counted by kind."""
    if len(places) <= _NAMED:
        return joined_names([f"{place.cluster} {clean(name_of(place))}" for place in places], most=None)
    kinds = Counter(place.kind for place in places)
    return ", ".join(
        f"{number:,} {clean(kind if number > 1 else one_of(kind))}" for kind, number in sorted(kinds.items())
    )


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
