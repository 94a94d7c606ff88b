"""Removal on real brokers: the same course on each, and what is left held against a broker that never had more."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from hypothesis import HealthCheck, Phase, given, settings

from tests.ownership.edited import Edit
from tests.ownership.removal import Removal
from tests.ownership.topologies import edits
from tests.ownership.workspace import Document, Workspace

Wipe = Callable[[], None]
Live = Callable[[], Mapping[str, object]]
"""What a broker holds as somebody sees it who asks past mqinfra."""
_FEW, _MANY = 2, 25


def removes(space: Workspace, before: Document, after: Document, wipe: Wipe, live: Live) -> Removal:
    """Apply a document and then what is left of it, with the lines that plans print; see that nothing else is left."""
    wanted = _applied(space, after, wipe, live)
    _applied(space, before, wipe, live)
    removal = Removal(space, after)
    removal.carry_out(parts=False)
    assert live() == wanted
    space.declare(t=after)
    last = space.plan()
    assert (last["changes"], last["undeclared"]) == ([], [])
    return removal


def _applied(space: Workspace, document: Document, wipe: Wipe, live: Live) -> Mapping[str, object]:
    wipe()
    space.declare(t=document)
    ran = space.mq("apply", "--auto-approve", "-q")
    assert ran.code == 0, ran.text
    return live()


def removes_at_random(space: Workspace, broker: str, wipe: Wipe, live: Live, *, many: bool) -> None:
    """The same over random topologies of one broker, a few of them or many."""

    @settings(
        deadline=None,
        max_examples=_MANY if many else _FEW,
        phases=(Phase.generate,),
        suppress_health_check=list(HealthCheck),
    )
    @given(edits().filter(_sizable))
    def check(edit: Edit) -> None:
        before, after = ({broker: parts.document()[broker]} for parts in edit)
        removes(space, before, after, wipe, live)

    check()


def _sizable(edit: Edit) -> bool:
    """An edit that takes something out of a topology that has something of each."""
    whole, less = edit
    return bool(whole.topics and whole.queues and whole.exchanges and whole.streams) and whole != less
