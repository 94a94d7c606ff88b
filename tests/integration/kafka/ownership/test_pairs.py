"""Two applies at once on a real cluster."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from tests.faults.clock import wrong_by
from tests.faults.plugin import exhaustive
from tests.faults.skew import HOUR
from tests.ownership.pairs import races

if TYPE_CHECKING:
    from tests.integration.kafka.e2e.hand import Hand
    from tests.ownership.workspace import Workspace

TOPICS = 8


def documents(number: int) -> tuple[dict[str, Any], dict[str, Any]]:
    """Topics that grow by one partition each round, with a setting that the two want otherwise."""
    hours = (2 * number + 1, 2 * number + 2)
    one, other = (
        {f"shop.t{n}": {"partitions": number + 1, "config": {"retention.ms": f"{some}h"}} for n in range(TOPICS)}
        for some in hours
    )
    return {"kafka": {"topics": one}}, {"kafka": {"topics": other}}


def test_they_never_interleave(space: Workspace, hand: Hand, pytestconfig: pytest.Config) -> None:
    races(space, documents, lambda: dict(hand.live()), many=exhaustive(pytestconfig))


@pytest.mark.slow_faults
@pytest.mark.parametrize("hours", [(1, -1), (-1, 0), (0, 1)])
def test_they_never_interleave_by_clocks_that_differ(hours: tuple[int, int], space: Workspace, hand: Hand) -> None:
    one, other = (wrong_by(each * HOUR) if each else {} for each in hours)
    races(space, documents, lambda: dict(hand.live()), many=False, environments=(one, other))
