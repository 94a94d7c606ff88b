"""Where two scopes own the same names, and what a scope owns that it did not own before."""

import pytest

from mqinfra.model.overlap import EVERYTHING, Overlap, added, overlaps
from mqinfra.model.scope import Owned


def topics(*patterns: str) -> Owned:
    return Owned({"topics": patterns})


def part(place: str, *names: str) -> Owned:
    return Owned({}, {place: names})


def met(ours: Owned, theirs: Owned) -> list[tuple[str, str, str]]:
    return [(one.word, one.ours, one.theirs) for one in overlaps(ours, theirs, "vhosts")]


@pytest.mark.parametrize(
    ("ours", "theirs"),
    [
        ("orders.created", "orders.created"),
        ("orders.created", "orders.*"),
        ("orders.*", "orders.created"),
        ("orders.*", "orders.eu.*"),
        ("orders.eu.*", "orders.*"),
        ("orders.*", "orders.*"),
    ],
)
def test_patterns_that_own_a_name_in_common_overlap(ours: str, theirs: str) -> None:
    assert met(topics(ours), topics(theirs)) == [("topics", ours, theirs)]


@pytest.mark.parametrize(
    ("ours", "theirs"), [("orders", "orders.*"), ("orders.*", "ordersx"), ("a.*", "b.*"), ("orders.*", "orders-*")]
)
def test_patterns_without_a_name_in_common_do_not(ours: str, theirs: str) -> None:
    assert met(topics(ours), topics(theirs)) == met(topics(theirs), topics(ours)) == []


def test_the_same_name_of_two_kinds_is_no_overlap() -> None:
    assert met(topics("orders"), Owned({"groups": ("orders",)})) == []


def test_a_whole_cluster_overlaps_with_whatever_is_owned_on_it() -> None:
    everything = Owned(whole=True)
    assert met(everything, topics("a", "b.*")) == [(EVERYTHING, "", "a"), (EVERYTHING, "", "b.*")]
    assert met(topics("a"), everything) == [("topics", "a", "")]
    assert met(everything, everything) == [(EVERYTHING, "", "")]
    assert met(everything, Owned()) == met(Owned(), everything) == []


def test_who_owns_a_vhost_and_who_owns_names_in_it_do_not_overlap() -> None:
    whole = Owned({"vhosts": ("/shop",)})
    assert met(whole, part("/shop", "orders.*")) == met(part("/shop", "orders.*"), whole) == []
    assert met(Owned(whole=True), part("/shop", "orders.*")) == []


def test_parts_overlap_where_both_own_a_name_in_the_same_vhost() -> None:
    ours, theirs = part("/shop", "orders.*", "x.*"), part("/shop", "orders.eu.*", "y.*")
    assert overlaps(ours, theirs, "vhosts") == [Overlap("vhosts", "orders.*", "orders.eu.*", "/shop")]
    assert met(ours, part("/other", "orders.*")) == []
    assert overlaps(part("/eu/*", "a"), part("/eu/shop", "a"), "vhosts") == [Overlap("vhosts", "a", "a", "/eu/shop")]


def test_only_what_a_scope_did_not_own_before_is_new() -> None:
    before = Owned({"topics": ("orders.*",)}, {"/": ("orders.*",)})
    assert added(before, before) == Owned()
    assert added(Owned({"topics": ("orders.eu.*", "orders.x")}, {"/": ("orders.eu.*",)}), before) == Owned()
    now = Owned({"topics": ("orders.*", "returns.*"), "groups": ("orders",)}, {"/": ("orders.*",), "/b": ("orders.*",)})
    assert added(now, before) == Owned({"topics": ("returns.*",), "groups": ("orders",)}, {"/b": ("orders.*",)})
    assert added(Owned(whole=True), before) == Owned(whole=True)
    assert added(now, Owned(whole=True)) == Owned()


def test_a_part_is_new_to_whom_owned_the_whole_vhost() -> None:
    assert added(part("/shop", "a"), Owned({"vhosts": ("/shop",)})) == part("/shop", "a")
