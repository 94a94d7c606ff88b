"""Latencies that no clock tells are drawn all the same: a report may come from a file."""

import re

import pytest

from mqinfra.model.address import Address
from mqinfra.model.verification import Quantiles
from mqinfra.render.verification.html.charts import charts


@pytest.mark.parametrize("upper", [5e-324, 1e-12, 1e308, float("inf")])
def test_a_histogram_of_them_stays_in_its_frame(upper: float) -> None:
    address = Address("kafka", "topics", ("orders",))
    drawn = charts(
        [
            Quantiles(
                name="publish",
                address=address,
                count=3,
                quantiles={"p50": upper},
                largest=upper,
                buckets=((upper, 3),),
                bounds={"p99": upper},
            )
        ]
    )
    assert "<rect" in drawn
    assert "nan" not in drawn
    assert all(0 <= float(x) <= 360 for x in re.findall(r' x1?="([^"]*)"', drawn))
