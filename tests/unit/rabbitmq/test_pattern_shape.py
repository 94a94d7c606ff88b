"""Better patterns than those that somebody wrote."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mqinfra.providers.rabbitmq.pattern.regex import Pattern, compile_pattern, exactly
from mqinfra.providers.rabbitmq.pattern.shape import anchored, is_prefix


@pytest.mark.parametrize(
    ("written", "better"),
    [
        ("orders", "^orders$"),
        ("^orders", "^orders$"),
        ("orders$", "^orders$"),
        (r"orders\.", r"^orders\."),
        ("orders.*", "^orders.*"),
        ("orders-", "^orders-"),
        ("^orders|mails$", "^(?:orders|mails)$"),
        ("(orders|mails)", "^(orders|mails)$"),
        (r"[|]|a", r"^(?:[|]|a)$"),
        (r"a\|b", r"^a\|b$"),
        (r"cost\$", r"^cost\$$"),
    ],
)
def test_pattern_gets_the_anchors_that_it_lacks(written: str, better: str) -> None:
    assert anchored(written) == better


@pytest.mark.parametrize("text", [r"^orders\.", "^orders-", "^orders_", "^orders.*", r"^(a|b)\.", "^team/"])
def test_prefix_with_a_delimiter_is_meant_so(text: str) -> None:
    assert is_prefix(text)


@pytest.mark.parametrize("text", ["^orders", r"orders\.", r"^a\.|b\.", "^orders$", "^[a-z]+", "^orders+"])
def test_other_patterns_are_no_prefix(text: str) -> None:
    assert not is_prefix(text)


@given(st.lists(st.text(st.characters(codec="utf-8", exclude_categories=("C", "Z")), min_size=1), min_size=1))
def test_exact_pattern_still_matches_its_names_once_anchored(names: list[str]) -> None:
    pattern = compile_pattern(anchored(exactly(names)))
    assert isinstance(pattern, Pattern)
    assert all(pattern.matches(name) for name in names if len(name.encode()) <= 255)
