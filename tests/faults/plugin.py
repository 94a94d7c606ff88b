"""`--faults`: run every fault, and not only the seeded sample of an ordinary run."""

from __future__ import annotations

import pytest

_ONLY = "slow_faults"


def pytest_addoption(parser: pytest.Parser) -> None:
    """Offer to run all of them."""
    parser.addoption("--faults", action="store_true", help="crash at every request, and run the faults that take long")


def pytest_configure(config: pytest.Config) -> None:
    """Make the mark known."""
    config.addinivalue_line("markers", f"{_ONLY}: takes long, and runs with --faults only")


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """Leave out what takes long."""
    if exhaustive(config):
        return
    slow = [item for item in items if item.get_closest_marker(_ONLY) is not None]
    config.hook.pytest_deselected(items=slow)
    items[:] = [item for item in items if item.get_closest_marker(_ONLY) is None]


def exhaustive(config: pytest.Config) -> bool:
    """Whether every point is to be tried, and not a sample."""
    return bool(config.getoption("--faults"))
