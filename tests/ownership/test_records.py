"""Records that were lost or forged: a plan never destroys more than with those that an apply left."""

from __future__ import annotations

import json
import random
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.ownership.edited import Edit, edit_texts, edited, often
from tests.ownership.topologies import Parts, edits, topologies
from tests.ownership.workspace import Workspace, destroyed, made


@often
@given(edit=edits(), picked=st.randoms(use_true_random=False))
def test_records_that_were_lost_destroy_nothing_more(edit: Edit, picked: random.Random) -> None:
    with edited(edit) as space:
        whole = space.plan()

        def lose(_: str, texts: dict[str, str]) -> dict[str, str]:
            return {key: text for key, text in texts.items() if picked.random() < 0.5}

        edit_texts(space, lose)
        partly = space.plan()
        assert destroyed(partly) <= destroyed(whole)
        assert made(partly) == made(whole)
        edit_texts(space, lambda *_: {})
        without = space.plan()
        assert destroyed(without) == set()
        assert made(without) == made(whole)


_OTHER: dict[str, dict[str, Any]] = {
    "another identity": {"identity": "of-one-that-is-gone"},
    "another cluster": {"cluster": ["elsewhere"]},
    "found": {"origin": "found"},
    "under way, of something else": {"standing": "pending", "identity": "", "spec": {"partitions": 77, "type": "x"}},
    "an unknown origin": {"origin": "mine"},
    "no text": {"makers": 3},
}
_GARBAGE = {
    "": "",
    "topics": "{}",
    "topics/": "null",
    "=project": "[]",
    "=run/00": "{",
    "=run/xx": '{"number": 1}',
    "=else": "{}",
    "queues/%2Fshop/%": '{"origin": "created", "standing": "applied"}',
    "nothing/known": '{"origin": "created", "standing": "applied"}',
    "topics/\ud800": '{"origin": "created", "standing": "applied"}',
    "../../etc": "\x00",
    "topics/huge": '{"origin": "created", "standing": "applied", "file": "' + "x" * 3_000_000 + '"}',
    "topics/deep": "[" * 50_000,
    "topics/number": '{"origin": "created", "standing": "applied", "spec": {"partitions": ' + "9" * 5_000 + "}}",
}


@often
@given(edit=edits(), lie=st.sampled_from(sorted(_OTHER)), picked=st.randoms(use_true_random=False))
def test_records_that_are_forged_claim_nothing_that_was_made_by_hand(
    edit: Edit, lie: str, picked: random.Random
) -> None:
    with edited(edit) as space:
        by_hand: dict[str, dict[str, str]] = {}

        def forget(alias: str, texts: dict[str, str]) -> dict[str, str]:
            by_hand[alias] = {k: t for k, t in texts.items() if k[0] != "=" and picked.random() < 0.5}
            return {key: text for key, text in texts.items() if key not in by_hand[alias]}

        edit_texts(space, forget)
        honest = space.plan()

        def forge(alias: str, texts: dict[str, str]) -> dict[str, str]:
            forged = {key: json.dumps({**json.loads(text), **_OTHER[lie]}) for key, text in by_hand[alias].items()}
            return {**forged, **texts}

        edit_texts(space, forge)
        assert destroyed(space.plan()) == destroyed(honest)


@pytest.mark.parametrize("key", _GARBAGE)
def test_garbage_among_the_records_destroys_nothing_more(key: str, whole: Workspace) -> None:
    honest = whole.plan()
    edit_texts(whole, lambda _, texts: {**texts, key: _GARBAGE[key]})
    assert destroyed(whole.plan()) <= destroyed(honest)


def test_records_of_a_later_format_claim_nothing(whole: Workspace) -> None:
    edit_texts(whole, lambda _, texts: {**texts, "=project": json.dumps({"version": "2.0"})})
    assert destroyed(whole.plan()) == set()


@often
@given(whole=topologies(), picked=st.randoms(use_true_random=False))
def test_records_of_what_is_declared_never_destroy_it(whole: Parts, picked: random.Random) -> None:
    with edited((whole, whole)) as space:

        def forge(_: str, texts: dict[str, str]) -> dict[str, str]:
            kept = [key for key in texts if not key.startswith("=")]
            others = picked.sample(kept, min(2, len(kept)))
            lie = {"makers": others, "sugar": "deadLetter of nothing", "topology": "gone"}
            return {k: t if k.startswith("=") else json.dumps({**json.loads(t), **lie}) for k, t in texts.items()}

        edit_texts(space, forge)
        assert destroyed(space.plan()) == set()


@often
@given(edit=edits())
def test_records_that_nobody_could_tell_from_ours_reach_no_data_and_need_approval(edit: Edit) -> None:
    """Whoever may write records anyhow: what a plain record claims is a route or a right in scope, and is asked for."""
    with edited(edit) as space:
        by_hand: dict[str, dict[str, str]] = {}

        def forget(alias: str, texts: dict[str, str]) -> dict[str, str]:
            by_hand[alias] = {key: text for key, text in texts.items() if key[0] != "="}
            return {}

        edit_texts(space, forget)

        def forge(alias: str, _: dict[str, str]) -> dict[str, str]:
            plain = {"makers": [], "sugar": "", "topology": "t0"}
            return {key: json.dumps({**json.loads(text), **plain}) for key, text in by_hand[alias].items()}

        edit_texts(space, forge)
        gone = {change["address"] for change in space.plan()["changes"] if change["action"] == "delete"}
        assert {address.split("/")[1] for address in gone} <= {"bindings", "permissions", "users"}
        before = space.live().keys()
        space.mq("apply", "--auto-approve", "-q")
        assert before <= space.live().keys()
