"""Hung brokers, bytes that drip, lost requests and answers: an apply ends in time, and the next one finishes it."""

import pytest

from tests.faults.sweep import Subject, some_writes, undisturbed
from tests.faults.troubles import TROUBLES, survives

pytestmark = pytest.mark.slow_faults


@pytest.mark.parametrize("trouble", TROUBLES)
def test_an_apply_ends_in_time_and_the_next_one_finishes_it(trouble: str, subject: Subject) -> None:
    course = undisturbed(subject)
    for number in (1, *some_writes(course)):
        survives(subject, course, TROUBLES[trouble], number)
