"""The digest of a plan against what it says it covers, spelled out as one JSON value."""

from typing import Any

from hypothesis import given
from hypothesis import strategies as st
from pydantic import JsonValue

from mqinfra.model.address import Address
from mqinfra.model.change import Action, Change, FieldDifference, Reason
from mqinfra.model.claim import Claim
from mqinfra.model.plan import PlanCluster, digest_of, plan_digest
from mqinfra.model.record import Origin

TEXTS = st.text(st.sampled_from('aé"\\/\n\x00\u2028注\ud800'), max_size=4)
SCALARS: st.SearchStrategy[Any] = st.none() | st.booleans() | st.integers() | st.sampled_from([1.0, 0.5, 1e300]) | TEXTS
VALUES = st.recursive(SCALARS, lambda some: st.lists(some, max_size=2) | st.dictionaries(TEXTS, some, max_size=3))
PATHS = st.lists(TEXTS, min_size=1, max_size=2).map(tuple)
CLAIMS = st.builds(Claim, TEXTS, st.sampled_from(Origin), st.lists(TEXTS, max_size=2).map(tuple), TEXTS)
CHANGES = st.builds(
    Change,
    address=TEXTS.map(lambda text: Address("it", "things", (text,))),
    action=st.sampled_from(Action),
    reason=st.sampled_from(Reason),
    differences=st.lists(
        st.builds(FieldDifference, PATHS, VALUES, VALUES), max_size=3, unique_by=lambda item: item.path
    ).map(tuple),
    after=st.none() | st.dictionaries(TEXTS, VALUES, max_size=2),
    fingerprint=TEXTS,
    claim=st.none() | CLAIMS,
    adopts=st.booleans(),
)


def covered(change: Change) -> dict[str, JsonValue]:
    said: dict[str, JsonValue] = {
        "address": str(change.address),
        "action": change.action.value,
        "fields": [
            [list(item.path), item.before, item.after]
            for item in sorted(change.differences, key=lambda item: item.path)
        ],
        "fingerprint": change.fingerprint,
    }
    if change.action is Action.REPLACE:
        said["again"] = dict(change.after or {})
    if change.claim is not None:
        claim = change.claim
        said["claim"] = [claim.owner, claim.origin.value, list(claim.makers), claim.sugar]
    if change.adopts:
        said["adopts"] = True
    return said


@given(
    changes=st.lists(CHANGES, max_size=4, unique_by=lambda change: change.address),
    unrecorded=st.booleans(),
    project=TEXTS,
)
def test_digest_is_that_of_one_canonical_value(changes: list[Change], *, unrecorded: bool, project: str) -> None:
    clusters = (PlanCluster(alias="it", type="kafka", cluster_id="id", unrecorded=unrecorded),)
    whole: dict[str, JsonValue] = {
        "project": project,
        "environment": "prod",
        "clusters": {"it": "id"},
        "changes": [covered(change) for change in sorted(changes, key=lambda change: change.address)],
    }
    if unrecorded:
        whole["unrecorded"] = ["it"]
    assert plan_digest(project, "prod", clusters, changes) == digest_of(whole)
