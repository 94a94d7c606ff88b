"""By how much time readers are behind, and how steadily numbers grow."""

from typing import Any

import pytest

from mqinfra.monitor.time_lag import Delay, delay_of
from mqinfra.monitor.trend import slope, steadiness, thinned
from tests.unit.monitor.series import series


def case(**lanes: Any) -> dict[str, Any]:
    return {"samples": 4, "every": 10, "lanes": {"0": {"earliest": 0, **lanes}}, "seen": {"consumers": 1}}


@pytest.mark.parametrize(
    ("lanes", "expected"),
    [
        ({"committed": [100, 200, 300, 400], "end": [100, 200, 300, 400]}, Delay(0.0)),
        ({"committed": [0, 100, 200, 300], "end": [100, 200, 300, 400]}, Delay(10.0)),
        ({"committed": [0, 100, 200, 350], "end": [100, 200, 300, 400]}, Delay(5.0)),
        ({"committed": 50, "end": [100, 200, 300, 400]}, Delay(30.0, beyond=True)),
        ({"committed": None, "end": [100, 200, 300, 400]}, None),
    ],
)
def test_a_delay_is_found_in_the_ends_that_were_seen(lanes: dict[str, Any], expected: Delay | None) -> None:
    assert delay_of(series(case(**lanes))) == expected


def test_what_waits_since_before_the_first_sample_waits_longer_than_that() -> None:
    found = delay_of(series(case(committed=0, end=[100, 100, 100, 100])))
    assert found == Delay(30.0, beyond=True)


def test_where_the_broker_tells_its_age_that_counts() -> None:
    given = case(committed=0, end=100)
    given["seen"]["age"] = 77.0
    assert delay_of(series(given)) == Delay(77.0)


def test_the_lane_that_is_furthest_behind_counts() -> None:
    given = case(committed=[0, 100, 200, 350], end=[100, 200, 300, 400])
    given["lanes"]["1"] = {"earliest": 0, "committed": [0, 100, 200, 300], "end": [100, 200, 300, 400]}
    assert delay_of(series(given)) == Delay(10.0)


def test_one_number_out_of_the_line_changes_no_slope() -> None:
    line = [(float(at), 3.0 * at) for at in range(20)]
    assert slope(line) == 3.0
    line[10] = (10.0, -10_000.0)
    assert slope(line) == pytest.approx(3.0)
    assert steadiness(line) > 0.8


def test_what_falls_and_what_stays_is_told() -> None:
    assert (steadiness([(0, 3), (1, 2), (2, 1)]), steadiness([(0, 1), (1, 1)]), steadiness([(0, 1)])) == (-1, 0, 0)
    assert slope([(0, 1)]) is None


def test_of_many_points_the_first_and_the_last_stay() -> None:
    some = [(float(at), float(at)) for at in range(1_000)]
    few = thinned(some)
    assert (len(few), few[0], few[-1]) == (60, some[0], some[-1])
