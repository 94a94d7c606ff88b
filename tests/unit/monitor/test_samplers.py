"""What samplers make of the answers of brokers: what is not told is not known, and never 0."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from types import SimpleNamespace
from typing import Any, cast

import pytest

from mqinfra.model.address import Address
from mqinfra.model.promises import Promises
from mqinfra.model.span import Span
from mqinfra.providers.base.connecting.fault import Fault
from mqinfra.providers.base.monitoring.sample import Lane, Sample
from mqinfra.providers.base.monitoring.watched import Limits, Watched, What
from mqinfra.providers.kafka.api.client import KafkaClient
from mqinfra.providers.kafka.api.faults import KafkaFault, fault_named
from mqinfra.providers.kafka.api.group_calls import Membership
from mqinfra.providers.kafka.api.topic_calls import TopicDescription
from mqinfra.providers.kafka.monitoring.sampler import KafkaSampler
from mqinfra.providers.rabbitmq.api.call import Answer, Call
from mqinfra.providers.rabbitmq.io.client import RabbitClient
from mqinfra.providers.rabbitmq.monitoring.sampler import RabbitSampler
from mqinfra.providers.redis.api.client import RedisClient
from mqinfra.providers.redis.monitoring.sampler import RedisSampler

HERE = Span("shop.yaml", 1, 1)
TOPIC = Watched(Address("kafka", "topics", ("orders",)), "orders", What.TOPIC, HERE, replays=True)
GROUP = replace(TOPIC, what=What.GROUP, consumer="billing")
QUEUE = Watched(Address("rabbit", "queues", ("/", "mails")), "mails", What.QUEUE, HERE, place="/")
STREAM = Watched(Address("redis", "streams", ("orders",)), "orders", What.STREAM, HERE, replays=True)
READER = replace(STREAM, what=What.STREAM_GROUP, consumer="billing")


@dataclass
class Kafka:
    """A cluster with one topic of two partitions, whose ends are these."""

    stands: Mapping[str, Any] = field(default_factory=dict)
    members: Mapping[str, Membership | KafkaFault] = field(default_factory=dict)
    ends: tuple[int, int] = (100, 50)
    stable: tuple[int, int] = (100, 50)
    young: Mapping[int, int] = field(default_factory=dict)
    asked_for_age: list[int] = field(default_factory=list)

    def names(self, *, age: float) -> list[str]:
        assert age
        return ["orders"]

    def describe(self, names: Iterable[str]) -> Iterator[tuple[str, TopicDescription | KafkaFault]]:
        for name in names:
            yield (
                name,
                TopicDescription("id", (1, 1), in_sync=(1, 1))
                if name == "orders"
                else fault_named("UNKNOWN_TOPIC_OR_PART", ""),
            )

    def offsets(
        self, places: Iterable[tuple[str, int]], *, latest: bool, stable: bool = False
    ) -> Iterator[tuple[tuple[str, int], int]]:
        for place in places:
            yield place, 0 if not latest else (self.stable if stable else self.ends)[place[1]]

    def offsets_at(self, moments: Mapping[tuple[str, int], int]) -> Iterator[tuple[tuple[str, int], int]]:
        for place in moments:
            self.asked_for_age.append(place[1])
            yield place, self.young.get(place[1], -1)

    def positions(self, names: Sequence[str], described: object = None) -> dict[str, Any]:  # noqa: ARG002 - as of the client
        return {name: self.stands.get(name, {}) for name in names}

    def described(self, names: Sequence[str]) -> dict[str, Membership | KafkaFault]:
        return {name: self.members.get(name, fault_named("GROUP_ID_NOT_FOUND", "none")) for name in names}

    def seen(self) -> dict[str, bool]:
        return dict.fromkeys((*self.members, *self.stands), True)

    def look(self, *watched: Watched) -> dict[str, Sample]:
        client = SimpleNamespace(topics=self, groups=self)
        found = KafkaSampler(cast("KafkaClient", client)).sample(watched)
        return {one.watched.consumer or one.watched.name: one.sample for one in found}


def stable(members: int) -> Membership:
    return Membership(active=True, members=("m",) * members, rights=frozenset(), state="STABLE")


def test_a_group_is_behind_to_where_a_reader_can_get() -> None:
    kafka = Kafka({"billing": {"orders": (90, 50)}}, {"billing": stable(2)}, ends=(200, 50))
    seen = kafka.look(GROUP)["billing"]
    assert seen.lanes == (Lane("0", 90, 0, 200, 100, 1), Lane("1", 50, 0, 50, 50, 1))
    assert (seen.waiting, seen.consumers, seen.settled, seen.taken, seen.marked) == (10, 2, True, 140, False)


def test_a_partition_that_was_never_read_counts_for_nothing() -> None:
    kafka = Kafka({"billing": {"orders": (90, None)}}, {"billing": stable(1)})
    seen = kafka.look(GROUP)["billing"]
    assert (seen.waiting, seen.lanes[1].committed, seen.lanes[1].lag) == (10, None, None)


def test_a_group_that_nobody_knows_has_no_members_and_no_lag() -> None:
    seen = Kafka().look(GROUP)["billing"]
    assert (seen.unknown, seen.consumers, seen.waiting, seen.settled) == ("", 0, None, True)


def test_a_state_without_a_word_is_not_called_a_rebalance() -> None:
    kafka = Kafka({}, {"billing": replace(stable(1), state="UNKNOWN")})
    assert kafka.look(GROUP)["billing"].settled is None


def test_groups_are_found_by_the_beginning_of_their_names() -> None:
    kafka = Kafka({"billing.a": {"orders": (100, 50)}}, {"billing.b": stable(1), "other": stable(1)})
    assert list(kafka.look(replace(GROUP, consumer="billing.", prefixed=True))) == ["billing.a", "billing.b"]
    seen = Kafka().look(replace(GROUP, consumer="billing.", prefixed=True))["billing."]
    assert seen.unknown == "no group has a name that begins with `billing.`"


def test_a_group_of_which_nobody_says_what_it_reads_is_looked_at_in_all_that_it_does() -> None:
    alone = replace(GROUP, address=Address("kafka", "groups", ("billing",)), name="")
    seen = Kafka({"billing": {"orders": (90, 20)}}, {"billing": stable(1)}).look(alone)["billing"]
    assert ([lane.name for lane in seen.lanes], seen.waiting) == (["orders:0", "orders:1"], 40)


def test_what_is_not_there_and_what_nobody_can_read_is_not_known() -> None:
    seen = Kafka().look(replace(TOPIC, name="none"), replace(GROUP, what=What.SHARE_GROUP))
    assert seen["none"].unknown == "it does not exist; `mqinfra apply` makes it"
    assert seen["billing"].unknown == "nobody can read yet how far share groups are"
    denied = Kafka({}, {"billing": fault_named("GROUP_AUTHORIZATION_FAILED", "not allowed")})
    assert denied.look(GROUP)["billing"].unknown == "not allowed"


def test_records_that_wait_too_long_and_that_are_about_to_go_are_counted() -> None:
    kafka = Kafka({"billing": {"orders": (10, 50)}}, {"billing": stable(1)}, young={0: 40})
    late = replace(GROUP, promises=Promises.model_validate({"maxDelay": "5m"}), limits=Limits(retention_ms=1_000_000))
    seen = kafka.look(late)["billing"]
    assert (seen.overdue, seen.endangered) == (30, 30)
    assert set(kafka.asked_for_age) == {0}, "nothing waits in the other one"
    kafka.young = {}
    assert kafka.look(late)["billing"].overdue == 90, "all that waits is older"
    assert (kafka.look(GROUP)["billing"].overdue, kafka.look(GROUP)["billing"].endangered) == (None, None)


class Rabbit:
    """A deployment with one list of queues."""

    def __init__(self, *rows: Mapping[str, Any]) -> None:
        self.rows = list(rows)

    def lists(self, calls: Sequence[Call]) -> list[Answer]:
        (call,) = calls
        assert call.segments == ("queues", "/")
        return [Answer(200, cast("Any", self.rows))]

    def look(self, watched: Watched = QUEUE) -> Sample:
        (found,) = RabbitSampler(cast("RabbitClient", self)).sample([watched])
        return found.sample


ROW = {"name": "mails", "messages": 7, "messages_ready": 4, "messages_unacknowledged": 3, "consumers": 1}


def test_counters_begin_with_the_first_that_they_count() -> None:
    seen = Rabbit({**ROW, "message_stats": {"publish": 9, "ack": 2}}).look()
    assert (seen.waiting, seen.held, seen.length, seen.put, seen.taken) == (4, 3, 7, 9, 2)
    assert Rabbit({**ROW, "message_stats": {"publish": 9}}).look().taken == 0


def test_a_server_that_keeps_no_statistics_counts_nothing() -> None:
    assert (Rabbit(ROW).look().put, Rabbit(ROW).look().taken) == (None, None)
    assert Rabbit({"name": "mails"}).look().unknown == "the server has no statistics of it yet, or keeps none"


def test_a_queue_that_is_not_there_is_not_empty() -> None:
    assert Rabbit().look().unknown == "it does not exist; `mqinfra apply` makes it"


def test_the_length_of_a_stream_is_no_backlog() -> None:
    seen = Rabbit(ROW).look(replace(QUEUE, replays=True))
    assert (seen.length, seen.waiting, seen.held) == (7, None, None)


class Redis:
    """A deployment with one stream and one group of it."""

    def __init__(self, **group: Any) -> None:
        self.stream = {
            "length": 5,
            "last-generated-id": "200-0",
            "entries-added": 9,
            "max-deleted-entry-id": "0-0",
        }
        self.group = {
            "name": "billing",
            "consumers": 1,
            "pending": 0,
            "last-delivered-id": "100-0",
            "entries-read": 4,
            "lag": 5,
            **group,
        }
        self.first: Any = [["150-0", ["a", "b"]]]

    def read_keyed(self, some: Sequence[tuple[str, tuple[str, ...]]]) -> list[Any]:
        return [self._answer(call) for _, call in some]

    def _answer(self, call: tuple[str, ...]) -> Any:
        match call:
            case ("XINFO", "STREAM", "orders"):
                return [item for pair in self.stream.items() for item in pair]
            case ("XINFO", "GROUPS", "orders"):
                return [[item for pair in self.group.items() for item in pair]]
            case ("XPENDING", *_):
                return [["100-0", "mailer", 61_000, 1]]
            case ("XRANGE", *_):
                return self.first
        raise AssertionError(call)

    def look(self, watched: Watched = READER) -> Sample:
        (found,) = RedisSampler(cast("RedisClient", self)).sample([watched])
        return found.sample


def test_a_group_of_a_stream_stands_at_an_id() -> None:
    seen = Redis().look()
    assert (seen.waiting, seen.held, seen.consumers, seen.lost, seen.idle, seen.counted) == (5, 0, 1, 0, None, False)
    assert [(lane.committed, lane.end) for lane in seen.lanes] == [(100 << 64, 200 << 64)]
    assert seen.age is not None


@pytest.mark.parametrize(
    ("group", "waiting"), [({"lag": None}, None), ({"last-delivered-id": "200-0", "lag": None}, 0)]
)
def test_a_lag_that_is_not_told_is_only_0_at_the_end(group: dict[str, Any], waiting: int | None) -> None:
    assert Redis(**group).look().waiting == waiting


def test_what_is_deleted_behind_a_group_does_not_wait() -> None:
    redis = Redis(lag=None)
    redis.first = []
    assert redis.look().waiting == 0


def test_who_may_not_look_at_entries_knows_the_lag_as_far_as_the_server_does() -> None:
    redis = Redis(lag=3)
    redis.first = Fault("NOPERM")
    assert (redis.look().waiting, redis.look().age) == (3, None)


def test_what_was_trimmed_unread_is_lost_unless_entries_were_deleted_singly() -> None:
    redis = Redis(**{"entries-read": 1})
    assert redis.look().lost == 3
    redis.stream["max-deleted-entry-id"] = "120-0"
    assert redis.look().lost is None


def test_pending_entries_come_with_how_long_the_first_is_untouched() -> None:
    seen = Redis(pending=2).look()
    assert (seen.held, seen.idle, seen.taken) == (2, 61.0, 2)
