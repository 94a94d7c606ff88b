"""`mqinfra monitor status`: one table of everything that is declared and holds messages, with who reads it."""

import sys
import time
from collections.abc import Sequence
from contextlib import closing
from itertools import count

import click

from mqinfra.cli.console import Console
from mqinfra.cli.monitoring.selected import watched_by_cluster
from mqinfra.cli.options import (
    Duration,
    broker_options,
    environment_option,
    output_option,
    selection_options,
    talk_options,
)
from mqinfra.cli.output import TEXT, Renderers, Target, emit
from mqinfra.cli.planning import parse_options
from mqinfra.cli.where import Where
from mqinfra.cli.workspace import Workspace, open_workspace, require_valid
from mqinfra.model.health import HealthReport
from mqinfra.model.reading import Source
from mqinfra.monitor.table import report_of
from mqinfra.monitor.watch import Watch, by_cluster
from mqinfra.render.monitoring.changes import changes_text
from mqinfra.render.monitoring.json_form import health_json
from mqinfra.render.monitoring.text import health_text

FORMATS = (TEXT, "markdown", "html", "json")
_LONGEST = 30.0
"""Seconds for which one looks further at what only may be stuck."""
_INTERVAL, _WATCHING = 2.0, 10.0
_CLEAR = "\x1b[H\x1b[2J\x1b[3J"


@click.command("status", short_help="Show lag and health of what is declared, with reasons.")
@environment_option
@selection_options
@click.option(
    "--samples",
    type=click.IntRange(1, 60),
    default=3,
    show_default=True,
    metavar="N",
    help="How often to look at least; more often for up to half a minute while something may be stuck. One look can't "
    "tell what moves from what is stuck.",
)
@click.option(
    "--interval",
    type=Duration(),
    metavar="DURATION",
    help="Time between two looks: 2s, and 10s with --watch, unless given.",
)
@click.option("--watch", "watching", is_flag=True, help="Go on until interrupted.")
@click.option("--check", is_flag=True, help="Exit 7 when anything is bad, and 8 when something is not known.")
@output_option(*FORMATS, failures=True)
@broker_options
@talk_options
def command(
    *,
    where: Where,
    select: tuple[str, ...],
    exclude: tuple[str, ...],
    samples: int,
    interval: float | None,
    watching: bool,
    check: bool,
    targets: tuple[Target, ...],
    timeout: float,
    talk: Console,
) -> int:
    """Show of every topic, queue, stream and group that is declared how it is doing, with the rule and its numbers.

    Nothing is consumed, and nothing changed. What is bad was bad in two evaluations in a row. With --watch and --check
    it ends as soon as anything is bad.
    """
    workspace = require_valid(open_workspace(where, timeout=timeout))
    desired = workspace.loaded.desired
    selection = parse_options(select, exclude, ()).selection
    every = interval if interval is not None else _WATCHING if watching else _INTERVAL
    with closing(
        Watch(by_cluster(watched_by_cluster(workspace, selection), desired.clusters, workspace.opener))
    ) as watch:
        if watching:
            return _go_on(watch, workspace, every, targets, talk, check=check)
        _look(watch, samples, every, talk)
        report = report_of(watch, desired.project, desired.environment)
    emit(targets, _renderers(report, talk), talk)
    return report.exit_code(check=check)


def _look(watch: Watch, samples: int, every: float, talk: Console) -> None:
    """Look so often, and then on while something may be stuck."""
    began = time.monotonic()
    for number in count(1):
        watch.look()
        gone = time.monotonic() - began
        if all(cluster.source is not Source.LIVE for cluster in watch.clusters):
            return  # models have no traffic, however long one looks
        if number >= samples and (samples == 1 or not watch.open or gone >= _LONGEST):
            return
        if number == samples:
            talk.info("something may be stuck: looking further")
        time.sleep(max(0.0, began + number * every - time.monotonic()))


def _go_on(
    watch: Watch, workspace: Workspace, every: float, targets: Sequence[Target], talk: Console, *, check: bool
) -> int:
    """Look until interrupted: the whole table on a terminal, else what changes."""
    desired, before = workspace.loaded.desired, None
    live = sys.stdout.isatty() and not targets
    while True:
        began = time.monotonic()
        watch.look()
        report = report_of(watch, desired.project, desired.environment)
        if targets:
            emit(targets, _renderers(report, talk), talk)
        elif live:
            talk.data(_CLEAR + health_text(report, talk.out_style, whole=talk.settings.verbose))
        elif text := changes_text(before, report):
            talk.data(text)
        if check and any(row.state.bad for row in report.rows):
            return report.exit_code(check=True)
        before = report
        time.sleep(max(0.0, began + every - time.monotonic()))


def _renderers(report: HealthReport, talk: Console) -> Renderers:
    return {
        TEXT: lambda: health_text(report, talk.out_style, whole=talk.settings.verbose),
        "markdown": lambda: _markdown(report),
        "html": lambda: _html(report),
        "json": lambda: health_json(report),
    }


def _markdown(report: HealthReport) -> str:
    from mqinfra.render.monitoring.markdown import health_markdown  # noqa: PLC0415 - only where it is asked for

    return health_markdown(report)


def _html(report: HealthReport) -> str:
    from mqinfra.render.monitoring.html.report import health_html  # noqa: PLC0415 - as above

    return health_html(report)
