"""Manifests that are missing: a lost file is no reason to destroy anything."""

from __future__ import annotations

import random

from hypothesis import given
from hypothesis import strategies as st

from tests.ownership.edited import Edit, edited, often
from tests.ownership.topologies import Parts, edits
from tests.ownership.workspace import Workspace, destroyed

FILES = 4


def homes_of(parts: Parts, picked: random.Random) -> dict[str, int]:
    """Which of the files each entry stands in."""
    return {name: picked.randrange(FILES) for entries in vars(parts).values() for name in entries}


def lose_half(space: Workspace, picked: random.Random) -> None:
    paths = sorted((space.root / "topology").glob("*.yaml"))
    for path in picked.sample(paths, len(paths) // 2):
        path.unlink()


@often
@given(edit=edits(), picked=st.randoms(use_true_random=False))
def test_without_half_of_the_manifest_files_nothing_more_is_destroyed(edit: Edit, picked: random.Random) -> None:
    whole, less = edit
    homes = homes_of(whole, picked)
    with edited(edit) as space:
        space.declare(**whole.documents(homes, FILES))
        ran = space.mq("apply", "--auto-approve", "-q")
        assert ran.code == 0, ran.text
        lose_half(space, picked)
        found = space.try_plan()
        assert found is None or destroyed(found) == set(), "nothing was edited"

        space.declare(**less.documents(homes, FILES))
        complete = space.plan()
        lose_half(space, picked)
        found = space.try_plan()
        assert found is None or destroyed(found) <= destroyed(complete)


@often
@given(edit=edits(), picked=st.randoms(use_true_random=False))
def test_without_any_manifest_file_nothing_is_destroyed(edit: Edit, picked: random.Random) -> None:
    with edited(edit) as space:
        for path in sorted((space.root / "topology").glob("*.yaml")):
            path.unlink() if picked.random() < 0.5 else path.write_text("")
        found = space.try_plan()
        assert found is None or destroyed(found) == set()
