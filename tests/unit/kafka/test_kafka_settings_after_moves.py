"""Settings that wait until topics have their replicas: what is sent then, and what is said of it."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from types import SimpleNamespace
from typing import cast

import pytest

from mqinfra.model.address import Address
from mqinfra.model.change import Action, Change, FieldDifference, Reason
from mqinfra.providers.base.request import Refused, UnderWay
from mqinfra.providers.kafka.api.client import KafkaClient
from mqinfra.providers.kafka.api.faults import KafkaFault, fault_named
from mqinfra.providers.kafka.api.wire import Bodies
from mqinfra.providers.kafka.topics import replicas

INSYNC = "min.insync.replicas"


@dataclass
class Topics:
    """Topics by what is set on them, and the calls that change it."""

    own: Mapping[str, dict[str, str | None] | KafkaFault]
    refused: Mapping[str, KafkaFault] = field(default_factory=dict)
    sent: list[Bodies] = field(default_factory=list)

    def own_settings(
        self, names: Iterable[str], _keys: Sequence[str]
    ) -> Iterator[tuple[str, dict[str, str | None] | KafkaFault]]:
        return ((name, self.own[name]) for name in names)

    def configure(self, bodies: Bodies) -> dict[str, KafkaFault | None]:
        self.sent.append(bodies)
        return {name: self.refused.get(name) for name in bodies}


def go_on(topics: Topics, monkeypatch: pytest.MonkeyPatch) -> dict[str, object]:
    """Go on with topics that have their replicas by now."""
    monkeypatch.setattr(replicas, "step", lambda *_: {})
    client = cast("KafkaClient", SimpleNamespace(topics=topics, peer=SimpleNamespace(principal="User:me")))
    differences = (FieldDifference(("config", INSYNC), 1, 2), FieldDifference(("replicationFactor",), 1, 3))
    changes = [
        Change(Address("kafka", "topics", (name,)), Action.UPDATE, Reason.DIFFERS, differences) for name in topics.own
    ]
    return {address.name: standing for address, standing in replicas.go_on(client, changes).items()}


def test_all_topics_get_theirs_with_one_call_and_one_that_has_them_is_left_alone(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    topics = Topics({"one": {INSYNC: "1"}, "two": {}, "done": {INSYNC: "2"}})
    assert go_on(topics, monkeypatch) == {}
    body = {"set": {INSYNC: "2"}, "reset": []}
    assert topics.sent == [{"one": body, "two": body}]


def test_one_that_is_refused_or_can_not_be_read_keeps_no_other_from_being_done(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    denied = fault_named("TOPIC_AUTHORIZATION_FAILED", "denied")
    topics = Topics({"one": {}, "two": {}, "hidden": denied}, {"two": denied})
    found = go_on(topics, monkeypatch)
    assert found.keys() == {"two", "hidden"}
    assert isinstance(found["two"], Refused)
    assert found["two"].message == "not allowed: this needs AlterConfigs on topic `two`"
    assert found["hidden"] == UnderWay("moved, and its settings can't be read: denied", (), "denied")
