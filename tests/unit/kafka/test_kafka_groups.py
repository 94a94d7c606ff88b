"""What a plan makes of where groups begin and go: offsets, sentences and calls."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import pytest
from pydantic import ValidationError
from typing_extensions import override

from mqinfra.model.address import Address
from mqinfra.model.change import Action, Change, CostKind, FieldDifference, Reason
from mqinfra.model.declaration import Declaration, Origin
from mqinfra.model.frozen import copied
from mqinfra.model.reading import Facts, Live
from mqinfra.model.setting import Problem
from mqinfra.model.span import Span
from mqinfra.model.spec import Mutability, SpecDocument
from mqinfra.providers.base.anchored import Anchoring, Wish
from mqinfra.providers.kafka.groups import anchoring
from mqinfra.providers.kafka.groups.kind import GroupKind
from mqinfra.providers.kafka.groups.logs import Ends, Logs
from mqinfra.providers.kafka.groups.reading import Seen
from mqinfra.providers.kafka.groups.requests import requests_for
from mqinfra.providers.kafka.groups.spec import GroupEntry, GroupSpec, plain
from mqinfra.providers.kafka.topics.spec import TopicSpec
from tests.places import Places

BILLING = Address("kafka", "groups", ("billing",))
ORDERS = ("offsets", "orders")
NOW = 1_000_000.0


class FakeLogs(Logs):
    """Logs with these ends, and one record in each partition that every moment before it means."""

    def __init__(
        self,
        ends: Mapping[str, Ends | str],
        at: Mapping[tuple[str, int], int] | None = None,
        declared: Mapping[Address, Declaration] | None = None,
    ) -> None:
        super().__init__("kafka", declared or {}, 1)
        self.held, self.found = ends, at or {}
        self.asked: list[int] = []

    @override
    def _ends(self, topics: Any) -> Mapping[str, Ends | str]:
        return {name: self.held.get(name, ()) for name in topics}

    @override
    def at(self, moments: Mapping[tuple[str, int], int]) -> Mapping[tuple[str, int], int]:
        self.asked += moments.values()
        return {place: self.found[place] for place in moments if place in self.found}


def wish(entry: Mapping[str, Any], live: Live | None = None, *due: str) -> Wish:
    return Wish(BILLING, plain(GroupEntry.model_validate(entry)), live, frozenset(due))


def standing(offsets: Mapping[str, tuple[int | None, ...]], *, active: bool = False) -> Live:
    return Live(GroupSpec.model_validate({"offsets": dict(offsets), "type": "consumer"}), private=Seen(active))


def anchored(one: Wish, logs: Logs | None = None) -> Anchoring:
    return anchoring.anchor([one], logs or FakeLogs({"orders": ((5, 20), (0, 7))}), lambda: NOW)[BILLING]


def said(found: Anchoring) -> list[str]:
    return [cost.text for cost in found.costs] + [finding.message for finding in found.findings]


@pytest.mark.parametrize(("place", "offsets"), [("earliest", [5, 0]), ("latest", [20, 7])])
def test_where_a_new_group_begins_becomes_offsets(place: str, offsets: list[int]) -> None:
    found = anchored(wish({"topics": ["orders"], "startAt": place}))
    assert found.fields == {ORDERS: offsets}
    assert not found.nothing
    assert anchoring.HANDED_BACK in said(found)


def test_a_time_becomes_the_first_record_that_is_not_older_or_the_end() -> None:
    logs = FakeLogs({"orders": ((5, 20), (0, 7), (3, 3))}, {("orders", 0): 11, ("orders", 1): -1})
    found = anchored(wish({"topics": ["orders"], "startAt": "2026-11-29T08:00:00Z"}), logs)
    assert found.fields == {ORDERS: [11, 7, 3]}
    assert logs.asked == [1_795_939_200_000] * 2, "an empty partition needs no question"


def test_so_long_ago_is_before_the_moment_of_the_plan() -> None:
    logs = FakeLogs({"orders": ((5, 20),)}, {("orders", 0): 9})
    assert anchored(wish({"topics": ["orders"], "startAt": "1h30m"}), logs).fields == {ORDERS: [9]}
    assert logs.asked == [1_000_000_000 - 5_400_000]


def test_partitions_that_the_same_apply_adds_have_their_first_record_to_come() -> None:
    topic = Declaration(TopicSpec(partitions=3), Places(), (Origin(Span("entry", 1, 1)),))
    logs = FakeLogs({"orders": ((5, 20),)}, declared={Address("kafka", "topics", ("orders",)): topic})
    assert anchored(wish({"topics": ["orders"], "startAt": "latest"}), logs).fields == {ORDERS: [20, 0, 0]}


def test_a_group_with_offsets_keeps_them() -> None:
    found = anchored(wish({"topics": ["orders"], "startAt": "earliest"}, standing({"orders": (12, None)})))
    assert found.fields == {}
    assert said(found) == ["group `billing` has offsets of `orders`, left unchanged"]


def test_a_group_at_work_begins_where_its_clients_say() -> None:
    live = standing({"orders": (12,)}, active=True)
    found = anchored(wish({"topics": ["orders", "paid"], "startAt": "earliest"}, live))
    assert found.fields == {}
    assert said(found) == [
        "group `billing` has offsets of `orders`, left unchanged",
        "where group `billing` begins in `paid` is left to `auto.offset.reset`: it has members",
    ]


def test_only_topics_without_offsets_get_some() -> None:
    logs = FakeLogs({"orders": ((0, 9),), "paid": ((2, 4),)})
    found = anchored(wish({"topics": ["orders", "paid"], "startAt": "earliest"}, standing({"orders": (3,)})), logs)
    assert found.fields == {("offsets", "paid"): [2]}


STARTED = frozenset({"offsets.orders"})


def test_where_a_group_begins_is_set_once_and_not_again_when_brokers_have_forgotten_it() -> None:
    entry = {"topics": ["orders", "payments"], "startAt": "latest"}
    logs = FakeLogs({"orders": ((5, 20),), "payments": ((0, 3),)})
    found = anchored(copied(wish(entry), started=STARTED), logs)
    assert found.fields == {("offsets", "payments"): [3]}
    assert "where group `billing` begins in `orders` is left to `auto.offset.reset`" in " ".join(said(found))
    found = anchored(copied(wish({"topics": ["orders"], "startAt": "latest"}), started=STARTED), logs)
    assert (dict(found.fields), found.nothing) == ({}, True)


def test_a_topic_that_is_made_anew_is_begun_anew() -> None:
    topic = Declaration(TopicSpec(partitions=2), Places(), (Origin(Span("entry", 1, 1)),))
    logs = FakeLogs({}, declared={Address("kafka", "topics", ("orders",)): topic})
    found = anchored(copied(wish({"topics": ["orders"], "startAt": "latest"}), started=STARTED), logs)
    assert found.fields == {ORDERS: [0, 0]}


def test_offsets_that_were_not_there_before_are_taken_back() -> None:
    entry = GroupSpec.model_validate({"offsets": {"orders": None, "payments": None}})
    found = anchored(Wish(BILLING, entry, standing({"orders": (7,)})))
    assert [cost.path for cost in found.costs] == [ORDERS]
    assert "its offsets of `orders` are deleted" in found.costs[0].text
    at_work = anchored(Wish(BILLING, entry, standing({"orders": (7,)}, active=True)))
    assert [finding.code for finding in at_work.findings] == [anchoring.GROUP_AT_WORK]


def test_a_group_of_which_nothing_has_to_be_written_is_nothing_to_make() -> None:
    assert anchored(wish({"topics": ["orders"]})).nothing
    assert anchored(wish({"config": {"share.auto.offset.reset": None}})).nothing
    assert not anchored(wish({"config": {"share.auto.offset.reset": "earliest"}})).nothing


RESET = {"topics": ["orders"], "resetTo": {"to": "earliest", "id": "OPS-1"}}


def test_a_reset_says_what_is_read_again() -> None:
    found = anchored(wish(RESET, standing({"orders": (15, 7)}), "resetTo"))
    assert found.fields == {ORDERS: [5, 0]}
    assert [(cost.kind, cost.text, cost.number) for cost in found.costs[:-1]] == [
        (CostKind.SEMANTICS_CHANGED, "up to 17 records of `orders` are read again", 17)
    ]


def test_a_reset_says_what_is_skipped_and_counts_no_records_that_are_gone() -> None:
    entry = {"topics": ["orders"], "resetTo": {"to": "latest", "id": "OPS-1"}}
    found = anchored(wish(entry, standing({"orders": (1, 3)}), "resetTo"))
    assert found.fields == {ORDERS: [20, 7]}
    (cost, _) = found.costs
    assert (cost.kind, cost.number) == (CostKind.MESSAGES_LOST, 15 + 4)
    assert cost.text == "up to 19 records of `orders` are skipped: this group never gets them"


def test_a_reset_that_is_done_moves_nothing() -> None:
    assert anchored(wish(RESET, standing({"orders": (15, 7)}))).fields == {}


def test_a_reset_is_refused_while_the_group_has_members() -> None:
    found = anchored(wish(RESET, standing({"orders": (15, 7)}, active=True), "resetTo"))
    assert found.fields == {}
    (finding,) = found.findings
    assert (finding.code, finding.path) == (anchoring.GROUP_AT_WORK, ("resetTo",))


@pytest.mark.parametrize(
    ("place", "ends", "why"),
    [
        (21, ((5, 20),), "topic `orders` has offsets 5 to 20 in partition 0"),
        ("earliest", "topic `orders` can't be seen: this needs Describe on it", "can't be seen"),
        ("earliest", (), "topic `orders` does not exist"),
        ("1h", ((5, 20),), "was not answered"),
    ],
)
def test_a_place_that_can_not_be_told_is_an_error(place: object, ends: Ends | str, why: str) -> None:
    entry = {"topics": ["orders"], "resetTo": {"to": place, "id": 1}}
    found = anchored(wish(entry, None, "resetTo"), FakeLogs({"orders": ends}))
    assert found.fields == {}
    (finding,) = found.findings
    assert finding.code == anchoring.NO_PLACE
    assert why in finding.message


@pytest.mark.parametrize(
    ("entry", "why"),
    [
        ({"topics": ["a"], "startAt": "begin"}, "invalid place `begin`"),
        ({"topics": ["a"], "startAt": "5"}, "invalid place `5`"),
        ({"topics": ["a"], "startAt": "2026-11-29T08:00:00"}, "the time zone"),
        ({"startAt": "earliest"}, "`startAt` needs `topics`"),
        ({"resetTo": {"to": "latest", "id": "a"}}, "`resetTo` needs `topics`"),
        ({"topics": ["a"], "type": "share", "startAt": "latest"}, "share.auto.offset.reset"),
        ({"topics": ["a"], "resetTo": {"to": "latest"}}, "id"),
        ({"topics": ["a"], "offsets": {"a": [1]}}, "Extra inputs"),
    ],
)
def test_what_no_group_can_be_is_refused(entry: Mapping[str, Any], why: str) -> None:
    with pytest.raises(ValidationError, match=why):
        GroupEntry.model_validate(entry)


def change(action: Action, spec: GroupSpec, *differences: FieldDifference) -> Change:
    return Change(BILLING, action, Reason.DIFFERS, differences, after=SpecDocument(spec))


def test_a_reset_is_sent_also_where_the_group_stands_there_already() -> None:
    spec = GroupSpec.model_validate({**RESET, "offsets": {"orders": [5, 0]}})
    once = FieldDifference(("resetTo",), None, {"to": "earliest", "id": "OPS-1"}, mutability=Mutability.ONCE)
    (request,) = requests_for([change(Action.UPDATE, spec, once)])
    assert (request.api, request.body[BILLING]) == ("OffsetCommit", {"offsets": {"orders": [5, 0]}})


def test_settings_go_with_a_group_that_is_deleted() -> None:
    gone = Change(BILLING, Action.DELETE, Reason.TOMBSTONE, before={"config": {"share.isolation.level": "x"}})
    configure, delete = requests_for([gone])
    assert configure.body[BILLING] == {"set": {}, "reset": ["share.isolation.level"]}
    assert delete.api == "DeleteGroups"


def test_groups_have_no_settings_before_kafka_4() -> None:
    spec = GroupSpec.model_validate({"config": {"consumer.session.timeout.ms": 50_000}})
    setting = FieldDifference(("config", "consumer.session.timeout.ms"), None, 50_000)
    answer = GroupKind().simulate(change(Action.CREATE, spec, setting), None, Facts(cluster_id="x", version="3.9"))
    assert isinstance(answer, Problem)
    assert answer.help == "groups have settings from Kafka 4.0 on"
