"""When the lists of all brokers make one."""

from collections.abc import Mapping

from mqinfra.providers.kafka.api.node_calls import Topics, agreed

HALF, WHOLE = {"a": 1}, {"a": 1, "b": 3}


def looking(*looks: Mapping[int, Topics], patience: float = 60.0) -> tuple[Topics | str, int]:
    """What comes of these looks, and how many were needed; the last one goes on for ever."""
    taken: list[int] = []

    def look() -> Mapping[int, Topics]:
        taken.append(len(taken))
        return looks[min(len(taken), len(looks)) - 1]

    return agreed(look, patience, lambda _: None), len(taken)


def test_brokers_that_agree_twice_are_believed() -> None:
    assert looking({1: WHOLE, 2: WHOLE}) == (WHOLE, 2)


def test_one_that_is_behind_is_waited_for() -> None:
    assert looking({1: HALF, 2: WHOLE}, {1: WHOLE, 2: WHOLE}) == (WHOLE, 3)


def test_a_list_that_still_grows_is_not_believed() -> None:
    assert looking({1: {}}, {1: HALF}, {1: WHOLE}) == (WHOLE, 4)


def test_partitions_count_too() -> None:
    assert looking({1: {"a": 1}, 2: {"a": 2}}, {1: {"a": 2}, 2: {"a": 2}}) == ({"a": 2}, 3)


def test_brokers_that_never_agree_are_told_with_what_they_know() -> None:
    said, _ = looking({1: HALF, 2: WHOLE}, patience=0.0)
    assert said == "the brokers are still learning which topics there are: broker 1 knows 1, broker 2 knows 2"
