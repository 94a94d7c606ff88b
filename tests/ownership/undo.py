"""Undo as the report of an apply says it: keep the state before, and apply it again."""

from __future__ import annotations

from collections.abc import Mapping

from tests.command import Ran
from tests.ownership.brokers import Live
from tests.ownership.removal import Removal
from tests.ownership.workspace import Document, Workspace

FILE = "before.json"
_ROUNDS = 4


def goes_back(space: Workspace, before: Document, after: Document, live: Live) -> Ran:
    """Apply a document, then another, and undo the second; what the second apply said.

    What is there then has to be what was there between the two. Where the way back destroys something, the lines and
    limits that its plan prints are given, in the manifests as they were before.
    """
    space.declare(t=before)
    space.apply()
    held: Mapping[str, object] = live()
    space.declare(t=after)
    ran = space.mq("apply", "--expect", space.plan()["digest"], "-o", f"before={FILE}")
    assert ran.code == 0, ran.text
    assert live() != held
    assert f"mqinfra plan -e {space.environment} --desired {FILE}" in ran.err
    way = Removal(space, before)
    for _ in range(_ROUNDS):
        if way.follow(space.plan("--desired", FILE, *way.options)):
            way.declare()
    assert space.plan("--desired", FILE, *way.options)["changes"], "there is something to undo"
    space.apply("--desired", FILE, *way.options)
    assert live() == held
    return ran
