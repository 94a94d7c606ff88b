"""Names are read back out of the patterns that were written of them, and out of no others."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mqinfra.providers.rabbitmq.pattern.regex import exactly, names_in


@given(st.sets(st.text(min_size=1), min_size=1, max_size=4))
def test_names_come_back(names: set[str]) -> None:
    assert names_in(exactly(names)) in (frozenset(names), None)


@given(st.sets(st.from_regex(r"[a-z|.\\$()+-]{1,8}", fullmatch=True), min_size=1, max_size=4))
def test_plain_names_always_come_back(names: set[str]) -> None:
    assert names_in(exactly(names)) == frozenset(names)


@pytest.mark.parametrize("pattern", [".*", "^a", "a$", "^a.*$", "^(?:a|b", "^(?:a|(b))$", "a", "^a|b$", "^(?:b|a)$"])
def test_another_pattern_has_no_names(pattern: str) -> None:
    assert names_in(pattern) is None


def test_an_empty_pattern_matches_no_name() -> None:
    assert names_in("") == frozenset()
