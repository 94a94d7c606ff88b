"""How a run that raised ends: a UserError with its diagnostics, anything else as a bug with what a report needs.

A library that is not installed is neither: an image may be built with the clients of some brokers only.
"""

import os
import platform
import threading
import traceback

from mqinfra import __version__
from mqinfra.cli.console import Console, Settings
from mqinfra.model.code import Code
from mqinfra.model.diagnostic import Diagnostic
from mqinfra.model.errors import UserError
from mqinfra.model.exit_code import ExitCode
from mqinfra.model.scrub import scrub_everywhere

FAILURE = Code(
    "MQ195",
    "internal error",
    "This is a bug in mqinfra, not in your input. Nothing is written after it; the report of an apply says what was "
    "done before. `mqinfra plan` shows the current state, and the same command again finishes the rest. Run it with "
    "`-v` to see where mqinfra failed, and report that: it contains no values.",
    bad="mqinfra plan      # error[MQ195]: internal error: KeyError\n",
    good="mqinfra plan -v   # prints where it failed; include these lines in your report\n",
)
LIBRARY_MISSING = Code(
    "MQ199",
    "a library can't be loaded",
    "mqinfra was installed without a library that it needs here, such as the client of a broker, or the library's own "
    "files don't fit the system. `python -m pip install mqinfra` installs them all. Whoever leaves some out, to keep "
    "an image small, can do everything but talk to that broker; its sandbox, snapshots and manifests need no client.",
    bad="python -m pip install --no-deps mqinfra\n",
    good="python -m pip install mqinfra\n",
)
_INSTALL = "`python -m pip install mqinfra` installs what is missing"


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
    found = failure(error, verbose=verbose)
    console.diagnostics([found])
    if found.code != FAILURE.id:
        return ExitCode.ERROR
    frames = traceback.extract_tb(error.__traceback__)
    if verbose:
        console.error("\n".join(f"  {_place(frame)} in {frame.name}" for frame in frames))
    if os.environ.get("MQINFRA_DEBUG"):
        console.error(scrub_everywhere("".join(traceback.format_exception(error))))
    return ExitCode.ERROR


def library_missing(error: ImportError) -> Diagnostic | None:
    """What is said of a library that can't be loaded; None where it is a part of mqinfra itself."""
    library = (error.name or "").partition(".")[0]
    if library in ("", "mqinfra"):
        return None
    why = "is not installed" if isinstance(error, ModuleNotFoundError) else f"can't be loaded: {error}"
    return LIBRARY_MISSING.at(f"the library `{library}` {why}", help=_INSTALL)


def failure(error: BaseException, *, verbose: bool = False) -> Diagnostic:
    """What is said of a library that is missing, or else of a bug.

    Args:
        error: what was raised.
        verbose: the way to the place that raised it follows.
    """
    missing = library_missing(error) if isinstance(error, ImportError) else None
    return missing or _internal_error(error, verbose=verbose)


def _internal_error(error: BaseException, *, verbose: bool) -> Diagnostic:
    # The name and the place only: an exception's text may quote input, and input may hold what is not ours to print.
    frames = traceback.extract_tb(error.__traceback__)
    where = f" in {_place(frames[-1])}" if frames else ""
    system = f"mqinfra {__version__}, Python {platform.python_version()}, {platform.system()}"
    shown = "the lines below" if verbose else "what the same command prints with `-v`"
    return FAILURE.at(
        f"internal error: {type(error).__name__}{where}",
        help=(
            "this is a bug in mqinfra, not in your input; `mqinfra plan` shows the current state",
            f"please report it, with {shown}, for {system}",
        ),
    )


def report_thread(failed: threading.ExceptHookArgs) -> None:
    """Say that a thread ended in a way it should not, in place of the traceback that Python prints."""
    if failed.exc_value is not None:
        report_failure(failed.exc_value)


def _place(frame: traceback.FrameSummary) -> str:
    return f"{frame.filename.rpartition('site-packages/')[2].rpartition('/mqinfra/')[2]}:{frame.lineno}"
