"""Whether a record is of a live resource: one answer for whoever asks, and where it can't be told, no."""

from dataclasses import replace

import pytest

from mqinfra.engine.inventory.belief import Doubt, Seen, doubt
from mqinfra.model.record import Origin, Record, Standing
from mqinfra.providers.base.catalogue import installed

TOPICS = installed().providers["kafka"].kinds["topics"]
RECORD = Record(Origin.CREATED, Standing.APPLIED, "id-1", ("a:1", "b:1"), spec={"partitions": 2})
PENDING = replace(RECORD, standing=Standing.PENDING, identity="")
LIVE = Seen("id-1", lambda: {("partitions",): 2})
OTHERWISE = Seen("id-1", lambda: {("partitions",): 1})
HERE = ("a:1",)


@pytest.mark.parametrize(
    ("record", "seen", "cluster", "why"),
    [
        pytest.param(RECORD, LIVE, HERE, None, id="it fits"),
        pytest.param(RECORD, OTHERWISE, HERE, None, id="what it looks like now is no matter"),
        pytest.param(RECORD, LIVE, ("b:1", "c:1"), None, id="a cluster is known by any of its ids"),
        pytest.param(RECORD, LIVE, ("c:1",), Doubt.ELSEWHERE, id="another cluster"),
        pytest.param(RECORD, LIVE, (), Doubt.UNTOLD, id="a cluster that tells no id"),
        pytest.param(replace(RECORD, cluster=()), LIVE, HERE, None, id="a record of a cluster that told none"),
        pytest.param(RECORD, Seen("id-2", dict), HERE, Doubt.REMADE, id="made again"),
        pytest.param(replace(RECORD, identity=""), LIVE, HERE, Doubt.UNTOLD, id="the record has no id"),
        pytest.param(RECORD, Seen("", dict), HERE, Doubt.UNTOLD, id="the live one has no id"),
        pytest.param(replace(RECORD, identity=""), Seen("", dict), HERE, None, id="a broker without ids"),
        pytest.param(PENDING, LIVE, HERE, None, id="an apply did not end, and it is as it would have made it"),
        pytest.param(PENDING, OTHERWISE, HERE, Doubt.UNCLEAR, id="an apply did not end, and it is otherwise"),
        pytest.param(replace(PENDING, identity="id-1"), OTHERWISE, HERE, None, id="an update did not end"),
        pytest.param(replace(PENDING, identity="id-2"), LIVE, HERE, Doubt.REMADE, id="made again during an update"),
        pytest.param(PENDING, LIVE, ("c:1",), Doubt.ELSEWHERE, id="an apply that did not end, elsewhere"),
    ],
)
def test_a_record_is_believed_only_where_everything_fits(
    record: Record, seen: Seen, cluster: tuple[str, ...], why: Doubt | None
) -> None:
    assert doubt(record, seen, TOPICS, cluster) is why


def test_only_what_is_known_to_be_another_one_is_on_nobodys_record() -> None:
    assert {why for why in Doubt if why.another(RECORD)} == {Doubt.ELSEWHERE, Doubt.REMADE}


def test_where_resources_have_no_ids_another_cluster_may_be_a_new_name_of_the_same_one() -> None:
    assert not Doubt.ELSEWHERE.another(replace(RECORD, identity=""))
