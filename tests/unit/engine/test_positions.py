"""Where a group stands goes only by consent, and only groups are asked for it."""

from __future__ import annotations

import pytest

from mqinfra.engine.consent import Permit
from mqinfra.engine.guard import weigh
from mqinfra.model.address import Address
from mqinfra.model.change import Action, Change, Reason
from mqinfra.model.reading import Figures
from mqinfra.providers.base.catalogue import installed

KINDS = installed().providers["kafka"].kinds


@pytest.mark.parametrize(
    ("positions", "consent", "codes"),
    [(3, (), ["MQ217"]), (None, (), ["MQ206"]), (0, (), []), (3, ("positions",), []), (3, ("messages",), ["MQ217"])],
)
def test_where_a_group_stands_goes_only_by_consent(
    positions: int | None, consent: tuple[str, ...], codes: list[str]
) -> None:
    change = Change(Address("kafka", "groups", ("billing",)), Action.DELETE, Reason.TOMBSTONE)
    weighed = weigh(change, Figures(0, (), positions=positions), Permit(frozenset(consent)), KINDS["groups"])
    assert [found.code for found in weighed.diagnostics] == codes
    assert weighed.change.guard.get("positions", "consented") == (
        "consented" if "positions" in consent else "none" if positions == 0 else "some"
    )
    assert "messages" not in weighed.change.guard


def test_nothing_else_has_positions() -> None:
    change = Change(Address("kafka", "topics", ("orders",)), Action.DELETE, Reason.TOMBSTONE)
    weighed = weigh(change, Figures(0, (), positions=3), Permit(), KINDS["topics"])
    assert not weighed.diagnostics
    assert weighed.change.guard == {"messages": "none", "consumers": "none"}
