"""Records in pages: what is written comes back, and a save writes the pages of what changes and no others."""

import base64
import zlib

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import JsonValue

from mqinfra.providers.rabbitmq.records import pages as module
from mqinfra.providers.rabbitmq.records.pages import MOST_CHARACTERS, MOST_RECORDS, Pages, packed, unpacked


def saved(pages: Pages, changes: dict[str, str | None]) -> Pages:
    """The pages as they are read after a save."""
    after = pages.rewritten(changes)
    values = {number: packed(texts) for number, texts in after.items() if texts}
    left = pages.with_values(values, after)
    assert Pages.read(left.values) == left
    return left


def many(count: int, start: int = 0) -> dict[str, str | None]:
    return {f"queues/{number}": f'{{"origin": "{number}"}}' for number in range(start, start + count)}


def sizes(pages: Pages) -> list[int]:
    return [len(pages.texts[number]) for number in sorted(pages.texts)]


def test_records_fill_pages_of_500() -> None:
    pages = saved(Pages(), many(1_200))
    assert sizes(pages) == [MOST_RECORDS, MOST_RECORDS, 200]
    assert pages.everything() == many(1_200)


def test_a_record_stays_on_its_page() -> None:
    pages = saved(Pages(), many(1_200))
    after = pages.rewritten({"queues/0": "x", "queues/1": None, "queues/499": "y"})
    assert list(after) == [1]
    assert len(after[1]) == MOST_RECORDS - 1


def test_the_same_again_writes_nothing() -> None:
    pages = saved(Pages(), many(10))
    assert pages.rewritten({**many(10), "queues/gone": None}) == {}


def test_a_new_record_comes_to_a_page_that_is_written_anyway() -> None:
    pages = saved(Pages(), many(1_200))
    after = pages.rewritten({"queues/1": None, "queues/new": "x"})
    assert list(after) == [1]


def test_many_new_records_leave_pages_alone_that_are_nearly_full() -> None:
    pages = saved(saved(Pages(), many(1_000)), {f"queues/{number}": None for number in range(0, 1_000, 20)})
    assert sizes(pages) == [475, 475]
    assert list(pages.rewritten(many(500, 5_000))) == [3]
    assert list(pages.rewritten(many(20, 5_000))) == [1]


def test_an_empty_page_is_no_page() -> None:
    pages = saved(saved(Pages(), many(600)), dict.fromkeys(many(500)))
    assert list(pages.values) == [2]
    assert list(saved(pages, many(500)).texts) == [2, 1]


def test_long_records_fill_a_page_before_it_has_500() -> None:
    long = "x" * (MOST_CHARACTERS // 4)
    pages = saved(Pages(), {**{f"k{number}": long for number in range(7)}, "huge": long * 8})
    assert sizes(pages) == [3, 3, 1, 1]


def test_a_key_on_two_pages_counts_once_and_goes_from_both() -> None:
    pages = Pages.read({1: packed({"a": "first"}), 2: packed({"a": "second", "b": "b"})})
    assert pages.everything() == {"a": "first", "b": "b"}
    assert pages.rewritten({"a": None}) == {1: {}, 2: {"b": "b"}}
    assert pages.rewritten({"a": "third"}) == {1: {"a": "third"}, 2: {"b": "b"}}


BOMB = base64.b64encode(zlib.compress(b" " * 10_000_000)).decode()


@pytest.mark.parametrize(
    "value",
    [
        None,
        [],
        "text",
        {"encoding": "later", "texts": ""},
        {"encoding": "zlib+base64", "texts": "!"},
        {"encoding": "zlib+base64", "texts": base64.b64encode(b"no zlib").decode()},
        {"encoding": "zlib+base64", "texts": base64.b64encode(zlib.compress(b'{"a": "b"}')[:-5]).decode()},
        {"encoding": "zlib+base64", "texts": base64.b64encode(zlib.compress(b'{"a": 1}')).decode()},
        {"encoding": "zlib+base64", "texts": BOMB},
    ],
)
def test_a_page_that_cant_be_read_is_left_out_and_left_alone(value: JsonValue, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "_LARGEST", 1_000_000)
    pages = Pages.read({1: value, 2: packed({"a": "b"})})
    assert pages.everything() == {"a": "b"}
    assert 1 not in pages.rewritten(many(1_200))


CHANGES = st.dictionaries(st.text(max_size=4), st.none() | st.text(max_size=4), max_size=20)


@given(st.lists(CHANGES, max_size=6))
def test_what_is_saved_is_what_is_read(steps: list[dict[str, str | None]]) -> None:
    pages, expected = Pages(), dict[str, str]()
    for changes in steps:
        pages = saved(pages, changes)
        expected = {key: text for key, text in {**expected, **changes}.items() if text is not None}
        assert pages.everything() == expected
        assert all(unpacked(value) for value in pages.values.values())
