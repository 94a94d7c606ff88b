"""How a run that raised ends: a UserError with its diagnostics, anything else as a bug with what a report needs."""

import os
import platform
import sys
import traceback

import click

from mqinfra import __version__
from mqinfra.cli.console import Console, Settings
from mqinfra.model.errors import UserError
from mqinfra.model.exit_code import ExitCode


def report_failure(error: Exception) -> ExitCode:
    """Tell the user what happened, and return the exit code.

    Raises:
        BrokenPipeError: passed on, since there is nobody to tell.
    """
    if isinstance(error, BrokenPipeError):
        raise error
    if isinstance(error, UserError):
        Console(Settings()).diagnostics(error.diagnostics)
        return error.exit_code
    click.echo(
        f"error: mqinfra failed in a way it should not: {type(error).__name__}\n"
        "  This is a bug in mqinfra, not in your input. Nothing is written after this point; run `mqinfra plan`\n"
        "  to see where things stand, and please report this with the lines below.",
        err=True,
    )
    click.echo(f"  mqinfra {__version__}, Python {platform.python_version()}, {platform.system()}", err=True)
    # Frames without values: an exception's text may quote input, and input may hold what is not ours to print.
    for frame in traceback.extract_tb(error.__traceback__)[-6:]:
        click.echo(f"  {frame.filename.rpartition('mqinfra/')[2]}:{frame.lineno} in {frame.name}", err=True)
    if os.environ.get("MQINFRA_DEBUG"):
        traceback.print_exception(error, file=sys.stderr)
    return ExitCode.ERROR
