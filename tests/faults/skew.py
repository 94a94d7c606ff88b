"""A clock that is wrong: a command line whose time of day is hours away from the brokers'."""

from __future__ import annotations

import os
import subprocess
import sys
import time
from typing import TYPE_CHECKING

import pytest

from tests.faults.sweep import differences, settled, undisturbed

if TYPE_CHECKING:
    from collections.abc import Mapping

    from tests.faults.sweep import Subject

HOUR = 3600
_ABOUT = 60


def survives_a_wrong_clock(
    subject: Subject, monkeypatch: pytest.MonkeyPatch, seconds: int, wrong: Mapping[str, str]
) -> None:
    """Apply, and plan, with a clock that is wrong: both do as they would with the right one.

    Args:
        subject: what is applied.
        monkeypatch: sets variables.
        seconds: how far ahead the clock is.
        wrong: the environment that makes a child's clock be so.
    """
    course = undisturbed(subject)
    subject.begin()
    with monkeypatch.context() as patch:
        for name, value in wrong.items():
            patch.setenv(name, value)
        assert abs(_time_of_a_child() - time.time() - seconds) < _ABOUT, "the clock is wrong"
        applied = subject.start("apply", "--auto-approve", "-q").end()
        planned = subject.start("plan", "-q", "--detailed-exitcode").end()
    assert (applied.code, planned.code) == (0, 0), applied.text + planned.text
    live = settled(subject)
    assert live == course.state, differences(live, course.state)
    again = subject.start("apply", "--auto-approve", "-q").end()
    assert again.code == 0, f"with the right clock again: {again.text}"


def _time_of_a_child() -> float:
    asked = [sys.executable, "-c", "import time; print(time.time())"]
    return float(subprocess.run(asked, env=os.environ, capture_output=True, text=True, check=True).stdout)
