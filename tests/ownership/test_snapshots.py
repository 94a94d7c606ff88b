"""Plans without a broker, as a fork's pipeline makes them: with nobody's records, or others', nothing is claimed."""

from __future__ import annotations

import json
from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from tests.ownership.edited import Edit, edited, often
from tests.ownership.topologies import edits
from tests.ownership.workspace import Workspace, destroyed, made

FILE = "live.json"
_OWNERS = {"another project's": {"project": "fork"}, "another environment's": {"environment": "prod"}}


def take(space: Workspace) -> dict[str, Any]:
    ran = space.mq("snapshot", "-q", "-o", f"json={FILE}")
    assert ran.code == 0, ran.text
    found: dict[str, Any] = json.loads((space.root / FILE).read_text())
    return found


@often
@given(edit=edits(), whose=st.sampled_from(["ours", "nobody's", "another project's", "another environment's"]))
def test_an_offline_plan_destroys_what_its_records_claim_and_nothing_more(edit: Edit, whose: str) -> None:
    with edited(edit) as space:
        online = space.plan()
        document = take(space)
        for cluster in document["clusters"].values():
            if whose == "nobody's":
                cluster["records"] = []
            cluster["records"] = [{**records, **_OWNERS.get(whose, {})} for records in cluster["records"]]
        (space.root / FILE).write_text(json.dumps(document))
        offline = space.plan("--against", FILE)
        assert destroyed(offline) <= (destroyed(online) if whose == "ours" else set())
        assert made(offline) == made(online)
        if whose != "ours":
            assert all(cluster["unrecorded"] for cluster in offline["clusters"])
            assert any("nothing goes by itself" in item["reason"] for item in offline["unchecked"])


@often
@given(edit=edits())
def test_what_was_approved_without_records_carries_out_nothing_that_it_did_not_show(edit: Edit) -> None:
    with edited(edit) as space:
        document = take(space)
        for cluster in document["clusters"].values():
            cluster["records"] = []
        (space.root / FILE).write_text(json.dumps(document))
        blind, before = space.plan("--against", FILE), space.live()
        ran = space.mq("apply", "-q", "--expect", blind["digest"])
        assert ran.code in (3, 5), ran.text
        assert space.live() == before
