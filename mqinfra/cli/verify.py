"""`mqinfra verify`: canary messages through the live topology, and a report of what they prove."""

import gzip
import random
import sys
from collections.abc import Sequence
from contextlib import ExitStack
from datetime import timedelta
from pathlib import Path

import click

from mqinfra.cli.console import Console
from mqinfra.cli.options import Bound, Duration, broker_options, environment_option, output_option, talk_options
from mqinfra.cli.output import Target, emit
from mqinfra.cli.parameters import ExistingFile, Word
from mqinfra.cli.planning import planned
from mqinfra.cli.production import mode_for, require_harmless
from mqinfra.cli.repository import checkout_of
from mqinfra.cli.verifying import collected, read_report, verified
from mqinfra.cli.where import Where
from mqinfra.cli.workspace import Workspace, open_workspace, require_valid
from mqinfra.engine.planning.options import Options as PlanOptions
from mqinfra.model.exit_code import ExitCode
from mqinfra.model.judgement import Mode, Result
from mqinfra.model.verification import Verification
from mqinfra.providers.base.verification.place import Lab, Promised
from mqinfra.providers.base.verification.procedure import Amount
from mqinfra.render.verification.comparison import comparison_text
from mqinfra.render.verification.json_form import verification_json
from mqinfra.render.verification.text import verification_text
from mqinfra.verify.lists import Wish
from mqinfra.verify.options import PRODUCTION_RATE, Options

FORMATS = ("text", "markdown", "html", "json", "junit")
_DEFAULT = Amount()


@click.command("verify")
@environment_option
@click.option(
    "--mode",
    type=Word(*(mode.value for mode in Mode)),
    help="How near it may come: passive sends nothing, and is the default on environments marked production; clone, "
    "else the default, sends through copies under names of their own; shadow-bind through real exchanges into queues "
    "of their own; in-place through what says `canary: accept`.",
)
@click.option("--slow", is_flag=True, help="Wait also for what takes minutes: compaction and retention on Kafka.")
@click.option(
    "--allow-reach",
    "reach",
    is_flag=True,
    help="With shadow-bind: send also what gets to queues in use, by the bindings that are there.",
)
@click.option(
    "--only", multiple=True, metavar="CHECK[:NAME]", help="Only these checks: V03, V16:orders, loss:orders.*."
)
@click.option("--seed", type=click.IntRange(0), metavar="N", help="Send the messages of a run again; else random.")
@click.option(
    "--messages",
    type=click.IntRange(1, 1_000_000),
    default=_DEFAULT.messages,
    show_default=True,
    metavar="N",
    help="Messages of every procedure that needs many.",
)
@click.option(
    "--limit",
    type=Duration(),
    default=f"{_DEFAULT.seconds:g}s",
    show_default=True,
    metavar="DURATION",
    help="How long one procedure may take.",
)
@click.option(
    "--throughput",
    type=click.IntRange(0, 1_000_000),
    metavar="N",
    help="Hold every resource that messages go through to N messages per second in place of what manifests promise; 0 "
    "for no load.",
)
@click.option(
    "--latency",
    type=Bound(),
    multiple=True,
    metavar="QUANTILE=DURATION",
    help="And to latencies at that rate, in place of those promised: p99=50ms.",
)
@click.option(
    "--restart-cmd",
    "restart",
    default="",
    metavar="COMMAND",
    help="Restart the broker by this command, and look for what was acknowledged before. Never in production.",
)
@click.option(
    "--stop-cmd",
    "stop",
    default="",
    metavar="COMMAND",
    help="Stop a node by this command, {node} being its name, to see what its loss does. Never in production.",
)
@click.option("--start-cmd", "start", default="", metavar="COMMAND", help="And start it again by this one.")
@click.option(
    "--alarm-cmd",
    "alarm",
    default="",
    metavar="COMMAND",
    help="Have the broker take no messages by this command, to see that publishers go on after. Never in production.",
)
@click.option("--calm-cmd", "calm", default="", metavar="COMMAND", help="And end that by this one.")
@click.option(
    "--connections",
    type=click.IntRange(0, 10_000),
    default=0,
    metavar="N",
    help="Open N connections at once, to see that the broker takes them; 0 for none. Never in production.",
)
@click.option(
    "--poison",
    type=ExistingFile(),
    metavar="FILE",
    help="Send this message, which the team's consumer can't handle, and look for it in the dead letters.",
)
@click.option(
    "--history",
    "history_file",
    type=click.Path(path_type=Path, dir_okay=False),
    metavar="FILE",
    help="Write everything that is done, as JSON lines in gzip.",
)
@click.option(
    "--inconclusive",
    type=Word("inconclusive", "pass", "fail"),
    default="inconclusive",
    show_default=True,
    help="What checks count as that could not tell.",
)
@click.option("--gc", "collect", is_flag=True, help="Only delete what earlier runs left behind.")
@click.option(
    "--older-than",
    type=Duration(),
    default="1h",
    show_default=True,
    metavar="DURATION",
    help="With --gc: only of runs that began longer ago.",
)
@click.option(
    "--compare", type=ExistingFile(), metavar="FILE", help="And say what changed since a report that -o json wrote."
)
@click.option(
    "--diagnose",
    "name",
    default="",
    metavar="NAME",
    help="Only say why messages of a resource or group wait, become dead letters or come twice.",
)
@click.option(
    "--peek",
    is_flag=True,
    help="With --diagnose: look into dead letters also where the broker marks on each that somebody looked.",
)
@click.option(
    "--scripts",
    "folder",
    type=click.Path(path_type=Path, file_okay=False),
    metavar="DIR",
    help="Only write scripts into a folder that send, receive and measure, a few per resource, to keep.",
)
@output_option(*FORMATS, failures=True)
@broker_options
@talk_options
def command(
    *,
    where: Where,
    mode: str | None,
    slow: bool,
    reach: bool,
    only: tuple[str, ...],
    seed: int | None,
    messages: int,
    limit: float,
    throughput: int | None,
    latency: tuple[tuple[str, float], ...],
    restart: str,
    stop: str,
    start: str,
    alarm: str,
    calm: str,
    connections: int,
    poison: Path | None,
    history_file: Path | None,
    inconclusive: str,
    collect: bool,
    older_than: float,
    compare: Path | None,
    name: str,
    peek: bool,
    folder: Path | None,
    targets: tuple[Target, ...],
    timeout: float,
    talk: Console,
) -> int:
    """Prove with canary messages that the live topology keeps its promises; exit 7 when one does not hold.

    Nothing is sent through what is in use: a copy is made with the settings in force, and taken away again.
    """
    if bool(stop) != bool(start):
        raise click.UsageError("--stop-cmd and --start-cmd need each other")
    if bool(alarm) != bool(calm):
        raise click.UsageError("--alarm-cmd and --calm-cmd need each other")
    if peek and not name:
        raise click.UsageError("`--peek` goes with `--diagnose NAME`")
    if folder is not None:
        return _write_scripts(open_workspace(where, timeout=timeout), folder, talk)
    if name:
        return _diagnose(open_workspace(where, timeout=timeout), name, targets, talk, peek=peek)
    before = read_report(compare) if compare is not None else None
    workspace = require_valid(open_workspace(where, timeout=timeout))
    desired = workspace.loaded.desired
    disturbing = {"--restart-cmd": restart, "--stop-cmd": stop, "--alarm-cmd": alarm, "--connections": connections}
    disturbing |= {"--poison": poison}
    require_harmless(desired, disturbing)
    options = Options(
        mode=mode_for(mode, desired),
        wishes=tuple(map(Wish.parse, only)),
        seed=seed if seed is not None else random.SystemRandom().randrange(1_000_000_000),
        amount=Amount(messages=messages, seconds=limit, rate=PRODUCTION_RATE if desired.production else 0),
        promised=Promised.asked(throughput, dict(latency), restart),
        lab=Lab(stop, start, connections, poison.read_bytes() if poison is not None else None, alarm, calm),
        slow=slow,
        reach=reach,
        production=desired.production,
    )
    if collect:
        return collected(workspace, timedelta(seconds=older_than), talk)
    with ExitStack() as stack:
        found = stack.enter_context(planned(workspace, PlanOptions(rights=False)))
        talk.diagnostics(found.survey.diagnostics)
        file = stack.enter_context(gzip.open(history_file, "wb")) if history_file is not None else None
        report = verified(workspace, found, options, file, talk)
    emit(
        targets,
        {
            "text": lambda: verification_text(report, talk.out_style, whole=talk.settings.verbose),
            "markdown": lambda: _markdown(report),
            "html": lambda: _html(report),
            "json": lambda: verification_json(report),
            "junit": lambda: _junit(report, Result(inconclusive)),
        },
        talk,
    )
    if before is not None:
        talk.info(comparison_text(before, report, talk.style(sys.stderr)).rstrip("\n"))
    return ExitCode.ERROR if found.survey.diagnostics else report.exit_code(Result(inconclusive))


def _write_scripts(workspace: Workspace, folder: Path, talk: Console) -> ExitCode:
    from mqinfra.cli.scripting import write_scripts  # noqa: PLC0415 - only where it is asked for

    return write_scripts(require_valid(workspace), folder, talk)


def _diagnose(workspace: Workspace, name: str, targets: Sequence[Target], talk: Console, *, peek: bool) -> ExitCode:
    from mqinfra.cli.diagnosing import diagnosed  # noqa: PLC0415 - only where it is asked for
    from mqinfra.render.verification.diagnosis import diagnoses_json, diagnoses_text  # noqa: PLC0415 - as above

    formats = {"text", "json"}
    if other := sorted({one.format for one in targets} - formats):
        raise click.UsageError(f"`--diagnose` writes text and JSON, not {', '.join(other)}")
    found = diagnosed(require_valid(workspace), name, talk, peek=peek)
    emit(targets, {"text": lambda: diagnoses_text(found, talk.out_style), "json": lambda: diagnoses_json(found)}, talk)
    return found.exit_code


def _markdown(report: Verification) -> str:
    from mqinfra.render.verification.markdown import verification_markdown  # noqa: PLC0415 - only where it is asked for

    return verification_markdown(report)


def _html(report: Verification) -> str:
    from mqinfra.render.verification.html.report import verification_html  # noqa: PLC0415 - as above

    return verification_html(report)


def _junit(report: Verification, inconclusive: Result) -> str:
    from mqinfra.render.verification.junit import verification_junit  # noqa: PLC0415 - as above

    return verification_junit(report, checkout_of(), inconclusive)
