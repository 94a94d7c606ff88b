"""Settings: what a key takes, what it means, and what a person is told when it is neither."""

import pytest
from pydantic import JsonValue

from mqinfra.model.setting import Problem, Setting, SettingTable, SettingType, Unit, Value, did_you_mean

RETENTION = Setting("retention.ms", SettingType.LONG, unit=Unit.MS, minimum=0, special={-1: "unlimited"})
SEGMENT = Setting("segment.bytes", SettingType.INT, unit=Unit.BYTES, minimum=14)
RATIO = Setting("ratio", SettingType.DOUBLE, minimum=0, maximum=1)
WEIGHT = Setting("weight", SettingType.DOUBLE)
FLAG = Setting("flag", SettingType.BOOLEAN)
POLICY = Setting("policy", SettingType.SET, choices=("compact", "delete"))
REPLICAS = Setting("replicas", SettingType.LIST)
CODEC = Setting("codec", SettingType.STRING, choices=("gzip", "zstd"))
NOTE = Setting("note", SettingType.STRING)
MS_ACCEPTED = "accepted: 7d, 168h, 604800000, -1 (unlimited)"
BYTES_ACCEPTED = "accepted: 1GiB, 500MB, 1073741824"


@pytest.mark.parametrize(
    ("setting", "raw", "value"),
    [
        (RETENTION, "7d", 604_800_000),
        (RETENTION, 604_800_000, 604_800_000),
        (RETENTION, "604800000", 604_800_000),
        (RETENTION, "6.048e8", 604_800_000),
        (RETENTION, -1, -1),
        (RETENTION, "Unlimited", -1),
        (RETENTION, None, None),
        (RETENTION, 2**63 - 1, 2**63 - 1),
        (SEGMENT, "1GiB", 2**30),
        (RATIO, "0.50", 0.5),
        (RATIO, 1, 1.0),
        (FLAG, True, True),
        (FLAG, " FALSE ", False),
        (POLICY, "delete, compact", "compact,delete"),
        (POLICY, ["delete", "delete"], "delete"),
        (POLICY, "", ""),
        (REPLICAS, "2:1,1:2", "2:1,1:2"),
        (REPLICAS, ["2:1", "1:2"], "2:1,1:2"),
        (CODEC, "gzip", "gzip"),
        (NOTE, 12, "12"),
        (NOTE, True, "true"),
    ],
)
def test_a_value_becomes_canonical(setting: Setting, raw: JsonValue, value: Value | None) -> None:
    parsed = setting.parse(raw)
    assert parsed == value
    assert type(parsed) is type(value)


@pytest.mark.parametrize(
    ("setting", "raw", "message", "help_"),
    [
        (RETENTION, "7 dayz", "invalid value for `retention.ms`: `7 dayz`", MS_ACCEPTED),
        (RETENTION, -2, "`retention.ms` must be at least 0, got `-2`", None),
        (RETENTION, 2**63, "`retention.ms` must be at most 9223372036854775807, got `9223372036854775808`", None),
        (RETENTION, 1.5, "`retention.ms` must be a whole number, got `1.5`", None),
        (RETENTION, True, "`retention.ms` must be a number, got `true`", None),
        (RETENTION, ["7d"], "`retention.ms` must be a number, got a list", None),
        (RETENTION, "\u0667", "invalid value for `retention.ms`: `\u0667`", None),
        (RETENTION, "1" * 41, None, None),
        (SEGMENT, 2**31, "`segment.bytes` must be at most 2147483647, got `2147483648`", BYTES_ACCEPTED),
        (RATIO, 2, "`ratio` must be at most 1, got `2`", None),
        (WEIGHT, "1e999", "`1e999` is too large for `weight`", None),
        (WEIGHT, float("nan"), "invalid value for `weight`: `nan`", None),
        (FLAG, "yes", "`flag` must be true or false, got `yes`", "write true"),
        (FLAG, 1, "`flag` must be true or false, got `1`", None),
        (POLICY, "deleted", "invalid value for `policy`: `deleted`", "did you mean `delete`?"),
        (POLICY, {"a": 1}, "`policy` must be a list of words, got a mapping", None),
        (CODEC, "rar", "invalid value for `codec`: `rar`", "accepted: gzip, zstd"),
        (NOTE, ["a"], "`note` must be a word, got a list", None),
    ],
)
def test_what_can_not_be_taken_is_said(
    setting: Setting, raw: JsonValue, message: str | None, help_: str | None
) -> None:
    problem = setting.parse(raw)
    assert isinstance(problem, Problem)
    assert message is None or problem.message == message
    assert help_ is None or problem.help == help_


@pytest.mark.parametrize(
    ("setting", "one", "other", "same"),
    [
        (RETENTION, "7d", "604800000", True),
        (RETENTION, 1, 2, False),
        (RETENTION, None, None, True),
        (RETENTION, None, 0, False),
        (RATIO, "0.5", 0.50, True),
        (FLAG, "true", True, True),
        (POLICY, "compact,delete", "delete,compact", True),
        (REPLICAS, "1:1,2:2", "2:2,1:1", False),
        (CODEC, "rar", "rar", True),
        (RETENTION, -5, "-5", True),
        (RETENTION, True, "true", True),
        (NOTE, "a", "A", False),
        (RETENTION, "for ever", "for good", False),
        (RETENTION, "for ever", 5, False),
        (RETENTION, "for ever", "for ever", True),
        (CODEC, "brotli", "lz4", False),
    ],
)
def test_values_are_compared_by_what_they_mean(setting: Setting, one: JsonValue, other: JsonValue, same: bool) -> None:  # noqa: FBT001 - a parameter
    assert setting.same(one, other) is same
    assert setting.same(other, one) is same


def test_a_table_compares_unknown_keys_by_their_text() -> None:
    table = SettingTable([RETENTION])
    assert table.same("vendor.key", True, "true")
    assert table.same("vendor.key", 12, "12")
    assert not table.same("vendor.key", None, "")
    assert table.same("retention.ms", "7d", 604_800_000)


def test_a_table_knows_its_keys() -> None:
    table = SettingTable([SEGMENT, RETENTION])
    assert table.names() == ("retention.ms", "segment.bytes")
    assert table.get("retention.ms") is RETENTION
    assert table.get("retention.msec") is None
    assert table.closest("retention.msec") == "did you mean `retention.ms`?"


@pytest.mark.parametrize(
    ("word", "advice"),
    [
        ("partitons", "did you mean `partitions`?"),
        ("PARTITIONS", "did you mean `partitions`?"),
        ("xyz", "accepted: config, partitions"),
    ],
)
def test_a_slip_of_the_pen_is_guessed(word: str, advice: str) -> None:
    assert did_you_mean(word, ["partitions", "config"]) == advice


def test_no_guess_among_nothing_or_too_many() -> None:
    assert did_you_mean("xyz", []) == ""
    assert did_you_mean("xyz", [f"key{number}" for number in range(13)]) == ""
