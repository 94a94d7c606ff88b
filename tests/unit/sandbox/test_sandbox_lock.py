"""What the sandbox's lock is for: an apply that waited for another one works on what that one left."""

import threading
from contextlib import ExitStack
from pathlib import Path

import pytest

from mqinfra.model.errors import UserError
from mqinfra.model.exit_code import ExitCode
from mqinfra.model.record import Owner
from tests.unit.sandbox.opened import ONE, OTHER, create, opened

OWNER = Owner("shop", "local")


def test_what_another_wrote_before_the_lock_was_free_is_kept(tmp_path: Path) -> None:
    first, second = opened(tmp_path), opened(tmp_path)
    with first.lock(OWNER, "first", 0):
        create(first, ONE)
    with second.lock(OWNER, "second", 0):
        assert set(second.read({"topics": None}).resources) == {ONE}
        create(second, OTHER)
    assert set(opened(tmp_path).read({"topics": None}).resources) == {ONE, OTHER}


def test_the_loser_waits_then_names_the_holder(tmp_path: Path) -> None:
    first, second = opened(tmp_path), opened(tmp_path)
    with first.lock(OWNER, "ann applying shop/local", 0), pytest.raises(UserError) as told:
        second.lock(OWNER, "ben", 0.05).__enter__()
    assert told.value.exit_code is ExitCode.LOCKED
    assert "ann applying shop/local" in told.value.diagnostics[0].message


def test_waiting_ends_when_the_lock_is_free(tmp_path: Path) -> None:
    first, second = opened(tmp_path), opened(tmp_path)
    with ExitStack() as held:
        held.enter_context(first.lock(OWNER, "ann", 0))
        threading.Timer(0.1, held.pop_all().close).start()
        with second.lock(OWNER, "ben", 5):
            create(second, ONE)
    assert set(opened(tmp_path).read({"topics": None}).resources) == {ONE}


def test_a_lock_is_held_until_it_is_released(tmp_path: Path) -> None:
    with opened(tmp_path).lock(OWNER, "ann", 0) as lock:
        assert lock.lost() == ""
    assert lock.lost() == "the lock on `kafka.lock` was released"


def test_a_lock_whose_file_was_removed_is_lost_since_others_lock_a_new_one(tmp_path: Path) -> None:
    with opened(tmp_path).lock(OWNER, "ann", 0) as lock:
        (tmp_path / "kafka.lock").unlink()
        assert lock.lost() == "`kafka.lock` was removed"
        with opened(tmp_path).lock(OWNER, "ben", 0) as second:
            assert second.lost() == ""
            assert lock.lost() == "`kafka.lock` was removed"


def test_whoever_waited_for_a_lock_whose_file_was_removed_locks_the_new_one(tmp_path: Path) -> None:
    with ExitStack() as held:
        held.enter_context(opened(tmp_path).lock(OWNER, "ann", 0))

        def removed_and_freed() -> None:
            (tmp_path / "kafka.lock").unlink()
            held.pop_all().close()

        timer = threading.Timer(0.2, removed_and_freed)
        timer.start()
        with opened(tmp_path).lock(OWNER, "ben", 5) as lock:
            timer.join()
            assert lock.lost() == ""
            assert (tmp_path / "kafka.lock").read_text() == "ben"
