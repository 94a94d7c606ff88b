"""Where replicas go: never away from the leader or the last one in sync, evenly, in as many racks as can be."""

from collections import Counter
from collections.abc import Mapping, Sequence
from itertools import product

from hypothesis import given
from hypothesis import strategies as st

from mqinfra.providers.kafka.api.replicas import Partition
from mqinfra.providers.kafka.moves.placing import placed

Racks = dict[int, str]


@st.composite
def clusters(draw: st.DrawFn) -> Racks:
    racks = draw(st.lists(st.sampled_from(["", "a", "b", "c"]), min_size=1, max_size=6))
    return dict(enumerate(racks, start=1))


@st.composite
def topics(draw: st.DrawFn, racks: Racks) -> list[Partition]:
    # One broker more than is alive: a dead one may hold replicas too.
    brokers = [*racks, max(racks) + 1]
    partitions = []
    for number in range(draw(st.integers(1, 5))):
        replicas = draw(st.lists(st.sampled_from(brokers), min_size=1, max_size=len(brokers), unique=True))
        alive = [broker for broker in replicas if broker in racks]
        leader = draw(st.sampled_from([None, *alive]))
        some = draw(st.sets(st.sampled_from(replicas)))
        partitions.append(Partition(number, tuple(replicas), frozenset(some | {leader} if leader else some), leader))
    return partitions


@st.composite
def situations(draw: st.DrawFn) -> tuple[Racks, list[Partition], int]:
    racks = draw(clusters())
    return racks, draw(topics(racks)), draw(st.integers(1, len(racks)))


@given(situations())
def test_it_moves_only_what_has_another_number_of_replicas_and_no_more_than_that(
    situation: tuple[Racks, list[Partition], int],
) -> None:
    racks, partitions, factor = situation
    found = placed(partitions, factor, racks, {})
    for one in partitions:
        if len(one.replicas) == factor or one.leader is None:
            assert one.number not in found
            continue
        if one.number not in found:
            assert len(set(racks) | set(one.replicas)) < factor
            continue
        after = found[one.number]
        assert len(after) == len(set(after)) == factor
        assert set(after) >= set(one.replicas) or set(after) <= set(one.replicas)
        assert set(after) - set(one.replicas) <= set(racks)


@given(situations())
def test_it_never_takes_the_leader_and_keeps_as_many_in_sync_as_can_be(
    situation: tuple[Racks, list[Partition], int],
) -> None:
    racks, partitions, factor = situation
    for number, after in placed(partitions, factor, racks, {}).items():
        one = partitions[number]
        assert one.leader in after
        assert len(one.in_sync & set(after)) == min(factor, len(one.in_sync))


@given(situations())
def test_no_other_choice_lies_in_more_racks(situation: tuple[Racks, list[Partition], int]) -> None:
    racks, partitions, factor = situation
    for number, after in placed(partitions, factor, racks, {}).items():
        one = partitions[number]
        if len(one.replicas) > factor:
            continue  # what is not in sync goes first, whatever its rack
        added = [broker for broker in after if broker not in one.replicas]
        for gone, instead in product(added, set(racks) - set(after)):
            others = [broker for broker in after if broker != gone]
            assert crowd(gone, others, racks) <= crowd(instead, others, racks)


def crowd(broker: int, others: Sequence[int], racks: Mapping[int, str]) -> int:
    rack = racks.get(broker, "")
    return sum(racks.get(other, "") == rack for other in others) if rack else 0


@given(st.integers(1, 7), st.integers(1, 12), st.data())
def test_with_more_replicas_from_an_even_start_brokers_hold_as_many_each(
    brokers: int, partitions: int, data: st.DataObject
) -> None:
    before, factor = sorted(data.draw(st.integers(1, brokers)) for _ in range(2))
    spread = [
        Partition(number, replicas, frozenset(replicas), replicas[0])
        for number in range(partitions)
        for replicas in [tuple((number * before + step) % brokers + 1 for step in range(before))]
    ]
    found = placed(spread, factor, dict.fromkeys(range(1, brokers + 1), ""), {})
    after = [found.get(one.number, one.replicas) for one in spread]
    assert even([broker for replicas in after for broker in replicas], brokers)


@given(st.integers(2, 6), st.integers(1, 10))
def test_a_topic_that_lay_on_one_broker_is_led_by_all(brokers: int, partitions: int) -> None:
    lonely = [Partition(number, (1,), frozenset({1}), 1) for number in range(partitions)]
    found = placed(lonely, brokers, dict.fromkeys(range(1, brokers + 1), ""), {})
    assert even([replicas[0] for replicas in found.values()], brokers)


@given(situations(), st.dictionaries(st.integers(1, 7), st.integers(0, 99)))
def test_the_same_is_chosen_whenever_it_is_asked(
    situation: tuple[Racks, list[Partition], int], load: dict[int, int]
) -> None:
    racks, partitions, factor = situation
    assert placed(partitions, factor, racks, load) == placed(partitions, factor, racks, load)


def test_of_brokers_that_are_equal_otherwise_the_one_with_least_gets_it() -> None:
    lonely = [Partition(0, (1,), frozenset({1}), 1)]
    assert placed(lonely, 2, {1: "", 2: "", 3: ""}, {1: 5, 2: 9, 3: 4}) == {0: (1, 3)}


def test_what_is_out_of_sync_goes_before_what_is_crowded() -> None:
    crowded = [Partition(0, (1, 2, 3), frozenset({1, 2}), 1)]
    assert placed(crowded, 2, {1: "a", 2: "a", 3: "b"}, {}) == {0: (1, 2)}


def even(brokers: Sequence[int], number: int) -> bool:
    counts = Counter(brokers)
    held = [counts[broker] for broker in range(1, number + 1)]
    return max(held) - min(held) <= 1
