"""Durations and sizes between people and brokers."""

import pytest

from mqinfra.model.unit import format_bytes, format_ms, parse_bytes, parse_ms


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("7d", 604_800_000),
        ("1w", 604_800_000),
        ("1.5h", 5_400_000),
        ("1h30m", 5_400_000),
        (" 7d ", 604_800_000),
        ("0ms", 0),
        ("0.001s", 1),
        ("999999999999999.999999999w", None),
        ("0.1ms", None),
        ("7", None),
        ("7 d", None),
        ("7D", None),
        ("7 dayz", None),
        ("-1h", None),
        ("", None),
        ("d", None),
        ("1e3s", None),
        ("\u0667d", None),
        ("1s" * 31, None),
    ],
)
def test_durations(text: str, value: int | None) -> None:
    assert parse_ms(text) == value


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("1GiB", 2**30),
        ("1GB", 10**9),
        ("1kB", 1000),
        ("1KiB", 1024),
        ("0.5KiB", 512),
        ("12B", 12),
        ("1KB", None),
        ("1gb", None),
        ("0.1B", None),
        ("1G", None),
    ],
)
def test_sizes(text: str, value: int | None) -> None:
    assert parse_bytes(text) == value


@pytest.mark.parametrize(
    ("value", "text"),
    [(604_800_000, "7d"), (5_400_000, "90m"), (1500, "1500ms"), (1000, "1s"), (0, "0ms"), (-1, "-1")],
)
def test_durations_are_written_in_the_largest_unit_that_divides_them(value: int, text: str) -> None:
    assert format_ms(value) == text


@pytest.mark.parametrize(
    ("value", "text"),
    [(2**30, "1GiB"), (10**9, "1GB"), (1_048_588, "1048588B"), (1024, "1KiB"), (2000, "2kB"), (0, "0B"), (-1, "-1")],
)
def test_sizes_are_written_in_the_largest_unit_that_divides_them(value: int, text: str) -> None:
    assert format_bytes(value) == text
