"""Patterns of policies and permissions: the answers of Erlang's `re`, and none where we can't know them."""

import re
import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mqinfra.model.setting import Problem
from mqinfra.providers.rabbitmq.pattern.regex import (
    LONGEST_PATTERN,
    Pattern,
    compile_pattern,
    exactly,
    exactly_within,
    pattern_problem,
)

NAMES = st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\r\n"), max_size=40)

# Read off `re:run/3` of Erlang/OTP 25 and 27: pattern, names that it matches, names that it does not.
ANSWERS = [
    ("orders", ["orders", "not-orders", "orders.email"], ["order"]),
    ("^orders\\.", ["orders.email"], ["orders", "my.orders.x", "ordersx"]),
    ("", ["", "a"], []),
    ("^a$", ["a", "a\n"], ["a\n\n", "ab", "a\r"]),
    ("^a\\z", ["a"], ["a\n"]),
    ("^a\\Z", ["a", "a\n"], ["ab"]),
    ("a$", [], ["a\r\n"]),
    ("^.$", ["a"], ["é", "\n"]),
    ("^..$", ["é", "ab"], ["a"]),
    ("(?s)^.$", ["a", "\n"], ["ab"]),
    ("^\\w+$", ["a_1"], ["é", "a-b", ""]),
    ("^\\w.$", ["é", "ab"], ["-a"]),
    ("^\\h$", [" ", "\t"], ["\n", "a"]),
    ("^\\R$", ["\r\n", "\n", "\r"], ["a"]),
    ("^\\v\\z", ["\n"], ["\r\n", "a"]),
    ("^[[:alpha:]]+$", ["abC"], ["a1"]),
    ("^[[:^alpha:]]+$", ["12."], ["a1"]),
    ("^[]a]+$", ["]a"], ["b"]),
    ("^[^]]$", ["a"], ["]"]),
    ("^[:a]+$", [":a"], ["b"]),
    ("a(?i)B", ["ab", "aB"], ["AB"]),
    ("^(a(?i)b|c)$", ["C", "aB"], ["A"]),
    ("^(?i:a)b$", ["Ab", "ab"], ["AB"]),
    ("(?i)^[[:upper:]]$", ["a", "A"], ["1"]),
    ("(?i)^[^a]$", ["b"], ["a", "A"]),
    ("^\\Qa.b\\E$", ["a.b"], ["axb"]),
    ("^a\\Q\\E+$", ["aa"], ["b"]),
    ("^\\Q.*", [".*"], ["a"]),
    ("a\\E", ["a"], ["b"]),
    ("^a{x$", ["a{x"], ["a"]),
    ("^a]}$", ["a]}"], ["a"]),
    ("^a{2,3}$", ["aa", "aaa"], ["a", "aaaa"]),
    ("^(?<n>a)+$", ["aa"], ["b"]),
    ("^(?P<n>a|b)$", ["b"], ["c"]),
    ("^(?>a|ab)c$", ["ac"], ["abc"]),
    ("^a++b$", ["aab"], ["aa"]),
    ("^a(?!b)", ["ac"], ["ab"]),
    ("(?<=\\.)dlq$", ["a.dlq"], ["dlq"]),
    ("\\bemail\\b", ["orders.email", "email"], ["emails", "e_email"]),
    ("(?m)^b$", ["a\nb", "b"], ["a\nbc"]),
    ("^\\x61\\x{62}$", ["ab"], ["b"]),
    ("^(?#words)a$", ["a"], ["b"]),
    ("^a\\-\\_b$", ["a-_b"], ["ab"]),
    (".*a.*", ["xax", "a"], ["x"]),
]
REFUSED = ["(", ")", "[", "*a", "[b-a]", "[a-\\d]", "[[:foo:]]", "[:alpha:]", "a{3,2}", "\\", "\\x{1e9}", "{2}"]
NOT_EVALUATED = [
    "(a)\\1", "(?R)", "(?1)", "(?(1)a|b)", "(*UTF8)a", "\\pL", "\\Ka", "\\Ga", "a\0b", "(?x) a", "(?|a|b)", "a{,3}",
    "\\y", "[\\d-z]", "a**", "(?<=a+)b", "\\b*",
]  # fmt: skip
SLOW = ["(a+)+b", "(a|aa)*b", "(a*)*b", "(a?)*b", "(.*)*", "^(.*)-(.*)-(.*)-(.*)x$", "a?" * 40 + "a" * 40, "(a|a){90}b"]
NOT_SLOW = [
    "^([a-z]+\\.)*dlq$",
    "^[^.]+\\.[^.]+\\.[^.]+\\.[^.]+\\.dlq$",
    "^(a|b)*$",
    "^.*-.*-.*$",
    ".*a.*b.*",
    "a.*b.*c",
]


def compiled(text: str) -> Pattern:
    pattern = compile_pattern(text)
    assert isinstance(pattern, Pattern), pattern
    return pattern


@pytest.mark.parametrize(("pattern", "matched", "others"), ANSWERS)
def test_answers_are_those_of_erlang(pattern: str, matched: list[str], others: list[str]) -> None:
    answers = {name: compiled(pattern).matches(name) for name in (*matched, *others)}
    assert answers == {name: name in matched for name in answers}


@pytest.mark.parametrize("pattern", REFUSED)
def test_what_the_server_refuses_is_said(pattern: str) -> None:
    problem = pattern_problem(pattern)
    assert problem is not None
    assert compile_pattern(pattern) == problem
    assert "refuses" in problem.help


@pytest.mark.parametrize("pattern", [*NOT_EVALUATED, *SLOW])
def test_what_we_cannot_know_is_no_guess(pattern: str) -> None:
    problem = compile_pattern(pattern)
    assert isinstance(problem, Problem)
    assert "can't be evaluated here" in problem.message
    assert pattern_problem(pattern) is None


@pytest.mark.parametrize("pattern", NOT_SLOW)
def test_taken_patterns_are_fast_on_names_made_to_hurt(pattern: str) -> None:
    for name in ("a" * 255, "a." * 127, "-" * 255, "ab" * 127, "abc" * 80 + "\n"):
        start = time.process_time()
        compiled(pattern).matches(name)
        assert time.process_time() - start < 0.5


@given(st.sets(NAMES, min_size=1, max_size=8), NAMES)
def test_exactly_matches_the_names_and_no_other(names: set[str], other: str) -> None:
    pattern = compiled(exactly(names))
    assert all(pattern.matches(name) for name in names)
    assert pattern.matches(other) == (other in names)
    assert pattern.literals == frozenset(name.encode() for name in names)
    assert pattern.anchored


@given(st.sets(NAMES, min_size=1, max_size=8), NAMES)
def test_exactly_needs_no_trust_in_the_short_cut(names: set[str], other: str) -> None:
    regex = re.compile(exactly(names).encode(), re.DOTALL)
    assert all(regex.search(name.encode()) for name in names)
    assert bool(regex.search(other.encode())) == (other in names)


def test_exactly_is_sorted_and_short() -> None:
    assert exactly(["orders.email"]) == r"^orders\.email$"
    assert exactly(["b", "a", "b"]) == "^(?:a|b)$"
    assert exactly(["a\0b"]) == r"^a\x00b$"
    with pytest.raises(ValueError, match="no names"):
        exactly([])


@given(st.sets(NAMES, max_size=30), st.integers(min_value=200, max_value=400))
def test_split_patterns_match_the_same_names(names: set[str], longest: int) -> None:
    patterns = exactly_within(names, longest)
    assert all(len(pattern.encode()) <= longest for pattern in patterns)
    literals = [compiled(pattern).literals or frozenset() for pattern in patterns]
    assert sorted(word for words in literals for word in words) == sorted(name.encode() for name in names)


def test_newer_servers_take_patterns_of_1024_bytes() -> None:
    longest = "a" * LONGEST_PATTERN
    assert pattern_problem(longest) is None
    assert pattern_problem(longest + "a") is not None
    for version, refused in [((4, 2, 7), False), ((4, 2, 8), True), ((4, 3, 1), False), ((4, 3, 2), True)]:
        assert (pattern_problem("é" * 513, version) is not None) == refused, version


@pytest.mark.parametrize(
    ("pattern", "anchored"),
    [
        ("^orders$", True),
        ("^(a|b)$", True),
        ("^a$|^b$", True),
        ("\\Aa.*\\z", True),
        ("^.*$", True),
        ("orders", False),
        ("^orders", False),
        ("orders$", False),
        ("^a|b$", False),
        ("(?m)^a$", False),
        (".*", False),
        ("", False),
        ("^(a)\\1$", False),
    ],
)
def test_anchored_patterns_are_told_from_others(pattern: str, *, anchored: bool) -> None:
    found = compile_pattern(pattern)
    assert (isinstance(found, Pattern) and found.anchored) == anchored


@pytest.mark.parametrize(
    ("pattern", "literals"),
    [
        ("^a$", {"a"}),
        ("^a\\.(b|c)$", {"a.b", "a.c"}),
        ("^a$|^b$", {"a", "b"}),
        ("^a|b$", None),
        ("^a?$", None),
        ("^a.$", None),
        ("(?i)^a$", None),
        ("a", None),
    ],
)
def test_lists_of_names_are_recognised(pattern: str, literals: set[str] | None) -> None:
    assert compiled(pattern).literals == (None if literals is None else {word.encode() for word in literals})
