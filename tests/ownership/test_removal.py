"""Removal ends as expected: what a shrunken manifest and the printed lines leave is what it alone would have made."""

from __future__ import annotations

import tempfile
from pathlib import Path
from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from tests.ownership.edited import Edit, edited, often
from tests.ownership.removal import Removal
from tests.ownership.topologies import Parts, edits
from tests.ownership.workspace import Workspace


def fresh(less: Parts) -> dict[str, Any]:
    """What an apply of a topology leaves on empty sandboxes."""
    with tempfile.TemporaryDirectory() as folder:
        space = Workspace(Path(folder) / "project")
        space.project()
        space.declare(t=less.document())
        assert space.mq("apply", "--auto-approve", "-q").code == 0
        return space.live()


@often
@given(edit=edits(), parts=st.booleans())
def test_what_is_left_is_what_the_shrunken_manifest_alone_would_have_made(edit: Edit, *, parts: bool) -> None:
    _, less = edit
    with edited(edit) as space:
        Removal(space, less.document()).carry_out(parts=parts)
        assert space.live() == fresh(less)
        space.declare(t=less.document())
        last = space.plan()
        assert (last["changes"], last["undeclared"]) == ([], [])
