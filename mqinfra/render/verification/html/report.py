"""A verification as one HTML file without network: what was proven, what was not, and by what method.

The choke point of this format: every text goes through `_text`, which makes it harmless and escapes it. A content
security policy allows the page's own style and script by their hashes, and nothing else.
"""

import re
from collections import Counter, defaultdict
from collections.abc import Iterable, Sequence
from html import escape

from mqinfra.model.address import Address
from mqinfra.model.judgement import Judgement, Result
from mqinfra.model.label import label_of
from mqinfra.model.verification import Advice, Quantiles, Verification
from mqinfra.render.html.frame import part, policy_of
from mqinfra.render.terminal import clean, plural
from mqinfra.render.verification.words import (
    ADVICE,
    ORDER,
    TITLES,
    again,
    done,
    not_sent,
    offenders_text,
    place_text,
    verdict,
    where_text,
)
from mqinfra.render.view.changes import one_of

_LOGO = (
    '<svg class="logo" viewBox="0 0 24 24" aria-hidden="true"><path d="M3 6h7l4 6h7M3 18h7l4-6"/>'
    '<circle cx="3" cy="6" r="2"/><circle cx="3" cy="18" r="2"/><circle cx="21" cy="12" r="2"/></svg>'
)
_HEIGHT, _WIDTH = 100, 320


def verification_html(report: Verification) -> str:
    """Write a verification as a page."""
    style = part("render.html", "page.css") + part("render.verification.html", "verify.css")
    script = part("render.verification.html", "verify.js")
    name = f'{_text(report.project)}<span class="sep">/</span>{_text(report.environment)}'
    return f"""<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta http-equiv="Content-Security-Policy" content="{policy_of(style, script)}">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="referrer" content="no-referrer">
<title>{_text(report.project)} {_text(report.environment)}: verification</title>
<link rel="icon" href="data:,">
<style>{style}</style>
</head>
<body>
<header class="bar">
  <div class="bar-name">{_LOGO}<h1>{name}<span class="what">Verification</span></h1></div>
  <div class="bar-tools"><label class="search"><input id="search" type="search" aria-label="Search"
    placeholder="Search checks and resources" autocomplete="off" spellcheck="false"><kbd>/</kbd></label></div>
</header>
{_summary(report)}
<main class="sheet">
{_how(report)}
{_places(report)}
{_charts(report.latencies)}
{_advice(report.advice)}
{_open(report)}
</main>
<script>{script}</script>
</body>
</html>
"""


def _summary(report: Verification) -> str:
    counts = report.counts
    made = sum(number for result, number in counts.items() if result is not Result.SKIPPED)
    if counts[Result.FAIL]:
        number = counts[Result.FAIL]
        worst, lead = Result.FAIL, f"{number:,} of {plural(made, 'check')} failed"
    elif counts[Result.INCONCLUSIVE] or not counts[Result.PASS]:
        number = counts[Result.INCONCLUSIVE]
        worst, lead = Result.INCONCLUSIVE, f"None failed; {number:,} of {plural(made, 'check')} inconclusive"
    else:
        worst, lead = Result.PASS, f"All {plural(made, 'check')} passed"
    tiles = "".join(
        f'<button type="button" class="{result.value}" data-result="{result.value}" aria-pressed="false">'
        f"<b>{counts[result]:,}</b><span>{TITLES[result]}</span></button>"
        for result in ORDER
    )
    left = "".join(
        f'<p class="under">Left behind: {_text(name)}. <code>mqinfra verify --gc</code> removes it.</p>'
        for name in report.left
    )
    return (
        f'<section class="summary" aria-label="Summary"><p class="lead {worst.value}">{lead}</p>'
        f'<p class="under">{_text(verdict(report))}</p>{left}<div class="tally">{tiles}</div></section>'
    )


def _how(report: Verification) -> str:
    facts = [
        ("Method", done(report)),
        *(("Note", text) for text in not_sent(report)),
        *(
            (f"Cluster {one.alias}", " ".join(filter(None, (one.type, one.version, f"at {one.endpoint}", one.client))))
            for one in report.clusters
        ),
        ("When", f"{report.began:%Y-%m-%d %H:%M:%S} UTC, {report.seconds:g} s"),
        ("Run", report.run),
        ("Seed", f"{report.seed} (`--seed` sends the same messages again)"),
        ("Clock", "one monotonic clock in one process; brokers' clocks are not used"),
    ]
    rows = "".join(f"<dt>{_text(name)}</dt><dd>{_prose(text)}</dd>" for name, text in facts)
    return f'<section><h2>Scope</h2><dl class="facts">{rows}</dl></section>'


def _places(report: Verification) -> str:
    by_place: dict[Address, list[Judgement]] = defaultdict(list)
    for one in report.judgements:
        by_place[one.address].append(one)
    alone = [some[0] for some in by_place.values() if len(some) == 1 and some[0].result is Result.PASS]
    usual = Counter((one.check, one.requirement) for one in alone).most_common(1)
    plain = [one.address for one in alone if usual and (one.check, one.requirement) == usual[0][0]]
    few = set(plain) if len(plain) > 1 else set()
    ranked = sorted(
        (address for address in by_place if address not in few),
        key=lambda address: min(ORDER.index(one.result) for one in by_place[address]),
    )
    cards = "".join(_place(address, by_place[address], report) for address in ranked)
    others = ""
    if few:
        check = by_place[plain[0]][0]
        names = "".join(f"<li>{_text(f'{one.cluster} {one_of(one.kind)} {label_of(one)}')}</li>" for one in plain)
        others = (
            f'<details class="others"><summary>{plural(len(few), "other resource")}: '
            f"{_text(check.requirement)}</summary><ul>{names}</ul></details>"
        )
    nothing = '<p class="none" id="none" hidden>No check matches. Clear the search or the filter.</p>'
    return f"<section><h2>Resources</h2>{cards}{nothing}{others}</section>"


def _place(address: Address, some: Sequence[Judgement], report: Verification) -> str:
    checks = "".join(_check(one, report) for one in sorted(some, key=lambda one: (ORDER.index(one.result), one.check)))
    what = f"{clean(address.cluster)} {one_of(address.kind)}"
    where = next((where_text(one) for one in some if one.span is not None), "")
    return (
        f'<article class="place"><header><h3>{_text(label_of(address))}</h3><span>{_text(what)}</span>'
        f'<span class="right mono">{_text(where)}</span></header>{checks}</article>'
    )


def _check(one: Judgement, report: Verification) -> str:
    rows: list[tuple[str, str]] = [("Expected", _prose(one.requirement)), ("Observed", _prose(one.evidence))]
    if one.offenders:
        rows.append(("Affected", f"<code>{_text(offenders_text(one))}</code>"))
    if one.result is Result.FAIL:
        rows += [("Likely cause", _prose(cause)) for cause in one.causes]
        rows += [("Fix", _prose(one.fix))] if one.fix else []
    if one.span is not None:
        rows.append(("Manifest", f"<code>{_text(where_text(one))}</code>"))
    if one.result is Result.PASS and one.open:
        rows.append(("Limits", _prose(one.open)))
    if one.mode is not None:
        how = f"mode {one.mode.value}, {plural(one.samples, 'observation')}, {one.seconds:.1f} s"
        rows.append(("Method", _text(how)))
    rows.append(("Rerun", f"<code>{_text(again(one, report))}</code>"))
    shown = "".join(f"<dt>{name}</dt><dd>{text}</dd>" for name, text in rows)
    words = f"{one.check} {one.name} {place_text(one)} {one.requirement} {one.evidence}".lower()
    return (
        f'<details class="check" data-result="{one.result.value}" data-text="{_text(words)}"'
        f"{' open' if one.result is Result.FAIL else ''}><summary>"
        f'<span><span class="badge {one.result.value}">{TITLES[one.result].lower()}</span></span>'
        f'<span class="name"><i>{_text(one.check)}</i>{_text(one.name)}</span>'
        f'<span class="seen">{_prose(one.evidence)}</span></summary><dl>{shown}</dl></details>'
    )


def _charts(latencies: Sequence[Quantiles]) -> str:
    if not latencies:
        return ""
    return f'<section><h2>Latencies</h2><div class="charts">{"".join(map(_chart, latencies))}</div></section>'


def _chart(one: Quantiles) -> str:
    most = max((number for _, number in one.buckets), default=0)
    step = _WIDTH / max(1, len(one.buckets))
    bars = "".join(
        _bar(at * step, max(1.0, step - 1), number / most * (_HEIGHT - 4), f"up to {_ms(upper)}: {number:,}")
        for at, (upper, number) in enumerate(one.buckets)
        if number
    )
    last = _ms(one.buckets[-1][0]) if one.buckets else ""
    said = ", ".join(f"{name} {value:.1f} ms" for name, value in one.quantiles.items()) or "too few for quantiles"
    return (
        f'<div class="chart"><h3>{_text(one.address.text)}</h3><p>{_text(one.name)}: {plural(one.count, "message")}, '
        f'{_text(said)}, largest {one.largest:.1f} ms</p><svg viewBox="0 0 {_WIDTH} {_HEIGHT + 14}" role="img" '
        f'aria-label="histogram of latencies">{bars}<line x1="0" y1="{_HEIGHT}" x2="{_WIDTH}" y2="{_HEIGHT}"/>'
        f'<text x="0" y="{_HEIGHT + 12}">0 ms</text><text x="{_WIDTH}" y="{_HEIGHT + 12}" text-anchor="end">'
        f"{last}</text></svg></div>"
    )


def _ms(value: float) -> str:
    return f"{value:,.0f} ms" if value >= 10 else f"{value:.3g} ms"


def _bar(x: float, width: float, height: float, said: str) -> str:
    return (
        f'<rect x="{x:.1f}" y="{_HEIGHT - height:.1f}" width="{width:.1f}" height="{height:.1f}">'
        f"<title>{_text(said)}</title></rect>"
    )


def _advice(some: Sequence[Advice]) -> str:
    if not some:
        return ""
    listed = "".join(map(_advised, some))
    return f'<section><h2>{ADVICE}</h2><div class="advice">{listed}</div></section>'


def _advised(one: Advice) -> str:
    rows = [("Observed", _prose(one.evidence))]
    rows += [("Because", _prose(one.reason))] if one.reason else []
    rows += [("Source", _text(one.source))] if one.source else []
    rows += [("Manifest", f"<code>{_text(where_text(one))}</code>")] if one.span is not None else []
    rows += [("Write", f"<code>{_text(one.line)}</code>")] if one.line else []
    shown = "".join(f"<dt>{name}</dt><dd>{text}</dd>" for name, text in rows)
    return (
        f'<details class="check"><summary><span><span class="badge">{_text(one.name)}</span></span>'
        f'<span class="name">{_text(place_text(one))}</span><span class="seen">{_prose(one.text)}</span></summary>'
        f"<dl>{shown}</dl></details>"
    )


def _open(report: Verification) -> str:
    """What was not checked, with its reason, and the limits of what passed: nobody shall read more into it."""
    skipped: dict[str, dict[str, int]] = defaultdict(lambda: defaultdict(int))
    for one in report.judgements:
        if one.result is Result.SKIPPED:
            skipped[one.evidence][f"{one.check} {one.name}"] += 1
    passed = {
        f"{one.check} {one.name}": one.open for one in report.judgements if one.result is Result.PASS and one.open
    }
    parts = []
    if skipped:
        reasons = (
            (reason, ", ".join(f"{check} ({number:,})" for check, number in checks.items()))
            for reason, checks in skipped.items()
        )
        parts.append(f'<section><h2>Skipped, and why</h2><ul class="plain">{_lines(reasons)}</ul></section>')
    if passed:
        lines = sorted(passed.items())
        parts.append(
            f'<section><h2>Limits of the checks that passed</h2><ul class="plain">{_lines(lines)}</ul></section>'
        )
    return "".join(parts)


def _lines(lines: Iterable[tuple[str, str]]) -> str:
    return "".join(f"<li><b>{_prose(name)}</b> <span>{_prose(text)}</span></li>" for name, text in lines)


def _text(text: str) -> str:
    return escape(clean(text), quote=True)


def _prose(text: str) -> str:
    """A sentence, with what stands in backticks as code."""
    return re.sub("`([^`]+)`", r"<code>\1</code>", _text(text))
