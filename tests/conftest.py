"""What all tests share: brokers on demand, golden files on purpose, and the cells that a full run must have seen."""

import gc
import signal
from collections.abc import Generator, Iterator
from pathlib import Path

import pytest
from hypothesis import settings

from tests.cells import write

# The same examples on every machine; `--hypothesis-profile=explore` looks for new ones.
settings.register_profile("same", derandomize=True, deadline=None, max_examples=60)
settings.register_profile("explore", deadline=None, max_examples=2000)
settings.load_profile("same")

pytest_plugins = ["tests.brokers.fixtures", "tests.faults.plugin"]

CELLS = pytest.StashKey[set[str]]()


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption("--update-golden", action="store_true", help="write golden files instead of comparing")
    parser.addoption("--matrix", action="store_true", help="also run on the brokers that need more than Debian stable")
    parser.addoption("--cells", metavar="FILE", help="write the cells that were proven, for `python -m tests.runs`")


def pytest_configure(config: pytest.Config) -> None:
    # Shells ignore it for what they start in the background, and so would each command that a test interrupts.
    if signal.getsignal(signal.SIGINT) is signal.SIG_IGN:
        signal.signal(signal.SIGINT, signal.default_int_handler)
    config.stash[CELLS] = set()


def pytest_collection_finish() -> None:
    """Let Python look for cycles among what tests make only: ten thousand tests are many objects, and stay."""
    gc.freeze()


@pytest.fixture
def cell(request: pytest.FixtureRequest) -> Iterator[set[str]]:
    """Cells (`broker version/kind/level`) that the test proves; they count only when it passes."""
    proven: set[str] = set()
    yield proven
    report = request.node.stash.get(PASSED, None)
    if report:
        request.config.stash[CELLS].update(proven)


PASSED = pytest.StashKey[bool]()


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport(item: pytest.Item) -> Generator[None, pytest.TestReport, pytest.TestReport]:
    report = yield
    if report.when == "call":
        item.stash[PASSED] = report.passed
    return report


def pytest_sessionfinish(session: pytest.Session) -> None:
    target = session.config.getoption("--cells")
    if target is not None:
        proven: set[str] = session.config.stash[CELLS]
        write(Path(target), proven)
