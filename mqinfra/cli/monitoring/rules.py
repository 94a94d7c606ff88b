"""`mqinfra monitor rules`: alert rules for Prometheus from the topology and its promises."""

import os
from pathlib import Path

import click

from mqinfra.cli.console import Console, make_folder, write_file
from mqinfra.cli.monitoring.watching import exporter_options, watched_clusters
from mqinfra.cli.options import environment_option, output_option, selection_options, talk_options
from mqinfra.cli.output import Target, emit
from mqinfra.cli.planning import parse_options
from mqinfra.cli.where import Where
from mqinfra.cli.workspace import open_workspace, require_valid
from mqinfra.model.exit_code import ExitCode
from mqinfra.providers.base.disk import PUBLIC

RULES = "rules"
FORMATS = (RULES, "prometheusrule", "tests", "scrape")
_FILE = Path("rules.yml")


@click.command("rules", short_help="Print alert rules for Prometheus.")
@environment_option
@selection_options
@exporter_options
@click.option(
    "--runbook-url",
    "runbook_url",
    default="runbooks/",
    show_default=True,
    metavar="PREFIX",
    help="What the address of the page about an alert begins with.",
)
@click.option(
    "--runbooks",
    "folder",
    type=click.Path(file_okay=False, path_type=Path),
    metavar="DIR",
    help="Also write a page about each alert there.",
)
@output_option(*FORMATS)
@talk_options
def command(
    *,
    where: Where,
    select: tuple[str, ...],
    exclude: tuple[str, ...],
    exporters: tuple[str, ...],
    matchers: tuple[str, ...],
    runbook_url: str,
    folder: Path | None,
    targets: tuple[Target, ...],
    talk: Console,
) -> int:
    """Print alert rules for what is declared, with thresholds from its promises; no cluster is looked at.

    `-o tests` are tests of the rules for promtool, `-o scrape` is what Prometheus has to scrape for them.
    """
    # The group imports the files of all its commands, and most runs are of another.
    from mqinfra.monitor.rules.rule_file import (  # noqa: PLC0415
        left_out_lines,
        prometheus_rule_text,
        rules_text,
        scrape_text,
    )
    from mqinfra.monitor.rules.rule_set import About, make_rules  # noqa: PLC0415
    from mqinfra.monitor.rules.runbook import runbooks  # noqa: PLC0415
    from mqinfra.monitor.rules.trials import trials_text  # noqa: PLC0415

    workspace = require_valid(open_workspace(where))
    desired = workspace.loaded.desired
    selection = parse_options(select, exclude, ()).selection.under(desired.names)
    clusters = watched_clusters(workspace, selection, exporters, matchers)
    made = make_rules(About(desired.project, desired.environment, runbook_url), clusters)
    if folder is not None:
        make_folder(folder)
        for name, text in runbooks(made).items():
            write_file(folder / name, text, mode=PUBLIC)
    emit(
        targets,
        {
            RULES: lambda: rules_text(made),
            "prometheusrule": lambda: prometheus_rule_text(made),
            "tests": lambda: trials_text(made, _rules_as_seen(targets)),
            "scrape": lambda: scrape_text(made),
        },
        talk,
        default=RULES,
    )
    for line in left_out_lines(made, inexpressible=True):
        talk.info(f"no rule {line}")
    return ExitCode.OK


def _rules_as_seen(targets: tuple[Target, ...]) -> str:
    """Where the file of rules is, as seen from that of their tests."""
    paths = {target.format: target.path for target in targets}
    rules, tests = paths.get(RULES) or _FILE, paths.get("tests") or Path("rules_test.yml")
    return Path(os.path.relpath(rules, tests.parent)).as_posix()
