"""A verification as one HTML file without network: what was proven, what was not, and by what method.

Every text goes through `_text` or `_prose`, which make it harmless. A content security policy allows the page's own
style and script by their hashes, and nothing else.
"""

from collections import defaultdict
from collections.abc import Iterable, Sequence

from mqinfra.model.judgement import Result
from mqinfra.model.verification import Advice, Verification
from mqinfra.render.html.frame import part, policy_of
from mqinfra.render.terminal import plural
from mqinfra.render.verification.html.charts import charts
from mqinfra.render.verification.html.places import command, places
from mqinfra.render.verification.html.safe import prose as _prose
from mqinfra.render.verification.html.safe import text as _text
from mqinfra.render.verification.words import (
    ADVICE,
    ORDER,
    TITLES,
    UNASKED,
    done,
    not_sent,
    place_text,
    unasked_note,
    where_text,
)

_LOGO = (
    '<svg class="logo" viewBox="0 0 24 24" aria-hidden="true"><path d="M3 6h7l4 6h7M3 18h7l4-6"/>'
    '<circle cx="3" cy="6" r="2"/><circle cx="3" cy="18" r="2"/><circle cx="21" cy="12" r="2"/></svg>'
)


def verification_html(report: Verification) -> str:
    """Write a verification as a page."""
    style = part("render.html", "page.css") + part("render.verification.html", "verify.css")
    script = part("render.verification.html", "verify.js")
    parts = [part for part in _parts(report) if part[2]]
    sections = "".join(f'<section id="{name}"><h2>{title}</h2>{body}</section>' for name, title, body in parts)
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
{_summary(report, [(name, title) for name, title, _ in parts])}
<main class="sheet">
{sections}
</main>
<script>{script}</script>
</body>
</html>
"""


def _parts(report: Verification) -> list[tuple[str, str, str]]:
    """The sections: name, title and body, which is empty where there is nothing of it."""
    return [
        ("resources", 'Resources <span id="shown" role="status"></span>', places(report)),
        ("latencies", "Latencies", charts(report.latencies) if report.latencies else ""),
        ("advice", ADVICE, _advice(report.advice)),
        ("scope", "Scope", _scope(report)),
        ("skipped", "Skipped, and why", _skipped(report)),
        ("unasked", UNASKED, _unasked(report)),
        ("limits", "Limits of the checks that passed", _limits(report)),
    ]


def _summary(report: Verification, sections: Sequence[tuple[str, str]]) -> str:
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
        f'<button type="button" class="{result.value}" data-result="{result.value}" aria-pressed="false"'
        f"{'' if counts[result] else ' disabled'}><b>{counts[result]:,}</b><span>{TITLES[result]}</span></button>"
        for result in ORDER
    )
    left = "".join(
        f'<p class="under">Left behind: {_text(name)}. <code>mqinfra verify --gc</code> removes it.</p>'
        for name in report.left
    )
    if report.unasked:
        names = ", ".join(one.name for one in report.unasked)
        left += f'<p class="under">{_text(f"{UNASKED}: {names}.")}</p>'
    if report.interrupted:
        left += '<p class="under">The run was interrupted.</p>'
    jumps = "".join(
        f'<button type="button" data-to="{name}">{title.partition(" <")[0].partition(" (")[0]}</button>'
        for name, title in sections
    )
    return (
        f'<section class="summary" aria-label="Summary"><p class="lead {worst.value}">{lead}</p>'
        f'<p class="under">{_prose(done(report))}</p>{left}<div class="tally">{tiles}</div>'
        f'<nav class="jumps" aria-label="Contents">{jumps}</nav></section>'
    )


def _scope(report: Verification) -> str:
    facts = [
        *(("Note", _prose(text)) for text in not_sent(report)),
        *(
            (
                "Cluster",
                f"<b>{_text(one.alias)}</b> "
                + _text(" ".join(filter(None, (f"({one.type} {one.version})", f"at {one.endpoint}", one.client)))),
            )
            for one in report.clusters
        ),
        ("Mode", f"<code>{_text(report.mode.value)}</code>"),
        ("Began", f"{report.began:%Y-%m-%d %H:%M:%S} UTC"),
        ("Took", f"{report.seconds:g} s, {plural(report.operations, 'operation')}"),
        ("Run", f"<code>{_text(report.run)}</code>"),
        ("Seed", f"<code>{report.seed}</code>; rerun with <code>--seed {report.seed}</code> to send the same messages"),
        ("Made by", _text(f"mqinfra {report.tool}") if report.tool else ""),
    ]
    rows = "".join(f"<dt>{name}</dt><dd>{text}</dd>" for name, text in facts if text)
    return f'<dl class="facts">{rows}</dl>'


def _advice(some: Sequence[Advice]) -> str:
    if not some:
        return ""
    return f'<div class="advice">{"".join(map(_advised, some))}</div>'


def _advised(one: Advice) -> str:
    rows = [("Observed", _prose(one.evidence))]
    rows += [("Because", _prose(one.reason))] if one.reason else []
    rows += [("Source", _text(one.source))] if one.source else []
    rows += [("Manifest", f"<code>{_text(where_text(one))}</code>")] if one.span is not None else []
    rows += [("Write", command(one.line))] if one.line else []
    shown = "".join(f"<dt>{name}</dt><dd>{text}</dd>" for name, text in rows)
    return (
        f'<details class="check"><summary><span><span class="badge">{_text(one.name)}</span></span>'
        f'<span class="name">{_text(place_text(one))}</span><span class="seen">{_prose(one.text)}</span></summary>'
        f"<dl>{shown}</dl></details>"
    )


def _skipped(report: Verification) -> str:
    """What was asked for and could not be checked, with its reason."""
    skipped: dict[str, dict[str, int]] = defaultdict(lambda: defaultdict(int))
    for one in report.judgements:
        if one.result is Result.SKIPPED:
            skipped[one.evidence][f"{one.check} {one.name}"] += 1
    reasons = (
        (reason, ", ".join(f"{check} ({number:,})" for check, number in checks.items()))
        for reason, checks in skipped.items()
    )
    return _lines(reasons)


def _unasked(report: Verification) -> str:
    """What would be checked if somebody asked, and how to ask."""
    note = f'<p class="said">{_prose(unasked_note(report))}</p>' if report.unasked and unasked_note(report) else ""
    return note + _lines(
        (f"{one.check} {one.name}", f"{one.proves} Run with `{one.option}`.") for one in report.unasked
    )


def _limits(report: Verification) -> str:
    """What a pass does not prove: nobody shall read more into it."""
    passed = {
        f"{one.check} {one.name}": one.open for one in report.judgements if one.result is Result.PASS and one.open
    }
    return _lines(sorted(passed.items()))


def _lines(lines: Iterable[tuple[str, str]]) -> str:
    shown = "".join(f"<li><b>{_prose(name)}</b> <span>{_prose(text)}</span></li>" for name, text in lines)
    return f'<ul class="plain">{shown}</ul>' if shown else ""
