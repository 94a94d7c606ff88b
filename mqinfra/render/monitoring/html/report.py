"""The health of what is declared as one file without network: a table to sort and search, with a line of what waited.

The choke point of this format: names and reasons go through `clean`, and the script writes them as texts only. Rows are
data, of which the script makes as many elements as somebody looks at.
"""

from collections.abc import Sequence
from datetime import datetime
from html import escape

from mqinfra.model.frozen import dataclass
from mqinfra.model.health import Health, HealthReport, State
from mqinfra.render.html.frame import data_text, joined_script, part, policy_of
from mqinfra.render.monitoring.words import (
    MEANINGS,
    delay_text,
    headline,
    looked_text,
    name_text,
    notes,
    since_text,
    what_text,
)
from mqinfra.render.terminal import clean

_LOGO = (
    '<svg class="logo" viewBox="0 0 24 24" aria-hidden="true"><path d="M3 6h7l4 6h7M3 18h7l4-6"/>'
    '<circle cx="3" cy="6" r="2"/><circle cx="3" cy="18" r="2"/><circle cx="21" cy="12" r="2"/></svg>'
)


@dataclass(frozen=True, slots=True)
class Row:
    """One line of the table, by short names, since there may be thousands.

    Attributes:
        state: its state.
        what: what it is, with its cluster.
        name: what people call it.
        why: the reason.
        owner: who answers for it.
        since: since when it is so.
        where: the line of the manifest.
        waiting: what waits; null where nobody knows.
        consumers: who reads.
        arriving: messages per second.
        delay: seconds behind, for sorting.
        behind: the same for people.
        backlog: what waited, sample by sample.
        further: the command that looks further.
    """

    state: str
    what: str
    name: str
    why: str
    owner: str
    since: str
    where: str
    waiting: int | None
    consumers: int | None
    arriving: float | None
    delay: float | None
    behind: str
    backlog: Sequence[int | None]
    further: str


@dataclass(frozen=True, slots=True)
class Kind:
    """One state that occurs: its name, what it means, how grave it is, and how many are in it."""

    state: str
    meaning: str
    level: str
    number: int


@dataclass(frozen=True, slots=True)
class Contents:
    """Everything that the page shows."""

    kinds: Sequence[Kind]
    rows: Sequence[Row]


def health_html(report: HealthReport) -> str:
    """Write how everything is doing as a page."""
    style = part("render.html", "page.css") + part("render.monitoring.html", "monitor.css")
    script = joined_script(("render.html", "base"), ("render.monitoring.html", "monitor"))
    name = f'{_text(report.project)}<span class="sep">/</span>{_text(report.environment)}'
    said = "".join(f'<p class="under note">{_text(note)}</p>' for note in notes(report))
    clusters = ", ".join(
        " ".join(
            filter(None, (*dict.fromkeys((one.alias, one.type)), one.version, one.endpoint and f"at {one.endpoint}"))
        )
        for one in report.clusters
    )
    return f"""<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta http-equiv="Content-Security-Policy" content="{policy_of(style, script)}">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="referrer" content="no-referrer">
<title>{_text(report.project)} {_text(report.environment)}: health</title>
<link rel="icon" href="data:,">
<style>{style}</style>
</head>
<body>
<noscript><p class="noscript">This page shows its data with a script of its own. Turn JavaScript on to read it; nothing
is loaded from elsewhere.</p></noscript>
<header class="bar">
  <div class="bar-name">{_LOGO}<h1>{name}<span class="what">Health</span></h1></div>
  <div class="bar-tools"><label class="search"><input id="search" type="search" aria-label="Search"
    placeholder="Search names, owners, reasons" autocomplete="off" spellcheck="false"><kbd>/</kbd></label></div>
</header>
<section class="summary" aria-label="Summary"><p class="lead {_worst(report)}">{_text(headline(report))}</p>
<p class="under">{_text(looked_text(report))}; {_text(clusters)}</p>{said}<div class="tally" id="tally"></div></section>
<main class="health">
<table><thead><tr id="heads"></tr></thead><tbody id="rows"></tbody></table>
<p class="none" id="none" hidden>Nothing fits. Clear the search or the filter.</p>
<button class="more" id="more" type="button" hidden></button>
</main>
<div class="toast" id="toast" role="status" aria-live="polite"></div>
<script type="application/json" id="data">{data_text(_contents(report))}</script>
<script>{script}</script>
</body>
</html>
"""


def _contents(report: HealthReport) -> Contents:
    counts = report.counts
    states = sorted((state for state in State if counts[state]), key=lambda state: state.rank)
    return Contents(
        [Kind(state.value, MEANINGS[state], _level(state), counts[state]) for state in states],
        [_row(one, report.taken) for one in report.rows],
    )


def _row(row: Health, now: datetime) -> Row:
    return Row(
        state=row.state.value,
        what=what_text(row),
        name=name_text(row),
        why=clean(row.reason),
        owner=clean(row.owner),
        since=since_text(row, now),
        where=clean(f"{row.span.file}:{row.span.line}") if row.span is not None else "",
        waiting=row.waiting if row.waiting is not None else row.length,
        consumers=row.consumers,
        arriving=row.arriving,
        delay=row.delay,
        behind=delay_text(row),
        backlog=row.backlog,
        further=clean(row.diagnose),
    )


def _level(state: State) -> str:
    """How grave a state is, in the words of the other pages."""
    return "fail" if state.bad else "inconclusive" if state in (State.UNKNOWN, State.CATCHING_UP) else "pass"


def _worst(report: HealthReport) -> str:
    levels = {_level(row.state) for row in report.rows if row.state is not State.CATCHING_UP}
    return next((level for level in ("fail", "inconclusive") if level in levels), "pass")


def _text(text: str) -> str:
    return escape(clean(text), quote=True)
