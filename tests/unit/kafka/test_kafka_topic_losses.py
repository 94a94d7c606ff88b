"""Which changes of a topic's settings may destroy records."""

from typing import Any

import pytest

from mqinfra.model.address import Address
from mqinfra.model.change import Action, Change, FieldDifference, Reason
from mqinfra.model.loss import ALL
from mqinfra.model.reading import Facts, Live
from mqinfra.providers.base.losses import LossView
from mqinfra.providers.kafka.topics.kind import TopicKind
from mqinfra.providers.kafka.topics.spec import TopicSpec

KIND = TopicKind()
FACTS = Facts(cluster_id="c", version="4.4")
TOPIC = Address("kafka", "topics", ("orders",))
DAY = 86_400_000
Own = dict[str, Any]


def losses(own: Own, wanted: Own, action: Action = Action.UPDATE) -> list[tuple[str, str, int | str | None]]:
    """What a change of some settings may destroy: the field, the words, and what counting needs."""
    live = Live(TopicSpec(partitions=1, replication_factor=1, config=own), "id", KIND.inherited(FACTS))
    differences = tuple(
        FieldDifference(("config", key), own.get(key), value, live.inherited.get(("config", key)))
        for key, value in wanted.items()
    )
    change = Change(TOPIC, action, Reason.DIFFERS, differences)
    found = list(KIND.losses(LossView({TOPIC: change}, {TOPIC: live}, FACTS)))
    assert {address for address, _ in found} <= {TOPIC}
    return [(loss.field, loss.text, loss.limit) for _, loss in found]


OLDER = ("config.retention.ms", "records older than 1d expire", DAY)
OVER = ("config.retention.bytes", "the oldest records of partitions over 1GB are deleted", None)
BEYOND = ("config.cleanup.policy", "records beyond the topic's retention are deleted", None)
NEWEST = ("config.cleanup.policy", "all but the newest record of each key are deleted", None)
REMOTE = ("config.remote.storage.enable", "what is only in remote storage is deleted", None)
LOCAL = (
    "config.local.retention.ms",
    "records beyond it are deleted, since nothing is copied to remote storage",
    None,
)


@pytest.mark.parametrize(
    ("own", "wanted", "expected"),
    [
        pytest.param({"retention.ms": 2 * DAY}, {"retention.ms": DAY}, [OLDER], id="a shorter retention"),
        pytest.param({}, {"retention.ms": DAY}, [OLDER], id="shorter than what it inherits"),
        pytest.param({"retention.ms": -1}, {"retention.ms": DAY}, [OLDER], id="no longer for ever"),
        pytest.param({"retention.ms": DAY}, {"retention.ms": 2 * DAY}, [], id="a longer retention"),
        pytest.param({"retention.ms": DAY}, {"retention.ms": None}, [], id="back to a longer default"),
        pytest.param({}, {"retention.ms": 7 * DAY}, [], id="the default said out loud"),
        pytest.param({"retention.bytes": -1}, {"retention.bytes": 10**9}, [OVER], id="a limit in bytes"),
        pytest.param({"cleanup.policy": "compact"}, {"retention.ms": DAY}, [], id="a topic that only compacts"),
        pytest.param({}, {"cleanup.policy": "compact", "retention.ms": DAY}, [NEWEST], id="one that will only compact"),
        pytest.param(
            {"cleanup.policy": "compact", "retention.ms": 2 * DAY},
            {"cleanup.policy": "delete", "retention.ms": DAY},
            [BEYOND, OLDER],
            id="one that will expire",
        ),
        pytest.param({"cleanup.policy": "compact,delete"}, {"cleanup.policy": "delete"}, [], id="no longer compacted"),
        pytest.param({"cleanup.policy": "compact"}, {"cleanup.policy": None}, [BEYOND], id="reset to deletion"),
        pytest.param({"remote.storage.enable": True}, {"remote.storage.enable": False}, [REMOTE], id="tiering off"),
        pytest.param(
            {"remote.storage.enable": True, "remote.log.copy.disable": True, "retention.ms": 2 * DAY},
            {"local.retention.ms": DAY},
            [LOCAL],
            id="local retention without copies",
        ),
        pytest.param(
            {"remote.storage.enable": True, "retention.ms": 2 * DAY},
            {"local.retention.ms": DAY},
            [],
            id="local retention with copies",
        ),
        pytest.param({"max.message.bytes": 10}, {"max.message.bytes": 5}, [], id="a setting that destroys nothing"),
    ],
)
def test_what_a_change_may_destroy(own: Own, wanted: Own, expected: list[tuple[str, str, int | None]]) -> None:
    assert losses(own, wanted) == expected


def test_deletes_and_replaces_are_counted_elsewhere() -> None:
    assert losses({"retention.ms": 2 * DAY}, {"retention.ms": DAY}, Action.REPLACE) == []


def test_more_partitions_destroy_nothing_and_are_told_of_all_the_same() -> None:
    live = Live(TopicSpec(partitions=1, replication_factor=1), "id", KIND.inherited(FACTS))
    change = Change(TOPIC, Action.UPDATE, Reason.DIFFERS, (FieldDifference(("partitions",), 1, 2),))
    ((_, loss),) = KIND.losses(LossView({TOPIC: change}, {TOPIC: live}, FACTS))
    assert (loss.field, loss.keeps) == ("partitions", ALL)
