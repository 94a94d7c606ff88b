"""Names of copies of streams, and messages as entries."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mqinfra.model.operation import Death
from mqinfra.providers.base.verification.canary import Run, run_of
from mqinfra.providers.base.verification.message import Message
from mqinfra.providers.redis.api.slots import slot_of
from mqinfra.providers.redis.verification.claims import Claims
from mqinfra.providers.redis.verification.entry import delivery_of, fields_of, position, story
from mqinfra.providers.redis.verification.ground import clone_name

RUN = Run.new()


@pytest.mark.parametrize("stream", ["orders", "{eu}:orders", "o:{1}{2}", "o:{{1}"])
def test_a_copy_and_its_dead_letters_lie_in_the_slot_of_the_stream(stream: str) -> None:
    name = clone_name(RUN, 1, stream)
    assert slot_of(name) == slot_of(f"{name}:dlq") == slot_of(stream)
    assert run_of(name) == RUN


@given(st.text(min_size=1))
def test_a_copy_of_any_stream_lies_in_one_slot_with_its_dead_letters_and_tells_its_run(stream: str) -> None:
    name = clone_name(RUN, 1, stream)
    assert slot_of(name) == slot_of(f"{name}:dlq")
    assert run_of(name) == RUN


@given(st.binary() | st.none(), st.dictionaries(st.text(), st.binary(), max_size=3), st.text(), st.integers(-1, 9))
def test_messages_come_out_of_entries_as_they_went_in(
    body: bytes | None, headers: dict[str, bytes], key: str, number: int
) -> None:
    message = Message("u", key, body, headers, number)
    flat = [word.encode("utf-8", "surrogateescape").decode("utf-8", "surrogateescape") for word in fields_of(message)]
    found = delivery_of("s", "5-1", flat, 1)
    assert (found.uid, found.key, found.number, found.digest) == ("u", key, number, message.digest)


def test_dead_letters_tell_their_story_and_keep_their_digest() -> None:
    message = Message("u", "k", b"body")
    found = delivery_of("dead", "5-1", [*fields_of(message), *story("orders", "rejected", 3)], 1)
    assert found.deaths == (Death("orders", "rejected", 3),)
    assert found.digest == message.digest


def test_positions_grow_with_ids() -> None:
    ids = ["1700000000000-0", "1700000000000-1", "1700000000001-0"]
    found = [position(one) for one in ids]
    assert found == sorted(found, key=lambda one: one or 0)
    assert len(set(found)) == 3


def test_what_may_be_claimed_is_told_once() -> None:
    claims = Claims()
    claims.left("g", "one")
    claims.give_back("g", "1-0")
    claims.give_back("g", "2-0")
    claims.give_back("g", "1-0")
    assert (claims.gone("g"), claims.gone("g")) == (["one"], [])
    assert (claims.returned("g", 1), claims.returned("g", 5), claims.returned("other", 5)) == (["1-0"], ["2-0"], [])
