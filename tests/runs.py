"""A full test run: several runs of pytest side by side, because those with brokers mostly wait for them.

`python -m tests.runs [ordinary|matrix|faults]` begins the longest first and the next whenever one ends. What failed is
said last, as the end of a log is what people see first.
"""

import os
import subprocess
import sys
import time
from collections.abc import Mapping, Sequence
from contextlib import ExitStack
from dataclasses import dataclass
from pathlib import Path

from tests import cells
from tests.brokers.lines import BROKERS

FOLDER = Path(sys.prefix)
"""Where output and cells of runs lie: the virtual environment, which no commit holds."""
ROOT = Path(__file__).parents[1]
_AT_ONCE = 5
_POLL = 0.2
_TAIL, _FAILURES, _WIDTH = 90, 20, 240
_APART = ("faults", "monitoring", "ownership", "provider", "verification")
"""Folders of a broker that are a run of their own."""
_WHOLE = ("tests/integration", "tests/brokers_selftest")


@dataclass(frozen=True, slots=True)
class Run:
    """One run of pytest.

    Attributes:
        name: what it is called.
        arguments: its options and paths.
    """

    name: str
    arguments: tuple[str, ...]

    @property
    def output(self) -> Path:
        """What it prints."""
        return FOLDER / f"{self.name}-tests.txt"

    @property
    def proven(self) -> Path:
        """The cells that it proves."""
        return FOLDER / f"{self.name}-cells.txt"

    @property
    def lines(self) -> Sequence[str]:
        """The lines that it printed; none where it did not begin."""
        return self.output.read_text(encoding="utf-8", errors="replace").splitlines() if self.output.exists() else ()


def environment() -> dict[str, str]:
    """What runs are given: all that there is, but byte code is kept.

    Images often forbid writing it. Then each of the thousands of commands that tests start compiles all of mqinfra,
    which takes two thirds of its processor time.
    """
    return {name: value for name, value in os.environ.items() if name != "PYTHONDONTWRITEBYTECODE"}


def _folders(broker: str) -> tuple[str, ...]:
    return tuple(f"tests/integration/{broker}/{name}" for name in _APART if _has(f"tests/integration/{broker}/{name}"))


def _has(folder: str) -> bool:
    return (ROOT / folder).is_dir()


def _without(folders: Sequence[str]) -> tuple[str, ...]:
    return tuple(f"--ignore={folder}" for folder in folders)


def of_others(*brokers: str) -> tuple[str, ...]:
    """The folders of other brokers than these, whose tests need not be imported to be left out."""
    folders = [f"{whole}/{broker}" for whole in _WHOLE for broker in BROKERS if broker not in brokers]
    return tuple(filter(_has, folders))


def _tests_of(*brokers: str) -> tuple[str, ...]:
    """Options and paths of the tests that need one of these brokers."""
    options = [word for broker in brokers for word in ("--broker", broker)]
    return (*options, *_WHOLE, *_without(of_others(*brokers)))


_KAFKA_E2E = "tests/integration/kafka/e2e"
_NEWER = ("--broker", "kafka", "-k", "not 3.9")
ORDINARY = (
    Run("quick", ("--broker", "none", *_without(of_others()))),
    Run("rabbitmq-apart", ("--broker", "rabbitmq", *_folders("rabbitmq"))),
    Run("kafka-apart", (*_NEWER, *_folders("kafka"))),
    Run("redis", _tests_of("redis", "registry")),
    Run("kafka-e2e", (*_NEWER, _KAFKA_E2E)),
    Run("rabbitmq", (*_tests_of("rabbitmq"), *_without(_folders("rabbitmq")))),
    Run("older-kafka", ("-k", "3.9", *_tests_of("kafka"))),
    Run("kafka", ("-k", "not 3.9", *_tests_of("kafka"), *_without((*_folders("kafka"), _KAFKA_E2E)))),
)
MODES: Mapping[str, tuple[Run, ...]] = {
    "ordinary": ORDINARY,
    "matrix": tuple(Run(run.name, ("--matrix", *run.arguments)) for run in ORDINARY),
    "faults": (
        Run("kafka-faults", ("--faults", "--broker", "kafka", *_folders("kafka"), f"{_KAFKA_E2E}/test_killed.py")),
        Run("redis-faults", ("--faults", "--broker", "redis", *_folders("redis"))),
        Run("rabbitmq-faults", ("--faults", "--broker", "rabbitmq", *_folders("rabbitmq"))),
        Run("quick-faults", ("--faults", "--hypothesis-profile=explore", "tests/faults", "tests/ownership")),
    ),
}


def perform(runs: Sequence[Run]) -> Mapping[str, int]:
    """Run them, some at once; the exit code of each by its name."""
    waiting, working, codes = list(runs), dict[Run, subprocess.Popen[bytes]](), dict[str, int]()
    for run in runs:
        run.output.unlink(missing_ok=True)
        run.proven.unlink(missing_ok=True)
    with ExitStack() as stack:
        while waiting or working:
            while waiting and len(working) < _AT_ONCE:
                run = waiting.pop(0)
                output = stack.enter_context(run.output.open("wb"))
                command = [sys.executable, "-m", "pytest", "--cells", str(run.proven), *run.arguments]
                process = subprocess.Popen(
                    command, cwd=ROOT, env=environment(), stdout=output, stderr=subprocess.STDOUT
                )
                stack.callback(_ended, process)
                working[run] = process
            time.sleep(_POLL)
            for run, process in list(working.items()):
                if process.poll() is not None:
                    codes[run.name] = process.returncode
                    del working[run]
    return codes


def _ended(process: subprocess.Popen[bytes]) -> None:
    """Where this is interrupted, nothing goes on: pytest stops its brokers when it is told to."""
    if process.poll() is None:
        process.terminate()
        process.wait()


def told(runs: Sequence[Run], codes: Mapping[str, int], missing: Sequence[str]) -> str:
    """What people read: the ends of all runs, then what is missing, then what failed."""
    lines: list[str] = []
    for run in runs:
        lines += [f"== {run.name}", *run.lines[-_TAIL:]]
    if missing:
        lines += ["required cells that did not run and pass:", *(f"  {name}" for name in missing[: cells.SHOWN])]
        lines += [f"  and {len(missing) - cells.SHOWN} more"] if len(missing) > cells.SHOWN else []
    for run in runs:
        failed = [line for line in run.lines if line.startswith(("FAILED ", "ERROR ", "ERROR:"))]
        lines += [line[:_WIDTH] for line in failed[:_FAILURES]]
        lines.append(f"{run.name}: {run.lines[-1] if run.lines else 'it said nothing'} (exit {codes[run.name]})")
    return "\n".join(lines) + "\n"


def main() -> int:
    """Run one mode; 1 when anything failed or is missing."""
    mode = sys.argv[1] if len(sys.argv) > 1 else "ordinary"
    runs = MODES[mode]
    codes = perform(runs)
    missing = cells.missing(run.proven for run in runs) if mode != "faults" else []
    sys.stdout.write(told(runs, codes, missing))
    return int(any(codes.values()) or bool(missing))


if __name__ == "__main__":
    sys.exit(main())
