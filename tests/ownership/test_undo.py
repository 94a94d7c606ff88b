"""An apply of creates, changes and dropped settings is undone by the state that it kept."""

from __future__ import annotations

import tempfile
from pathlib import Path

from hypothesis import given

from tests.ownership.edited import Edit, often
from tests.ownership.topologies import edits
from tests.ownership.undo import goes_back
from tests.ownership.workspace import Workspace


@often
@given(edit=edits().filter(lambda edit: edit[0] != edit[1]))
def test_what_an_apply_adds_is_taken_back(edit: Edit) -> None:
    whole, less = edit
    with tempfile.TemporaryDirectory() as folder:
        space = Workspace(Path(folder) / "project")
        space.project()
        goes_back(space, less.document(), whole.document(), space.live)
