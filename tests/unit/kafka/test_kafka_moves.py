"""Moving replicas step by step on a model of a cluster, killed at any call: it ends as wanted, without a throttle."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from types import SimpleNamespace
from typing import cast

import pytest

from mqinfra.providers.base.request import Refused, UnderWay
from mqinfra.providers.kafka.api.client import KafkaClient
from mqinfra.providers.kafka.api.faults import KafkaFault, fault_named
from mqinfra.providers.kafka.api.replicas import Disk, Move, Moves, Partition, Place
from mqinfra.providers.kafka.moves import steps
from mqinfra.providers.kafka.moves.steps import step
from mqinfra.providers.kafka.moves.throttles import FOLLOWING, LEADING, RATES, is_our_rate, is_ours, rate_for
from mqinfra.providers.kafka.moves.weighing import hindrances, rough, texts


class KilledError(BaseException):
    """The process ends here."""


@dataclass
class Model:
    """A cluster of brokers that copy what is asked of them, one look at a time.

    Attributes:
        racks: the brokers that are alive.
        homes: brokers of each partition, the first its preferred leader.
        leaders: who leads each partition.
        moves: what is being moved, and where it is to lie.
        lists: throttled replicas by topic and setting.
        rates: settings of brokers.
        free: bytes that are free on each broker.
        size: bytes of each partition.
        left: calls that change something until the process is killed; None for never.
        late: looks, once nothing is moved, at which the broker that is asked knows of no follower in sync yet.
    """

    racks: dict[int, str]
    homes: dict[Place, tuple[int, ...]]
    leaders: dict[Place, int | None] = field(default_factory=dict)
    moves: dict[Place, tuple[int, ...]] = field(default_factory=dict)
    lists: dict[str, dict[str, list[str]]] = field(default_factory=dict)
    rates: dict[int, dict[str, str]] = field(default_factory=dict)
    free: int = 10**9
    size: int = 1_000_000
    left: int | None = None
    late: int = 0

    def __post_init__(self) -> None:
        for place, homes in self.homes.items():
            self.leaders.setdefault(place, homes[0])

    def client(self, rate: int | None = 50_000_000, rights: Iterable[str] = ("ALTER", "ALTER_CONFIGS")) -> KafkaClient:
        return cast(
            "KafkaClient",
            SimpleNamespace(
                replicas=self,
                topics=self,
                move_rate=rate,
                rights=frozenset(rights),
                peer=SimpleNamespace(principal="User:deployer"),
            ),
        )

    def copy(self) -> None:
        """Let every move whose brokers are alive come to its end."""
        for place, homes in list(self.moves.items()):
            if set(homes) <= self.racks.keys():
                self.homes[place] = homes
                del self.moves[place]

    def _change(self) -> Iterator[None]:
        """A call that changes something: the process may be killed before it, or when it is done."""
        if self.left is not None:
            self.left -= 1
            if self.left == 0:
                raise KilledError
        yield
        if self.left is not None:
            self.left -= 1
            if self.left == 0:
                raise KilledError

    # --- what the client asks

    def brokers(self) -> dict[int, str]:
        return self.racks

    def load(self) -> Mapping[int, int]:
        return {}

    def unavailable(self) -> str:
        return ""

    def under_way(self) -> Moves:
        found: dict[str, dict[int, Move]] = {}
        for (topic, number), homes in self.moves.items():
            old = self.homes[topic, number]
            found.setdefault(topic, {})[number] = Move(frozenset(homes) - set(old), frozenset(old) - set(homes))
        return found

    def partitions(self, names: Iterable[str]) -> dict[str, tuple[Partition, ...] | KafkaFault]:
        if not self.moves:
            self.late -= 1
        return {
            name: tuple(self._partition(place) for place in sorted(self.homes) if place[0] == name) for name in names
        }

    def _partition(self, place: Place) -> Partition:
        homes = self.homes[place]
        shown = (*homes, *(broker for broker in self.moves.get(place, ()) if broker not in homes))
        leader = self.leaders[place]
        known = [leader] if self.late > 0 and leader is not None else homes
        return Partition(place[1], shown, frozenset(known) & self.racks.keys(), leader)

    def own_settings(
        self, names: Iterable[str], keys: Sequence[str]
    ) -> Iterator[tuple[str, dict[str, str | None] | KafkaFault]]:
        for name in names:
            lists = self.lists.get(name, {})
            yield name, {key: ",".join(lists[key]) for key in keys if key in lists}

    def disks(
        self, brokers: Iterable[int], _of: Mapping[str, Sequence[int]] | None = None
    ) -> dict[int, Disk | KafkaFault]:
        return {
            broker: Disk(self.free, {place: self.size for place, homes in self.homes.items() if broker in homes})
            for broker in brokers
        }

    def settings(self, broker: int) -> Mapping[str, str]:
        return self.rates.get(broker, {})

    # --- what it does

    def give(self, broker: int, settings: Mapping[str, str | None]) -> None:
        for _ in self._change():
            own = self.rates.setdefault(broker, {})
            for name, value in settings.items():
                if value is None:
                    del own[name]
                else:
                    own[name] = value

    def amend(self, topic: str, added: Mapping[str, str], taken: Mapping[str, str]) -> None:
        for _ in self._change():
            lists = self.lists.setdefault(topic, {})
            for name, text in added.items():
                some = lists.setdefault(name, [])
                some += [one for one in text.split(",") if one not in some]
            for name, text in taken.items():
                lists[name] = [one for one in lists[name] if one not in text.split(",")]

    def reset(self, topic: str, settings: Iterable[str]) -> None:
        for _ in self._change():
            for name in settings:
                del self.lists[topic][name]

    def reassign(self, wanted: Mapping[Place, Sequence[int]]) -> dict[Place, KafkaFault | None]:
        for _ in self._change():
            for place, homes in wanted.items():
                self._may_go(place, homes)
                self.moves[place] = tuple(homes)
        return dict.fromkeys(wanted)

    def _may_go(self, place: Place, homes: Sequence[int]) -> None:
        """What is copied is throttled before: listed, and limited where it comes from and goes to."""
        assert self.leaders[place] in homes
        old = self.homes[place]
        for broker in set(homes) - set(old):
            assert {f"{place[1]}:0{broker}", "*"} & set(self.lists[place[0]][FOLLOWING])
            assert all({f"{place[1]}:0{one}", "*"} & set(self.lists[place[0]][LEADING]) for one in old)
            for one in {broker, *old} & self.racks.keys():
                assert set(RATES) <= self.rates[one].keys()

    def elect(self, places: Sequence[Place]) -> None:
        for _ in self._change():
            for place in places:
                self.leaders[place] = self.homes[place][0]


def three(**topics: Sequence[tuple[int, ...]]) -> Model:
    homes = {(name, number): brokers for name, some in topics.items() for number, brokers in enumerate(some)}
    return Model({1: "a", 2: "b", 3: "c"}, homes)


def brought_about(model: Model, factors: Mapping[str, int]) -> int:
    """Step until nothing is left; how many steps it took."""
    for number in range(1, 50):
        if not step(model.client(), factors):
            return number
        model.copy()
    raise AssertionError("it never ended")


def listed(model: Model) -> list[str]:
    return [one for lists in model.lists.values() for some in lists.values() for one in some]


LONELY = ((1,), (1,), (2,))


@pytest.mark.parametrize("factor", [2, 3])
def test_a_topic_gets_more_and_nothing_of_the_move_stays(factor: int) -> None:
    model = three(orders=LONELY)
    brought_about(model, {"orders": factor})
    assert {len(homes) for homes in model.homes.values()} == {factor}
    assert all(model.leaders[place] == homes[0] for place, homes in model.homes.items())
    assert not listed(model)
    assert not any(model.rates.values())


def test_brokers_that_learn_late_who_is_in_sync_are_asked_again_before_preferred_leaders_are_let_lead(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(steps, "_LOOK", 0)
    model = three(orders=LONELY)
    model.late = 5
    brought_about(model, {"orders": 3})
    assert all(model.leaders[place] == homes[0] for place, homes in model.homes.items())
    assert not listed(model)


def test_preferred_leaders_that_stay_out_of_sync_are_not_waited_for_without_end(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(steps, "_LOOK", 0)
    monkeypatch.setattr(steps, "_NEWS", 0)
    model = three(orders=LONELY)
    model.late = 10**6
    brought_about(model, {"orders": 3})
    assert {len(homes) for homes in model.homes.values()} == {3}
    assert not listed(model)


def test_a_run_that_is_killed_before_or_after_any_call_is_finished_by_the_next() -> None:
    for point in range(1, 100):
        model = three(orders=LONELY, others=LONELY)
        model.left = point
        try:
            brought_about(model, {"orders": 3, "others": 2})
        except KilledError:
            model.left = None
            brought_about(model, {"orders": 3, "others": 2})
        else:
            assert point > 20
            return
        assert {len(homes) for (name, _), homes in model.homes.items() if name == "orders"} == {3}
        assert {len(homes) for (name, _), homes in model.homes.items() if name == "others"} == {2}
        assert not listed(model)
        assert not any(model.rates.values())


def test_what_others_throttle_stays_theirs() -> None:
    model = three(orders=LONELY)
    model.lists["orders"] = {LEADING: ["7:1"], FOLLOWING: ["*"]}
    model.rates = {1: {RATES[0]: "5000"}, 2: {RATES[1]: "7000"}}
    brought_about(model, {"orders": 2})
    assert model.lists["orders"] == {LEADING: ["7:1"], FOLLOWING: ["*"]}
    assert {broker: rates for broker, rates in model.rates.items() if rates} == {
        1: {RATES[0]: "5000"},
        2: {RATES[1]: "7000"},
    }


def test_what_another_run_is_moving_keeps_its_rates() -> None:
    model = three(orders=LONELY, theirs=((1,),))
    model.lists["theirs"] = {FOLLOWING: ["0:09"]}
    model.moves["theirs", 0] = (1, 9)
    brought_about(model, {"orders": 3})
    assert not [one for one in model.lists["orders"].values() if one]
    assert all(set(model.rates[broker]) == set(RATES) for broker in (1, 2, 3))


def test_somebody_elses_move_of_the_topic_is_left_to_them() -> None:
    model = three(orders=LONELY)
    model.moves["orders", 0] = (1, 9)
    standing = step(model.client(), {"orders": 3})["orders"]
    assert isinstance(standing, Refused)
    assert "somebody else is moving its replicas (partition 0)" in standing.message
    assert model.moves == {("orders", 0): (1, 9)}
    assert not model.lists


def test_a_topic_of_which_others_throttle_everything_is_not_begun() -> None:
    model = three(orders=LONELY)
    model.lists["orders"] = {LEADING: ["*"], FOLLOWING: ["*"]}
    standing = step(model.client(), {"orders": 3})["orders"]
    assert isinstance(standing, Refused)
    assert "all of them are throttled by somebody else" in standing.message
    assert "--entity-name orders --delete-config" in hindrances(model.client(), {"orders": 3})["orders"][0].problem.help
    assert not model.moves
    assert not step(model.client(), {"orders": 1})


def test_only_so_many_are_moved_at_once(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(steps, "IN_FLIGHT", 2)
    model = three(orders=[(1,)] * 5)
    standing = step(model.client(), {"orders": 2})["orders"]
    assert isinstance(standing, UnderWay)
    assert len(model.moves) == 2
    assert brought_about(model, {"orders": 2}) > 3
    assert {len(homes) for homes in model.homes.values()} == {2}


def test_a_broker_that_is_down_is_named_as_what_keeps_it_from_going_on() -> None:
    model = three(orders=((1,), (2,)))
    step(model.client(), {"orders": 3})
    del model.racks[3]
    model.copy()
    standing = step(model.client(), {"orders": 3})["orders"]
    assert isinstance(standing, UnderWay)
    assert standing.hindrance == "broker 3, which is to get replicas, is down"
    assert standing.message.startswith("0 of 2 partitions moved")
    assert listed(model), "what is still under way stays limited"


def test_a_topic_without_a_leader_is_not_taken_for_done() -> None:
    model = three(orders=LONELY)
    model.leaders["orders", 2] = None
    assert hindrances(model.client(), {"orders": 3})["orders"][0].problem.message == (
        "its replicas can't be moved: there is no leader of partition 2"
    )
    step(model.client(), {"orders": 3})
    model.copy()
    standing = step(model.client(), {"orders": 3})["orders"]
    assert isinstance(standing, UnderWay)
    assert standing.hindrance == "there is no leader of partition 2 to copy from"


def test_the_plan_says_what_is_copied_where_and_what_is_free() -> None:
    model = three(orders=((1,), (1,)))
    assert texts(model.client(), {"orders": 2})["orders"] == (
        "copies 2 replicas, 1.9 MiB: 1 to broker 2 (977 KiB of 954 MiB free), 1 to broker 3 (977 KiB of 954 MiB free)",
    )
    model = three(orders=((1, 2, 3), (1, 2, 3)))
    assert texts(model.client(), {"orders": 2})["orders"] == (
        "drops 2 replicas, 1.9 MiB: 1 of broker 2, 1 of broker 3",
    )


def test_a_plan_that_would_fill_a_disk_is_refused() -> None:
    model = three(orders=LONELY)
    model.free = 2_500_000
    assert (
        "broker 3 has no room for its replicas"
        in hindrances(model.client(), {"orders": 3})["orders"][0].problem.message
    )
    model.free = 3_000_000
    assert not hindrances(model.client(), {"orders": 3})


def test_the_rights_that_are_missing_are_named() -> None:
    (found,) = hindrances(three(orders=LONELY).client(rights=["DESCRIBE", "ALTER_CONFIGS"]), {"orders": 3})["orders"]
    assert found.lacking == "Alter on the cluster"
    assert "--allow-principal User:deployer --operation Alter --cluster" in found.problem.help


def test_a_move_begins_only_where_it_can_be_limited(monkeypatch: pytest.MonkeyPatch) -> None:
    model = three(orders=LONELY)
    monkeypatch.setattr(model, "give", lambda *_: fault_named("CLUSTER_AUTHORIZATION_FAILED", "not allowed"))
    standing = step(model.client(), {"orders": 3})["orders"]
    assert isinstance(standing, Refused)
    assert "could not be limited" in standing.message
    assert not model.moves


def test_the_rate_follows_what_comes_in_unless_the_block_says_it(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(steps, "_SAMPLE", 0.0)
    model = three(orders=LONELY)
    step(model.client(rate=None), {"orders": 3})
    (rate,) = {value for rates in model.rates.values() for value in rates.values()}
    assert int(rate) >= 20_000_000
    assert is_our_rate(rate)
    model = three(orders=LONELY)
    step(model.client(rate=1_000_000), {"orders": 3})
    assert {value for rates in model.rates.values() for value in rates.values()} == {"1000973"}
    step(model.client(rate=2_000_000), {"orders": 3})
    assert {value for rates in model.rates.values() for value in rates.values()} == {"2000973"}
    assert rate_for(None, 30_000_000) == 60_000_973


@pytest.mark.parametrize(
    ("entry", "ours"), [("0:01", True), ("12:0103", True), ("0:1", False), ("0:0", False), ("*", False)]
)
def test_our_entries_are_told_from_others(entry: str, ours: bool) -> None:  # noqa: FBT001 - a parameter of the test
    assert is_ours(entry) is ours


@pytest.mark.parametrize(
    ("size", "text"), [(0, "0 B"), (999, "999 B"), (1_024, "1.0 KiB"), (1_300_000_000, "1.2 GiB"), (2**50, "1.0 PiB")]
)
def test_sizes_are_short(size: int, text: str) -> None:
    assert rough(size) == text
