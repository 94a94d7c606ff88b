"""A verification as a comment in a pull request: what failed in full, the rest counted, in a budget."""

import re
from collections import defaultdict
from collections.abc import Iterable, Sequence

from mqinfra.model.judgement import Judgement, Result
from mqinfra.model.verification import Verification
from mqinfra.render.markdown.body import BUDGET, folded, head
from mqinfra.render.markdown.escape import code, fenced, row, size, table
from mqinfra.render.terminal import Style, clean
from mqinfra.render.verification.shared_cause import shared_causes
from mqinfra.render.verification.text import verification_text
from mqinfra.render.verification.words import (
    ADVICE,
    TITLES,
    UNASKED,
    again,
    done,
    not_sent,
    offenders_text,
    place_text,
    reason_text,
    verdict,
    where_text,
)

_WIDTH = Style(width=100)
_SHOWN = (Result.FAIL, Result.INCONCLUSIVE)
_ADVISED = 20
_MEASURED = {"throughput", "latency"}
_HEADS = ("check", "resource", "expected", "observed", "manifest")


def verification_markdown(report: Verification, *, budget: int = BUDGET) -> str:
    """Write a verification.

    Args:
        report: the verification.
        budget: most bytes of UTF-8; what does not fit is counted, what fails is named last of all that is left out.

    Returns:
        Markdown whose first line is a hidden marker by which a bot finds its own comment again.
    """
    start = head("verify", report.project, report.environment, [f": {_headline(report)}", done(report)])
    notes = "".join(f"> {code(text)}\n" for text in not_sent(report))
    tail = _tail(report)
    room = budget - size(start) - size(notes) - size(tail) - 400
    parts = [start, notes]
    for result in _SHOWN:
        some = [one for one in report.judgements if one.result is result]
        text = _section(result, some, report, room)
        room -= size(text)
        parts.append(text)
    for rest in tail, _listed(report):
        if size(rest) <= room or rest is tail:
            parts.append(rest)
            room -= 0 if rest is tail else size(rest)
    return "\n".join(part for part in parts if part)


def _headline(report: Verification) -> str:
    counts = report.counts
    if counts[Result.FAIL]:
        return f"{counts[Result.FAIL]:,} of {_made(report):,} checks failed"
    if counts[Result.INCONCLUSIVE] or not counts[Result.PASS]:
        return f"{counts[Result.PASS]:,} checks passed, {counts[Result.INCONCLUSIVE]:,} inconclusive"
    return f"all {counts[Result.PASS]:,} checks passed"


def _made(report: Verification) -> int:
    return sum(number for result, number in report.counts.items() if result is not Result.SKIPPED)


def _section(result: Result, some: Sequence[Judgement], report: Verification, room: int) -> str:
    if not some:
        return ""
    heading = f"#### {TITLES[result]} ({len(some):,})\n"
    rows: list[str] = []
    used = size(heading)
    for one in some:
        cells = ([f"{one.check} {one.name}"], [place_text(one)], [one.requirement], _seen(one), [where_text(one)])
        line = row([[_unticked(text) for text in cell] for cell in cells])
        used += size(line) + 1
        if used > room - 2_000:
            break
        rows.append(line)
    left = f"\n{len(some) - len(rows):,} more do not fit into a comment.\n" if len(rows) < len(some) else ""
    ways = _ways(some[: len(rows)], report) if result is Result.FAIL else ""
    return f"{heading}\n{table(_HEADS, rows)}{left}{ways if used + size(ways) <= room else ''}"


def _seen(one: Judgement) -> list[str]:
    return [text for text in (one.evidence, offenders_text(one)) if text]


def _unticked(text: str) -> str:
    """A sentence to be shown as code, in which names need no backticks of their own."""
    return re.sub("`([^`]+)`", r"'\1'", text)


def _ways(some: Iterable[Judgement], report: Verification) -> str:
    """What is probably behind failures, and what to do, once for all that fail by one check."""
    by_check: dict[tuple[str, tuple[str, ...], str], Judgement] = {}
    shared = shared_causes(report)
    for one in some:
        by_check.setdefault((one.check, one.causes, one.fix), one)
    lines = []
    for one in by_check.values():
        root = shared.get((one.address.text, one.check))
        lines += [clean(f"{one.check} related: {root}")] if root else []
        lines += [clean(f"{one.check} likely:  {cause}") for cause in one.causes]
        lines += [clean(f"{one.check} fix:     {one.fix}")] if one.fix else []
        lines.append(f"{one.check} rerun:   {again(one, report)}")
    return f"\n{fenced(lines)}"


def _tail(report: Verification) -> str:
    lines = [verdict(report)]
    by_reason: dict[str, set[str]] = defaultdict(set)
    for one in report.judgements:
        if one.result is Result.SKIPPED:
            by_reason[one.evidence].add(f"{one.check} {one.name}")
    skipped = [f"{reason}: {', '.join(sorted(checks))}" for reason, checks in by_reason.items()]
    clusters = [f"{one.alias}: {one.type} {one.version} at {one.endpoint}" for one in report.clusters]
    clusters += [f"mqinfra {report.tool}"] if report.tool else []
    held = [one for one in report.judgements if one.result is Result.PASS and one.open]
    proven = sorted({f"{one.check} {one.name}: {one.open}" for one in held})
    return "\n".join(
        part
        for part in (
            folded("Measured", _measured(report)),
            folded(f"{ADVICE} ({len(report.advice):,})", _advice(report)),
            folded("Skipped, and why", [clean(text) for text in skipped]),
            folded(UNASKED, [clean(f"{one.check} {one.name}: {one.option}") for one in report.unasked]),
            folded("Limits of the checks that passed", [clean(text) for text in proven]),
            folded("Where", [clean(text) for text in (*clusters, *lines)]),
        )
        if part
    )


def _measured(report: Verification) -> list[str]:
    """The values of what was measured and passed: rates and latencies."""
    found = [one for one in report.judgements if one.result is Result.PASS and one.name in _MEASURED]
    lines = [clean(f"{one.check} {place_text(one)}: {one.evidence}") for one in found[:_ADVISED]]
    return [*lines, f"{len(found) - _ADVISED:,} more are in the page and in JSON"] if len(found) > _ADVISED else lines


def _advice(report: Verification) -> list[str]:
    """The first recommendations, a reason once."""
    lines: list[str] = []
    said: set[str] = set()
    for one in report.advice[:_ADVISED]:
        where = f" ({where_text(one)})" if where_text(one) else ""
        lines.append(f"{clean(one.name)}: {place_text(one)}{where}: {clean(one.text)}")
        lines.append(f"  observed: {clean(one.evidence)}")
        lines += [f"  because: {reason_text(one)}"] if one.name not in said and reason_text(one) else []
        lines += [f"  write: {clean(one.line)}"] if one.line else []
        said.add(one.name)
    if len(report.advice) > _ADVISED:
        lines.append(f"{len(report.advice) - _ADVISED:,} more are in the page and in JSON")
    return lines


def _listed(report: Verification) -> str:
    held = [one for one in report.judgements if one.result is Result.PASS]
    if not held:
        return ""
    only = report.model_copy(update={"judgements": tuple(held), "clusters": (), "left": ()})
    return folded(f"Passed ({len(held):,})", verification_text(only, _WIDTH).splitlines()[2:-2])
