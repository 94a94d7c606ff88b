"""A run has room for its frames, and whatever it gives or raises comes through."""

import pytest

from mqinfra.cli.room import with_room


def test_what_the_work_gives_and_raises_comes_through() -> None:
    assert with_room(lambda: 3) == 3
    with pytest.raises(ZeroDivisionError):
        with_room(lambda: 1 // 0)


def test_work_may_go_as_deep_as_elsewhere() -> None:
    def depth(left: int) -> int:
        return depth(left - 1) + 1 if left else 0

    assert with_room(lambda: depth(700)) == 700


def test_the_frame_claims_more_than_a_block_of_frames_has() -> None:
    assert with_room.__code__.co_stacksize * 8 > 16 * 1024
