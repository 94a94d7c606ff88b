"""The entry point: a group that imports a command only when it is called, and the map from endings to exit codes.

Listing commands costs no import of pydantic, YAML or a broker client, which keeps `--help` and `--version` quick.
"""

import gc
import importlib
import os
import signal
import sys
from typing import TextIO

import click

from mqinfra import __version__
from mqinfra.model.exit_code import ExitCode

COMMANDS = {
    "validate": "Check the manifests without a cluster.",
    "render": "Print the expanded manifests of an environment.",
    "plan": "Show what would change, and what it costs.",
    "apply": "Bring a plan about, and say what was done.",
    "show": "Print a saved plan.",
    "export": "Print what is live, as manifests.",
    "snapshot": "Save what is live, to plan against without a cluster.",
    "schema": "Print or write the JSON Schemas of the manifests.",
    "explain": "Explain a code, a kind, a field or the exit codes.",
}

COLLECT_AFTER = (100_000, 20, 50)
"""New objects after which Python looks for cycles, as `gc.set_threshold` has it.

Its own 700 is for programs that run on; in one that builds 10,000 resources and ends, it costs half of the planning.
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

            raise click.UsageError(f"there is no command `{args[0]}`; {did_you_mean(args[0], COMMANDS)}", ctx)
        return super().resolve_command(ctx, args)

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:  # noqa: ARG002
        with formatter.section("Commands"):
            formatter.write_dl(list(COMMANDS.items()))


@click.command(cls=_Lazy, context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(__version__, prog_name="mqinfra", message="%(prog)s %(version)s")
def main() -> None:
    """Topology-as-code for message queues: plan, apply, and prove what exists."""


def entry() -> None:
    """Run the command line and end the process with an exit code of `ExitCode`."""
    gc.set_threshold(*COLLECT_AFTER)
    # Whoever starts us with a stream closed, as cron may, gets what we write to it nowhere.
    sys.stdout = sys.stdout or _nowhere()
    sys.stderr = sys.stderr or _nowhere()
    # A pipeline that is cancelled sends SIGTERM and means what Ctrl-C means.
    signal.signal(signal.SIGTERM, signal.default_int_handler)
    try:
        code = run(sys.argv[1:])
        sys.stdout.flush()
    except BrokenPipeError:
        # Whoever read our output has gone; Python would complain about it once more at exit.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        code = ExitCode.OK
    if code == ExitCode.INTERRUPTED:
        # Threads may wait for a cluster's answer that nobody will read; a plain exit would wait for them.
        sys.stderr.flush()
        os._exit(code)
    sys.exit(code)


def _nowhere() -> TextIO:
    return os.fdopen(os.open(os.devnull, os.O_WRONLY), "w", encoding="utf-8")


def run(arguments: list[str]) -> int:
    """Run one command line and return its exit code; every ending of a command comes through here."""
    try:
        result = main.main(arguments, prog_name="mqinfra", standalone_mode=False)
    except click.UsageError as error:
        error.show()
        return ExitCode.USAGE
    except click.ClickException as error:
        error.show()
        return ExitCode.ERROR
    except (click.Abort, KeyboardInterrupt):
        click.echo("interrupted", err=True)
        return ExitCode.INTERRUPTED
    except Exception as error:  # noqa: BLE001 - the last line of defence: say it, and where to report it
        from mqinfra.cli.failure import report_failure  # noqa: PLC0415 - only when something failed

        return report_failure(error)
    return int(result) if isinstance(result, int) else ExitCode.OK
