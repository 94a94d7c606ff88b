"""The entry point: a group that imports a command only when it is called, and the map from endings to exit codes.

Listing commands costs no import of pydantic, YAML or a broker client, which keeps `--help` and `--version` quick.
"""

import contextlib
import gc
import importlib
import io
import os
import re
import signal
import sys
import threading
from typing import Any, NoReturn, TextIO

import click

from mqinfra import __version__
from mqinfra.cli import kept, log, spans
from mqinfra.cli.invocation import Invocation
from mqinfra.cli.room import with_room
from mqinfra.model.exit_code import ExitCode

COMMANDS = {
    "init": "Write a project that works into a folder without one.",
    "validate": "Check the manifests without a cluster.",
    "render": "Print the expanded manifests of an environment.",
    "plan": "Show what would change, and what it costs.",
    "apply": "Apply a plan and report the result.",
    "show": "Print a saved plan.",
    "graph": "Draw what is declared or planned, as Mermaid, DOT or SVG.",
    "monitor": "Watch what is declared: lag and health, metrics, alert rules and dashboards.",
    "verify": "Prove with canary messages that the live topology keeps its promises.",
    "diff": "Show what would change in one environment if it equalled another.",
    "drift": "Show what somebody else changed since the last apply.",
    "status": "Show the records of the project on its clusters, and who applies now.",
    "history": "List the last applies.",
    "adopt": "Claim declared resources that were there before, or another project's claims.",
    "forget": "Drop claims; the resources stay.",
    "export": "Print the live resources as manifests.",
    "convert": "Print what other tools' files declare as manifests.",
    "snapshot": "Save the live resources, to plan against without a cluster.",
    "policy": "Try the policy on manifests that say what it finds.",
    "schema": "Print or write the JSON Schemas of the manifests, the policy, the plan and the report.",
    "explain": "Explain a code, a broker, a kind, a field or the exit codes.",
}

_VERBOSE = re.compile(r"--verbose|-[a-z]*v[a-z]*")

COLLECT_AFTER = (100_000, 20, 50)
"""New objects after which Python looks for cycles while a plan is applied, as `gc.set_threshold` has it.

Until then it does not look at all. A command builds what it needs, keeps it, and ends: for 30,000 resources looking
takes a twelfth of the time of a plan and frees next to nothing.
"""


class _Lazy(click.Group):
    """Finds commands by name and imports their module when one is needed."""

    def list_commands(self, ctx: click.Context) -> list[str]:  # noqa: ARG002 - click's signature
        return list(COMMANDS)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:  # noqa: ARG002
        if cmd_name not in COMMANDS:
            return None
        command: click.Command = importlib.import_module(f"mqinfra.cli.{cmd_name}").command
        return command

    def resolve_command(
        self, ctx: click.Context, args: list[str]
    ) -> tuple[str | None, click.Command | None, list[str]]:
        """Suggest the command that was meant.

        Raises:
            click.UsageError: there is no such command.
        """
        if args[0] not in COMMANDS:
            from mqinfra.model.setting import did_you_mean  # noqa: PLC0415 - only when something is wrong

            raise click.UsageError(f"unknown command `{args[0]}`; {did_you_mean(args[0], COMMANDS)}", ctx)
        return super().resolve_command(ctx, args)

    def invoke(self, ctx: click.Context) -> Any:  # noqa: ANN401 - click's signature
        """Run the command; whatever it raises ends here.

        Click would take an EOFError for Ctrl-C and a broken pipe, wherever it broke, for a reader that has gone.
        """
        arguments = list(ctx.args)
        try:
            return super().invoke(ctx)
        except (click.ClickException, click.Abort, click.exceptions.Exit):
            raise
        except OSError as error:
            if _raised_by_click(error):  # it could not print the help of a command
                raise
            return _failed(error, arguments)
        except Exception as error:  # noqa: BLE001 - the last line of defence: say it, and where to report it
            return _failed(error, arguments)

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:  # noqa: ARG002
        with formatter.section("Commands"):
            formatter.write_dl(list(COMMANDS.items()))


@click.command(cls=_Lazy, context_settings={"help_option_names": ["-h", "--help"]})
@click.option("-C", "folder", metavar="DIR", help="Run in this folder, which the command's own paths are relative to.")
@click.version_option(__version__, prog_name="mqinfra", message="%(prog)s %(version)s")
def main(*, folder: str | None) -> None:
    """Topology-as-code for message queues: plan, apply, and prove what exists."""
    if folder is not None:
        try:
            os.chdir(folder)
        except OSError as error:
            raise click.UsageError(f"-C: can't change to `{folder}`: {error.strerror}") from None


def entry() -> NoReturn:
    """Run the command line and end the process with an exit code of `ExitCode`."""
    gc.disable()
    gc.set_threshold(*COLLECT_AFTER)
    kept.begin()
    # Plugins of pydantic watch the models of applications; ours hold what manifests say, and the search takes long.
    os.environ["PYDANTIC_DISABLE_PLUGINS"] = "__all__"
    # Whoever starts us with a stream closed, as cron may, gets what we write to it nowhere.
    sys.stdout = sys.stdout or _nowhere()
    sys.stderr = sys.stderr or _nowhere()
    # A pipeline that is cancelled sends SIGTERM and means what Ctrl-C means.
    signal.signal(signal.SIGTERM, signal.default_int_handler)
    threading.excepthook = _report_thread
    code = with_room(lambda: run(sys.argv[1:]))
    for stream in (sys.stdout, sys.stderr):
        with contextlib.suppress(OSError):  # nobody reads, or the disk is full
            stream.flush()
    # A plain exit would wait for threads, which may wait for a cluster's answer that nobody will read, and take all
    # modules apart, which takes a sixth of the time of a small plan. Sessions and files are closed by now.
    os._exit(code)


def _failed(error: Exception, arguments: list[str]) -> int:
    try:
        from mqinfra.cli.failure import report_failure  # noqa: PLC0415 - only when something failed
    except ModuleNotFoundError as missing:
        click.echo(f"error: {missing}; `python -m pip install mqinfra` installs what mqinfra needs", err=True)
        return ExitCode.ERROR
    return report_failure(error, verbose=any(map(_VERBOSE.fullmatch, arguments)))


def _raised_by_click(error: Exception) -> bool:
    trace = error.__traceback__
    while trace is not None and trace.tb_next is not None:
        trace = trace.tb_next
    return trace is not None and str(trace.tb_frame.f_globals.get("__name__")).startswith("click.")


def _report_thread(failed: threading.ExceptHookArgs) -> None:
    from mqinfra.cli.failure import report_thread  # noqa: PLC0415 - only when something failed

    report_thread(failed)


def _nowhere() -> TextIO:
    return os.fdopen(os.open(os.devnull, os.O_WRONLY), "w", encoding="utf-8")


def _unknown_option(error: click.NoSuchOption) -> click.UsageError:
    """Suggest the option that was meant, also one that only begins what was typed: `--env` for `--environment`."""
    from mqinfra.model.setting import suggestion  # noqa: PLC0415 - only when something is wrong

    typed = error.option_name
    if typed == "-C":
        return click.UsageError("`-C` stands before the command: mqinfra -C DIR COMMAND", error.ctx)
    every = [name for param in error.ctx.command.params for name in param.opts] if error.ctx is not None else []
    options = [name for name in every if name.startswith("--")]
    begins = [name for name in options if typed.startswith(name)]
    close = f"did you mean `{begins[0]}`?" if begins else suggestion(typed, options)
    return click.UsageError(f"unknown option `{typed}`" + (f"; {close}" if close else ""), error.ctx)


def run(arguments: list[str]) -> int:
    """Run one command line and return its exit code; every ending of a command comes through here."""
    invocation = Invocation.of(arguments)
    log.begin(invocation, arguments)
    spans.begin(invocation)
    code = _run(arguments)
    if (traced := spans.current()) is not None and (unsent := traced.ended(code)):
        from mqinfra.render.terminal import clean  # noqa: PLC0415 - only when something is wrong

        log.tell(f"spans were not sent: {clean(unsent)}", level="warn")
    if (lines := log.current()) is not None:
        with contextlib.suppress(OSError):  # nobody reads, or the disk is full
            sys.stderr.write(lines.ended(code))
    return code


def _run(arguments: list[str]) -> int:
    try:
        result = main.main(arguments, prog_name="mqinfra", standalone_mode=False)
    except click.ClickException as error:
        from mqinfra.render.terminal import clean  # noqa: PLC0415 - only when something is wrong

        said = io.StringIO()
        error = _unknown_option(error) if isinstance(error, click.NoSuchOption) else error
        error.show(said)
        # It quotes what was typed, and a pipeline may have put that together.
        log.tell("\n".join(map(clean, said.getvalue().removesuffix("\n").split("\n"))))
        return ExitCode.USAGE if isinstance(error, click.UsageError) else ExitCode.ERROR
    except (click.Abort, KeyboardInterrupt):
        log.tell("interrupted")
        return ExitCode.INTERRUPTED
    except OSError as error:  # commands raise none that get here: click could not print help or the version
        click.echo(f"error: stdout can't be written: {error.strerror}", err=True)
        return ExitCode.ERROR
    return int(result) if isinstance(result, int) else ExitCode.OK
