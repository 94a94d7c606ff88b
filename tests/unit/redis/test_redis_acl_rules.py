"""What ACL rules mean, without a server: order, categories, subcommands, patterns."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mqinfra.providers.redis.acl.rules import (
    BUILT_IN,
    Granted,
    channel_pattern,
    channel_set,
    command_rule,
    difference,
    key_pattern,
    key_set,
)

RULES = st.lists(
    st.sampled_from(
        [
            "+@all",
            "-@all",
            "+@read",
            "-@read",
            "+@stream",
            "-@write",
            "+get",
            "-get",
            "+config",
            "-config|set",
            "+config|get",
            "+command",
            "-command|docs",
            "+select|0",
            "+select",
            "+get|x",
            "+@connection",
            "-@connection",
        ]
    ),
    max_size=8,
)


@pytest.mark.parametrize(
    ("rules", "allowed", "denied"),
    [
        ([], [], ["get"]),
        (["+@read", "-get"], ["mget"], ["get", "set"]),
        (["-get", "+@read"], ["get"], ["set"]),
        (["+@all", "-config|set"], ["config|get", "get"], ["config|set"]),
        (["+config", "-config|set"], ["config|get"], ["config|set", "get"]),
        (["+config|get"], ["config|get"], ["config|set"]),
        (["+select|0"], ["select|0"], ["select"]),
        (["+command", "-command|docs"], ["command", "command|info"], ["command|docs"]),
        (["+@all", "-@all"], [], ["get"]),
    ],
)
def test_rules_are_carried_out_in_order(rules: list[str], allowed: list[str], denied: list[str]) -> None:
    granted = BUILT_IN.expand(rules).commands
    assert set(allowed) <= granted
    assert not set(denied) & granted


@pytest.mark.parametrize(
    ("rules", "covering"),
    [
        (["+@all", "+get|x"], ["+@all"]),
        (["+get|x", "+@all"], ["+@all"]),
        (["+@connection", "+select|0"], ["+@connection"]),
        (["+select|0", "+@connection"], ["+@connection"]),
        (["+select", "+select|0", "-select"], ["+select", "-select"]),
        (["+select|0", "-@connection"], ["-@connection"]),
        (["+select|0", "+select|0"], ["+select|0"]),
    ],
)
def test_a_first_argument_says_nothing_beside_rules_about_its_whole_command(
    rules: list[str], covering: list[str]
) -> None:
    assert BUILT_IN.expand(rules) == BUILT_IN.expand(covering)


def test_only_everything_covers_what_is_to_come() -> None:
    assert BUILT_IN.expand(["+@all"]).future
    assert BUILT_IN.expand(["+@all", "-get"]).future
    assert not BUILT_IN.expand(["+@all", "-@all"]).future
    assert not BUILT_IN.expand([f"+@{name}" for name in BUILT_IN.categories]).future


def test_containers_are_no_commands_but_command_is() -> None:
    assert "config" not in BUILT_IN.atoms
    assert "command" in BUILT_IN.atoms


@given(RULES, RULES)
def test_what_came_before_everything_does_not_matter(before: list[str], after: list[str]) -> None:
    assert BUILT_IN.expand([*before, "-@all", *after]) == BUILT_IN.expand(after)


@given(RULES)
def test_saying_the_last_rule_again_changes_nothing(rules: list[str]) -> None:
    assert BUILT_IN.expand([*rules, *rules[-1:]]) == BUILT_IN.expand(rules)


@given(RULES, RULES)
def test_a_difference_is_named_exactly_when_there_is_one(one: list[str], other: list[str]) -> None:
    before, after = BUILT_IN.expand(one), BUILT_IN.expand(other)
    assert bool(difference(before, after)) == (before != after)


def test_a_difference_names_the_commands() -> None:
    assert difference(Granted(frozenset({"get"})), Granted(frozenset({"set"}))) == "adds `set`; takes away `get`"
    many = Granted(frozenset(f"c{number}" for number in range(9)), future=True)
    said = "adds `c0`, `c1`, `c2`, `c3`, `c4`, `c5`, 3 more commands, commands of later versions"
    assert difference(Granted(frozenset()), many) == said


@pytest.mark.parametrize(
    ("one", "other"),
    [
        (["~a", "~b"], ["~b", "~a", "~a"]),
        (["~a"], ["~a", "%R~a", "%W~a"]),
        (["~*"], ["~*", "~a", "%R~*"]),
        (["%R~*"], ["%R~*", "%R~a"]),
    ],
)
def test_patterns_that_cover_the_same_are_the_same(one: list[str], other: list[str]) -> None:
    assert key_set(one) == key_set(other)


def test_reading_and_writing_apart_are_not_both_at_once() -> None:
    """Redis wants one pattern that allows everything a command does with a key (ACLSelectorCheckKey)."""
    assert key_set(["%R~a", "%W~a"]) != key_set(["~a"])
    assert channel_set(["&a", "&*"]) == channel_set(["&*"])


def test_rules_are_written_as_the_server_does() -> None:
    assert [command_rule(text) for text in ("+GET", "allcommands", "-@Read", "+config|GET")] == [
        "+get",
        "+@all",
        "-@read",
        "+config|get",
    ]
    assert [key_pattern(text) for text in ("%RW~x", "%wr~x", "%r~x", "allkeys", "~")[:4]] == ["~x", "~x", "%R~x", "~*"]
    assert channel_pattern("allchannels") == "&*"


@pytest.mark.parametrize("text", ["get", "+", "+get set", "~*", ">password", "+(get)"])
def test_what_is_no_rule_is_refused(text: str) -> None:
    with pytest.raises(ValueError, match="not a command rule"):
        command_rule(text)


@pytest.mark.parametrize("text", ["orders:*", "~", "%X~a", "~a b", "&a"])
def test_what_is_no_key_pattern_is_refused(text: str) -> None:
    with pytest.raises(ValueError, match="not a key pattern"):
        key_pattern(text)


def test_unknown_names_are_found_but_for_courtesies() -> None:
    assert not BUILT_IN.knows("+xadddd")
    assert not BUILT_IN.knows("-@streams")
    assert BUILT_IN.knows("+select|0")
    assert BUILT_IN.sendable(["+client|setinfo", "+get", "+xadddd"]) == ["+get", "+xadddd"]
