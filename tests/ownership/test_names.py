"""Other names: an alias, an environment or a project that is called otherwise never lets a plan destroy more."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from tests.ownership.edited import Edit, edited, often
from tests.ownership.topologies import edits
from tests.ownership.workspace import SANDBOXES, Workspace, destroyed, made

ALIASES = {"kafka": "events", "rabbitmq": "jobs", "redis": "feeds"}


def rename_alias(space: Workspace, old: str, new: str) -> None:
    """The same cluster under another alias: the broker knows nothing of it, so its records stay as they are."""
    path = space.sandbox(old)
    document = json.loads(path.read_text())
    cluster = document["clusters"].pop(old)
    cluster["resources"] = {_renamed(address, old, new): each for address, each in cluster["resources"].items()}
    document["clusters"][new] = cluster
    path.rename(space.sandbox(new)).write_text(json.dumps(document))


def _under_new_alias(text: str) -> str:
    alias = text.split("/", maxsplit=1)[0]
    return _renamed(text, alias, ALIASES[alias])


def _renamed(address: str, old: str, new: str) -> str:
    return new + address.removeprefix(old)


@often
@given(edit=edits())
def test_an_alias_that_is_renamed_destroys_nothing_more(edit: Edit) -> None:
    with edited(edit) as space:
        before = space.plan()
        space.project({new: SANDBOXES[old] for old, new in ALIASES.items()})
        for old, new in ALIASES.items():
            if space.sandbox(old).exists():
                rename_alias(space, old, new)
        after = space.plan()
        assert destroyed(after) <= {_under_new_alias(text) for text in destroyed(before)}
        assert made(after) == {_under_new_alias(text) for text in made(before)}


@often
@given(edit=edits(), origin=st.sampled_from(["created", "adopted", "found"]))
def test_what_another_environment_on_the_same_cluster_claims_is_not_destroyed(edit: Edit, origin: str) -> None:
    with edited(edit) as space:
        alone = space.plan()
        _claim_too(space, {"environment": "prod"}, origin)
        beside = space.plan()
        assert destroyed(beside) <= destroyed(alone)
        assert not {text for text in destroyed(beside) if " " not in text}, "everything is claimed by `prod` too"
        assert made(beside) == made(alone)


def _claim_too(space: Workspace, owner: Mapping[str, str], origin: str) -> None:
    """Let another owner have records of all that we have records of."""
    for alias in SANDBOXES:
        if space.sandbox(alias).exists():
            [ours] = space.records(alias)
            texts = {
                key: json.dumps({**json.loads(text), "origin": origin})
                for key, text in ours["texts"].items()
                if not key.startswith("=")
            }
            space.keep_records(alias, [ours, {**ours, **owner, "texts": texts}])


@often
@given(edit=edits())
def test_another_environment_destroys_nothing_of_what_this_one_made(edit: Edit) -> None:
    with edited(edit) as space:
        before = space.plan()
        other = replace(space, environment="prod")
        space.project(others=["prod"])
        for alias in SANDBOXES:
            if space.sandbox(alias).exists():
                other.sandbox(alias).parent.mkdir(parents=True, exist_ok=True)
                other.sandbox(alias).write_text(space.sandbox(alias).read_text())
        found: dict[str, Any] = other.plan()
        assert destroyed(found) == set()
        assert made(found) == made(before)


@often
@given(edit=edits())
def test_a_project_that_is_renamed_destroys_nothing_until_it_takes_the_claims_over(edit: Edit) -> None:
    with edited(edit) as space:
        before = space.plan()
        space.project(name="store")
        renamed = space.plan()
        assert destroyed(renamed) == set()
        assert made(renamed) == made(before)
        ran = space.mq("adopt", "--from", "shop")
        assert ran.code == 0, ran.text
        assert destroyed(space.plan()) == destroyed(before)
