"""Two checkouts whose applies are started at once, as real processes: one after the other, or one of them says no."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
from collections.abc import Callable, Mapping
from pathlib import Path

from tests.command import Running
from tests.ownership.brokers import Live
from tests.ownership.workspace import Document, Workspace

ALL, SOME = 20, 3
_CODE = Path(__file__).parents[2]
_LOCKED = 6


def races(
    space: Workspace,
    documents: Callable[[int], tuple[Document, Document]],
    live: Live,
    *,
    many: bool,
    environments: tuple[Mapping[str, str], Mapping[str, str]] = ({}, {}),
) -> None:
    """Apply two documents at once, again and again; what is there is always what one of them says, and all of it.

    Args:
        space: the project; its second checkout is made beside it.
        documents: what the checkouts declare in each round. One of each pair applied after the other leaves nothing of
            it, so that a mixture is seen.
        live: what there is.
        many: all rounds, and not some.
        environments: further variables of each checkout's apply.
    """
    other = space.copy(space.root.with_name("second"))
    for number in range(ALL if many else SOME):
        pair = documents(number)
        for checkout, document in zip((space, other), pair, strict=True):
            checkout.declare(t=document)
        meeting = space.root.with_name(f"meeting-{number}")
        meeting.mkdir()
        running = [_start(checkout, n, meeting, environments[n]) for n, checkout in enumerate((space, other))]
        ended = [each.end() for each in running]
        assert sorted(each.code for each in ended) == [0, _LOCKED], [each.text for each in ended]
        [loser] = [each for each in ended if each.code == _LOCKED]
        assert "MQ309" in loser.err, loser.text
        assert f"applying shop/{space.environment}, plan sha256:" in loser.err, loser.text
        _is_one_of_them((space, other), live)
    runs_are_whole(space)
    shutil.rmtree(other.root)


def _start(space: Workspace, number: int, meeting: Path, environment: Mapping[str, str]) -> Running:
    paths = [str(_CODE), *filter(None, [environment.get("PYTHONPATH")])]
    return Running(
        subprocess.Popen(
            [sys.executable, "-m", "tests.ownership.at_once", str(number), str(meeting), space.environment],
            cwd=space.root,
            env={**os.environ, **environment, "PYTHONPATH": os.pathsep.join(paths)},
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
        )
    )


def _is_one_of_them(checkouts: tuple[Workspace, Workspace], live: Live) -> None:
    held: Mapping[str, object] = live()
    plans = [checkout.plan()["changes"] for checkout in checkouts]
    assert [] in plans, f"what is there is neither the one nor the other: {held}"


def runs_are_whole(space: Workspace) -> None:
    """Each run on record has its end, and none has the number of another."""
    ran = space.mq("history", "-o", "json")
    assert ran.code == 0, ran.text
    runs = [run for cluster in json.loads(ran.out)["clusters"] for run in cluster["runs"]]
    numbers = [run["number"] for run in runs]
    assert len(numbers) == len(set(numbers))
    assert all(run["finished"] for run in runs)
