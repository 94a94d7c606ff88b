"""A plan that seems stale on a live cluster is looked at again, a bounded number of times; anything else is not."""

from collections.abc import Callable
from dataclasses import dataclass, field

import pytest

from mqinfra.engine import codes
from mqinfra.engine.second_look import until_settled
from mqinfra.model.errors import UserError
from mqinfra.model.exit_code import ExitCode
from mqinfra.model.reading import Source
from mqinfra.providers.base.session import Session
from tests.unit.engine.test_examine import READING, session

LIVE, SANDBOX = session(READING), session(READING)
SANDBOX.source = Source.SANDBOX
PAUSES = (0.0, 0.0)


@dataclass
class Looks:
    """What one look after the other ends with; None finds nothing stale."""

    ends: list[ExitCode | None]
    taken: list[ExitCode | None] = field(default_factory=list)

    def __call__(self) -> str:
        self.taken.append(self.ends.pop(0))
        if self.taken[-1] is not None:
            raise UserError([codes.STALE.at("it changed since the plan was made")], self.taken[-1])
        return "as planned"


def test_a_broker_that_was_behind_is_no_reason_to_call_a_plan_stale() -> None:
    looks = Looks([ExitCode.STALE, ExitCode.STALE, None])
    assert until_settled(looks, [SANDBOX, LIVE], PAUSES) == "as planned"
    assert looks.ends == []


@pytest.mark.parametrize(
    ("ends", "on", "taken"),
    [
        ([ExitCode.STALE] * 9, [LIVE], 3),
        ([ExitCode.STALE] * 9, [SANDBOX], 1),
        ([ExitCode.REFUSED, None], [LIVE], 1),
        ([ExitCode.STALE, ExitCode.REFUSED, None], [LIVE], 2),
    ],
)
def test_what_stays_stale_and_what_is_refused_is_told(
    ends: list[ExitCode | None], on: list[Session], taken: int
) -> None:
    looks: Callable[[], str] = Looks(list(ends))
    with pytest.raises(UserError) as error:
        until_settled(looks, on, PAUSES)
    assert error.value.exit_code is ends[taken - 1]
    assert isinstance(looks, Looks)
    assert len(looks.taken) == taken
