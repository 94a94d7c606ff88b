"""`kill -9` at every request and every reply of an apply: the next plan shows the rest, the next apply does it."""

import pytest

from tests.faults.plugin import exhaustive
from tests.faults.sweep import Subject, sweep


def test_an_apply_that_was_killed_anywhere_is_finished_by_the_next(
    subject: Subject, pytestconfig: pytest.Config
) -> None:
    assert sweep(subject, everything=exhaustive(pytestconfig))
