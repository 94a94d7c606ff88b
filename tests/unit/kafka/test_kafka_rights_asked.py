"""Rights that a plan on Kafka needs, by what the broker says that the caller may do."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

import pytest

from mqinfra.model.address import Address
from mqinfra.model.change import Action, Change, Reason
from mqinfra.providers.base.capabilities import Permitted
from mqinfra.providers.kafka.api.client import KafkaClient
from mqinfra.providers.kafka.api.faults import KafkaFault, fault_named
from mqinfra.providers.kafka.api.topic_calls import TopicDescription
from mqinfra.providers.kafka.provider import KafkaProvider
from mqinfra.providers.kafka.topics import rights as topic_rights
from tests.unit.kafka.partial import partial_client

EVERYTHING = frozenset(
    {"CREATE", "CLUSTER_ACTION", "DESCRIBE_CONFIGS", "ALTER_CONFIGS", "IDEMPOTENT_WRITE", "ALTER", "DESCRIBE"}
)
DENIED, ABSENT = (fault_named(name, "") for name in ("TOPIC_AUTHORIZATION_FAILED", "UNKNOWN_TOPIC_OR_PART"))


@dataclass
class Topics:
    """What a broker says of topics."""

    rights: Mapping[str, frozenset[str] | KafkaFault] = field(default_factory=dict)
    settings: Mapping[str, KafkaFault] = field(default_factory=dict)
    asked: list[str] = field(default_factory=list)

    def describe(self, names: Iterable[str], *, rights: bool) -> Iterator[tuple[str, TopicDescription | KafkaFault]]:
        assert rights
        for name in names:
            said = self.rights[name]
            yield name, said if isinstance(said, KafkaFault) else TopicDescription(name, (1,), rights=said)

    def configs(self, names: Iterable[str]) -> Iterator[tuple[str, KafkaFault]]:
        for name in names:
            self.asked.append(name)
            yield name, self.settings[name]


def client(topics: Topics, *rights: str) -> KafkaClient:
    return partial_client(rights, topics=topics)


def change(name: str, action: Action, kind: str = "topics") -> Change:
    return Change(Address("kafka", kind, (name,)), action, Reason.ABSENT)


@pytest.mark.parametrize(
    ("action", "on_topic", "on_cluster", "lacks"),
    [
        (Action.DELETE, {"DELETE"}, set(), []),
        (Action.DELETE, {"ALTER"}, set(), ["Delete on the topic"]),
        (Action.REPLACE, {"DELETE"}, set(), ["Create on the topic"]),
        (Action.REPLACE, {"DELETE", "CREATE"}, set(), []),
        (Action.REPLACE, {"DELETE"}, {"CREATE"}, []),
        (Action.REPLACE, {"CREATE"}, {"CREATE"}, ["Delete on the topic"]),
        (Action.UPDATE, set(), set(), []),
    ],
)
def test_what_goes_needs_delete_and_what_is_made_again_create_too(
    action: Action, on_topic: set[str], on_cluster: set[str], lacks: list[str]
) -> None:
    caller = client(Topics({"t": frozenset(on_topic)}), *on_cluster)
    found = topic_rights.lacks(caller, [change("t", action)])
    assert [item.lacking for item in found] == lacks
    assert all("--allow-principal User:me --operation" in item.problem.help for item in found)


def test_a_topic_that_may_not_be_described_may_not_be_deleted_and_one_that_went_is_no_matter_of_rights() -> None:
    caller = client(Topics({"hidden": DENIED, "gone": ABSENT}))
    found = topic_rights.lacks(caller, [change("hidden", Action.DELETE), change("gone", Action.DELETE)])
    assert [item.address.name for item in found] == ["hidden"]


def test_what_can_be_made_has_to_be_read_back() -> None:
    topics = Topics(settings={"a": DENIED, "b": ABSENT})
    changes = [change("a", Action.CREATE), change("b", Action.CREATE)]
    (found,) = topic_rights.lacks(client(topics, "CREATE"), changes)
    assert (found.address.name, found.lacking) == ("a", "DescribeConfigs on the topic")
    assert topics.asked == ["a", "b"]


def test_who_may_do_everything_is_not_asked_about_each_new_topic() -> None:
    topics = Topics(settings={"a": ABSENT})
    assert topic_rights.lacks(client(topics, *EVERYTHING), [change("a", Action.CREATE)]) == []
    assert topics.asked == []


@pytest.mark.parametrize(
    ("kind", "name", "right"),
    [("acls", "ALTER", "Alter"), ("users", "ALTER", "Alter"), ("quotas", "ALTER_CONFIGS", "AlterConfigs")],
)
def test_rights_users_and_quotas_need_a_right_on_the_cluster(kind: str, name: str, right: str) -> None:
    some = [change("x", Action.CREATE, kind), change("y", Action.DELETE, kind)]
    permitted = KafkaProvider().kinds[kind]
    assert isinstance(permitted, Permitted)
    context: Any = None
    assert permitted.lacking(client(Topics(), name), some, context) == []
    found = permitted.lacking(client(Topics(), "CREATE"), some, context)
    assert [(item.address, item.lacking) for item in found] == [(c.address, f"{right} on the cluster") for c in some]
    grants = f"`kafka-acls --add --allow-principal User:me --operation {right} --cluster`"
    assert found[0].problem.help == f"an administrator can grant it: {grants}"
