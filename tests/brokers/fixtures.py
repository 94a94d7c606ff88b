"""Pytest fixtures over real brokers; load with `pytest_plugins = ["tests.brokers.fixtures"]`.

Each line of the table has a fixture: its server starts when the first test asks for it, and serves the rest of the
session. `kafka`, `rabbitmq` and `redis_each` are one node of each release of theirs in turn.
"""

from __future__ import annotations

import os
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from tests.brokers.lines import BROKERS, LINES, Line, lines_of
from tests.brokers.scratch import scratch_folder

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from tests.brokers.server import Server

_TESTS = Path(__file__).parents[1]
# The folders whose tests need brokers; the folders in them are named for the broker.
_WITH_BROKERS = ("integration", "brokers_selftest")
_NONE = "none"

_started: list[Server[Any]] = []
# Some suites of Debian move, so a run says what it ran on.
_titles: set[str] = set()


def _starting(line: Line) -> Callable[..., Any]:
    @pytest.fixture(scope="session", name=line.fixture)
    def started(request: pytest.FixtureRequest) -> Iterator[Server[Any]]:
        if line.matrix and not is_matrix(request.config):
            pytest.skip(matrix_only(line.title))
        with scratch_folder(f"{line.name}-{line.form or 1}") as folder:
            server = line.make(folder)
            try:
                server.start()
                _started.append(server)
                _titles.add(server.title)
                yield server
            finally:
                if server in _started:
                    _started.remove(server)
                server.close()

    return started


def _each(broker: str, name: str) -> Callable[..., Any]:
    lines = {line.release: line.fixture for line in lines_of(broker)}

    @pytest.fixture(scope="session", name=name, params=list(lines))
    def each(request: pytest.FixtureRequest) -> Server[Any]:
        server: Server[Any] = request.getfixturevalue(lines[request.param])
        return server

    return each


# pytest finds fixtures among a module's names.
globals().update({line.fixture: _starting(line) for line in LINES})
kafka = _each("kafka", "kafka")
rabbitmq = _each("rabbitmq", "rabbitmq")
redis_each = _each("redis", "redis_each")
registry = _each("registry", "registry")


@pytest.fixture(autouse=True)
def _brokers_without_faults() -> None:
    """Begin each test with no fault, no callback and nothing recorded in any proxy."""
    for server in _started:
        server.forget_faults()


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    """Tell the exact versions of the brokers that ran."""
    if _titles:
        terminalreporter.line(f"brokers: {', '.join(sorted(_titles))}")


def pytest_addoption(parser: pytest.Parser) -> None:
    """Offer to run the tests of some brokers only."""
    parser.addoption(
        "--broker",
        action="append",
        choices=(_NONE, *BROKERS),
        help="run the tests that need this broker, or none; may be given several times",
    )


_OLDEST = ("3.9", "3.10")
"""Releases of Kafka and RabbitMQ, as parameters of fixtures."""


def pytest_configure(config: pytest.Config) -> None:
    """Make the marks known."""
    config.addinivalue_line("markers", "newest: outside the matrix, too, runs on the newest RabbitMQ")
    config.addinivalue_line(
        "markers", "slow: outside the matrix and `make test-faults`, runs on the newest release only"
    )


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """Leave out other brokers' tests, and to the matrix what an ordinary run need not prove on each release."""
    if chosen := config.getoption("--broker"):
        other = [item for item in items if broker_of(item) not in chosen]
        config.hook.pytest_deselected(items=other)
        items[:] = [item for item in items if broker_of(item) in chosen]
    if is_matrix(config):
        return
    slow_too = config.getoption("--faults", default=False)
    for item in items:
        parameters, slow = _parameters(item), item.get_closest_marker("slow") is not None and not slow_too
        if parameters.get("rabbitmq") == "4.3" and item.get_closest_marker("newest") is None:
            item.add_marker(pytest.mark.skip(reason=matrix_only("RabbitMQ 4.3")))
        elif slow and any(value in _OLDEST for value in parameters.values() if isinstance(value, str)):
            item.add_marker(pytest.mark.skip(reason=matrix_only("what takes long on the oldest release")))


def broker_of(item: pytest.Item) -> str:
    """The broker that a test needs, by its folder, or by its `line` where it is for several brokers; or `none`."""
    folders = item.path.relative_to(_TESTS).parts
    if folders[0] not in _WITH_BROKERS:
        return _NONE
    line = _parameters(item).get("line")
    if isinstance(line, Line):
        return line.broker
    return folders[1] if folders[1] in BROKERS else _NONE


def _parameters(item: pytest.Item) -> dict[str, Any]:
    return item.callspec.params if isinstance(item, pytest.Function) and hasattr(item, "callspec") else {}


def is_matrix(config: pytest.Config) -> bool:
    """Whether the tests of the matrix run too."""
    return bool(config.getoption("--matrix", default=False)) or os.environ.get("MQINFRA_MATRIX", "") not in {"", "0"}


def matrix_only(title: str) -> str:
    """Why a test of the matrix is left out."""
    return f"{title} is tested in the matrix only: pytest --matrix, or MQINFRA_MATRIX=1"
