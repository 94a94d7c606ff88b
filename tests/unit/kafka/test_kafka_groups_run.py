"""What became of calls that change groups: told by the brokers' words, and never sent a second time in doubt."""

from __future__ import annotations

from collections.abc import Mapping
from types import SimpleNamespace
from typing import Any

import pytest
from pydantic import JsonValue

from mqinfra.model.address import Address
from mqinfra.providers.base.request import Accepted, Refused, Request
from mqinfra.providers.kafka.api.faults import KafkaFault, fault_named
from mqinfra.providers.kafka.api.second_acls import CodedError
from mqinfra.providers.kafka.api.second_client import Unavailable
from mqinfra.providers.kafka.groups.forgetting import impossible
from mqinfra.providers.kafka.groups.requests import COMMIT, CONFIGURE, DELETE, FORGET
from mqinfra.providers.kafka.groups.run import run

BILLING = Address("kafka", "groups", ("billing",))
OFFSETS: dict[str, JsonValue] = {"offsets": {"orders": [0], "paid": [3, None]}}
MEMBER = fault_named("UNKNOWN_MEMBER_ID", "Broker: Unknown member")
SILENT = fault_named("_TIMED_OUT", "no answer within 5 s")


def client(**calls: Any) -> Any:
    return SimpleNamespace(groups=SimpleNamespace(**calls), peer=SimpleNamespace(principal="User:deployer"))


def committed(topics: Mapping[str, KafkaFault | None]) -> Any:
    said = {(topic, 0): fault for topic, fault in topics.items()}
    sent: list[Any] = []

    def commit(bodies: Any) -> Any:
        sent.append(bodies)
        return {"billing": said}

    result = run(client(commit=commit), Request("groups", COMMIT, {BILLING: OFFSETS}))[BILLING]
    assert sent == [{"billing": {"orders": (0,), "paid": (3, None)}}]
    return result


def test_the_brokers_yes_to_offsets_is_the_proof() -> None:
    assert committed({"orders": None, "paid": None}) == Accepted(proven=True)


def test_a_group_with_members_is_left_and_nothing_was_done() -> None:
    result = committed({"orders": MEMBER, "paid": MEMBER})
    assert result.untouched
    assert not result.retry
    assert result.message == "group `billing` has members, and is not moved"


def test_a_call_without_an_answer_is_not_sent_again() -> None:
    result = committed({"orders": SILENT, "paid": SILENT})
    assert isinstance(result, Refused)
    assert not result.retry
    assert not result.untouched
    assert "it may have been moved, and is not sent again" in result.message


def test_half_of_it_is_not_nothing() -> None:
    denied = fault_named("TOPIC_AUTHORIZATION_FAILED", "no")
    result = committed({"orders": None, "paid": denied})
    assert not result.untouched
    assert result.message == "not allowed: this needs Read on topic `paid`"
    whole = committed({"orders": denied, "paid": denied})
    assert whole.untouched
    group = committed(dict.fromkeys(("orders", "paid"), fault_named("GROUP_AUTHORIZATION_FAILED", "no")))
    assert group.message == "not allowed: this needs Read on group `billing`"
    assert "--operation Read --group billing" in group.help[0]


def test_a_topic_that_no_broker_knows_yet_is_tried_again() -> None:
    unknown = fault_named("UNKNOWN_TOPIC_OR_PART", "Broker: Unknown topic or partition")
    assert committed({"orders": unknown, "paid": unknown}).retry
    assert not committed({"orders": unknown, "paid": None}).retry, "half of it was done"


NOT_EMPTY = fault_named("NON_EMPTY_GROUP", "x")


@pytest.mark.parametrize(
    ("answer", "result"),
    [
        ({("orders", 0): None, ("paid", 0): None}, Accepted()),
        (fault_named("GROUP_ID_NOT_FOUND", "gone"), Accepted()),
        (NOT_EMPTY, "group `billing` has members, and keeps its offsets of `orders`"),
        (
            {("orders", 0): None, ("paid", 0): CodedError(86, None)},
            "group `billing` has members, and keeps its offsets",
        ),
        ({("orders", 0): None, ("paid", 0): CodedError(29, None)}, "not allowed: this needs Read on topic `paid`"),
        (fault_named("GROUP_AUTHORIZATION_FAILED", "x"), "not allowed: this needs Delete on group `billing`"),
        (Unavailable("is not possible here with a login by GSSAPI"), "deleting offsets is not possible here with"),
        (SILENT, "no answer to OffsetDelete for group `billing`: no answer within 5 s"),
    ],
)
def test_offsets_are_deleted_where_no_member_reads_them(answer: object, result: Accepted | str) -> None:
    asked: Any = SimpleNamespace(second=SimpleNamespace(ask=lambda _: answer), peer=client().peer)
    found: Any = run(asked, Request("groups", FORGET, {BILLING: OFFSETS}))[BILLING]
    assert found == result if isinstance(result, Accepted) else found.message.startswith(result)


def test_where_offsets_can_not_be_deleted_the_plan_says_so() -> None:
    cannot: Any = SimpleNamespace(second=SimpleNamespace(ask=lambda _: Unavailable("is not possible here")))
    (objection,) = impossible(cannot, [BILLING])
    assert objection.problem.message == "deleting offsets is not possible here"
    assert impossible(cannot, []) == []
    assert impossible(SimpleNamespace(second=SimpleNamespace(ask=lambda _: "")), [BILLING]) == []  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("api", "fault", "result"),
    [
        (DELETE, fault_named("GROUP_ID_NOT_FOUND", "gone"), Accepted()),
        (CONFIGURE, None, Accepted()),
        (
            DELETE,
            fault_named("NON_EMPTY_GROUP", "x"),
            "group `billing` has members, and Kafka deletes none that has any",
        ),
        (DELETE, fault_named("GROUP_AUTHORIZATION_FAILED", "x"), "not allowed: this needs Delete on group `billing`"),
        (CONFIGURE, fault_named("GROUP_AUTHORIZATION_FAILED", "x"), "not allowed: this needs AlterConfigs on group"),
        (DELETE, SILENT, "no answer to DeleteGroups for group `billing`: no answer within 5 s"),
    ],
)
def test_other_calls(api: str, fault: KafkaFault | None, result: Accepted | str) -> None:
    said = client(delete=lambda _: {"billing": fault}, configure=lambda _: {"billing": fault})
    found: Any = run(said, Request("groups", api, {BILLING: {}}))[BILLING]
    assert found == result if isinstance(result, Accepted) else found.message.startswith(result)
