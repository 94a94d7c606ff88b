"""Every state on series written by hand, those that fool others among them."""

from typing import Any

import pytest

from mqinfra.model.health import State
from mqinfra.monitor.judge import judge
from tests.unit.monitor.series import cases, series

CASES = cases()


@pytest.mark.parametrize(("name", "case"), CASES, ids=[name for name, _ in CASES])
def test_a_series_is_judged_as_it_should(name: str, case: dict[str, Any]) -> None:
    judged = judge(series(case))
    assert (judged.verdict.state.value, judged.verdict.rule) == tuple(case["expect"]), (name, judged)
    for words in case.get("says", []):
        assert words in judged.verdict.reason


def test_every_state_has_a_series_that_shows_it() -> None:
    assert {case["expect"][0] for _, case in CASES} == {state.value for state in State}
