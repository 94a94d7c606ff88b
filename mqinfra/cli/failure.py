"""How a run that raised ends: a UserError with its diagnostics, anything else as a bug with what a report needs."""

import os
import platform
import sys
import threading
import traceback

from mqinfra import __version__
from mqinfra.cli.console import Console, Settings
from mqinfra.model.code import Code
from mqinfra.model.errors import UserError
from mqinfra.model.exit_code import ExitCode

FAILURE = Code(
    "MQ195",
    "mqinfra failed in a way it should not",
    "This is a bug in mqinfra and not in your input. Nothing is written after it; an apply says in its report what was "
    "done before. `mqinfra plan` shows where things stand, and the same command again finishes what was begun. Run it "
    "with `-v` for the place in mqinfra that failed, and report that: it holds no values.",
    bad="mqinfra plan      # error[MQ195]: mqinfra failed in a way it should not: KeyError\n",
    good="mqinfra plan -v   # prints where; report it with these lines\n",
)


def report_failure(error: BaseException, *, verbose: bool = False) -> ExitCode:
    """Tell the user what happened, and return the exit code.

    Args:
        error: what was raised.
        verbose: print the way to the place that raised it.
    """
    console = Console(Settings(verbose=verbose))
    if isinstance(error, UserError):
        console.diagnostics(error.diagnostics)
        return error.exit_code
    # The name and the place only: an exception's text may quote input, and input may hold what is not ours to print.
    frames = traceback.extract_tb(error.__traceback__)
    where = f" in {_place(frames[-1])}" if frames else ""
    system = f"mqinfra {__version__}, Python {platform.python_version()}, {platform.system()}"
    shown = "the lines below" if verbose else "what the same command prints with `-v`"
    found = FAILURE.at(
        f"mqinfra failed in a way it should not: {type(error).__name__}{where}",
        help=(
            "this is a bug in mqinfra, not in your input; `mqinfra plan` shows where things stand",
            f"please report it, with {shown}, for {system}",
        ),
    )
    console.diagnostics([found])
    if verbose:
        console.error("\n".join(f"  {_place(frame)} in {frame.name}" for frame in frames))
    if os.environ.get("MQINFRA_DEBUG"):
        traceback.print_exception(error, file=sys.stderr)
    return ExitCode.ERROR


def report_thread(failed: threading.ExceptHookArgs) -> None:
    """Say that a thread ended in a way it should not, in place of the traceback that Python prints."""
    if failed.exc_value is not None:
        report_failure(failed.exc_value)


def _place(frame: traceback.FrameSummary) -> str:
    return f"{frame.filename.rpartition('site-packages/')[2].rpartition('/mqinfra/')[2]}:{frame.lineno}"
