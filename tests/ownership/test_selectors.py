"""`--select` and `--exclude`: a selection of a plan destroys a part of what the plan does, and nothing else."""

from __future__ import annotations

import random

from hypothesis import given
from hypothesis import strategies as st

from tests.ownership.edited import Edit, edited, often
from tests.ownership.test_files import FILES, homes_of
from tests.ownership.topologies import edits
from tests.ownership.workspace import Workspace, destroyed

SELECTIONS = 6


def selector(addresses: list[str], picked: random.Random) -> str:
    """A selector that may speak of something; a comma means and."""
    address = picked.choice(addresses)
    alias, kind = address.split("/")[:2]
    name = address.rpartition("/")[2]
    terms = (
        f"kind:{kind}",
        f"cluster:{alias}",
        f"name:{name.split('.')[0].split(':')[0]}*",
        f"label:team=d{picked.randrange(FILES)}",
        f"file:topology/d{picked.randrange(FILES)}.yaml",
        "file:topology/*",
        "name:*",
        "label:team=nobody",
    )
    some = picked.sample(terms, picked.choice((1, 1, 2)))
    return address if picked.random() < 0.4 or "*" in address else ",".join(some)


def options(addresses: list[str], picked: random.Random) -> list[str]:
    given = [f"--{picked.choice(('select', 'exclude'))}={selector(addresses, picked)}" for _ in range(3)]
    return given[: picked.randint(1, 3)]


def known(space: Workspace) -> list[str]:
    """Everything that a plan of the whole speaks of, and everything there is."""
    plan = space.plan()
    return sorted({change["address"] for change in plan["changes"]} | space.live().keys())


@often
@given(edit=edits(), picked=st.randoms(use_true_random=False))
def test_a_selection_destroys_a_part_of_what_the_whole_does(edit: Edit, picked: random.Random) -> None:
    whole, less = edit
    homes = homes_of(whole, picked)
    with edited(edit) as space:
        space.declare(**whole.documents(homes, FILES))
        assert space.mq("apply", "--auto-approve", "-q").code == 0
        space.declare(**less.documents(homes, FILES))
        everything, addresses = destroyed(space.plan()), known(space)
        for _ in range(SELECTIONS):
            given = options(addresses, picked)
            found = space.plan(*given)
            assert destroyed(found) <= everything, given
            planned = {change["address"] for change in found["changes"]}
            needs = {need for change in found["changes"] for need in change["needs"]}
            assert needs <= planned, f"{given}: something goes before what it has to wait for"
