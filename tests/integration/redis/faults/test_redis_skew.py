"""A runner whose clock is an hour away from the broker's: no decision rests on it."""

import pytest

from tests.brokers.faketime import wrong_by
from tests.faults.skew import HOUR, survives_a_wrong_clock
from tests.faults.sweep import Subject

pytestmark = pytest.mark.slow_faults


@pytest.mark.parametrize("seconds", [HOUR, -HOUR])
def test_an_apply_by_a_wrong_clock_ends_as_by_the_right_one(
    seconds: int, subject: Subject, monkeypatch: pytest.MonkeyPatch
) -> None:
    survives_a_wrong_clock(subject, monkeypatch, seconds, wrong_by(seconds))
