"""What combines options knows all that there are."""

import pytest

from tests.ownership.options import options


@pytest.mark.parametrize("command", ["plan", "apply"])
def test_each_option_has_a_value_to_try(command: str) -> None:
    given = options(command)
    assert len(given) > 15
    assert len({words[0] for words in given}) > 10
