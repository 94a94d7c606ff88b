"""The settings of a Kafka topic, 3.9 to 4.4: types, units, defaults and limits as in the broker's `LogConfig`.

Separate because it is data. An integration test holds it against real brokers: every key known, none missing, same
defaults. Where versions differ, the table is the more lenient one and `settings_of` gives the exact one.
`internal.segment.bytes` (4.1) is left out: it is for Kafka's own tests.
"""

from dataclasses import replace
from functools import cache, partial

from mqinfra.model.setting import Setting, SettingTable, SettingType, Unit

NEWEST = (4, 4)
_LONG_MAX = 2**63 - 1
_UNLIMITED = {-1: "unlimited"}
_LONG_LOCAL = {-1: "unlimited", -2: "same as the topic"}
_THROTTLED = "as PARTITION:BROKER pairs or `*`; set by tools while they move replicas"


_ms = partial(Setting, type=SettingType.LONG, unit=Unit.MS, minimum=0)
_bytes = partial(Setting, type=SettingType.INT, unit=Unit.BYTES, minimum=0)
_flag = partial(Setting, type=SettingType.BOOLEAN)
_level = partial(Setting, type=SettingType.INT)

_SETTINGS = (
    Setting(
        "cleanup.policy",
        SettingType.SET,
        default="delete",
        choices=("compact", "delete"),
        description="What happens to old records: `delete` drops them by age and size, `compact` keeps the newest of "
        "each key, both do both; empty keeps everything (from 4.2).",
    ),
    Setting(
        "compression.type",
        SettingType.STRING,
        default="producer",
        choices=("uncompressed", "zstd", "lz4", "snappy", "gzip", "producer"),
        description="Codec that the broker stores batches in; `producer` keeps the sender's.",
    ),
    _level(
        "compression.gzip.level",
        default=-1,
        minimum=1,
        maximum=9,
        special={-1: "default"},
        description="Level of compression where `compression.type` is gzip.",
    ),
    _level(
        "compression.lz4.level",
        default=9,
        minimum=1,
        maximum=17,
        description="Level of compression where `compression.type` is lz4.",
    ),
    _level(
        "compression.zstd.level",
        default=3,
        minimum=-131072,
        maximum=22,
        description="Level of compression where `compression.type` is zstd.",
    ),
    _ms(
        "delete.retention.ms",
        default=86_400_000,
        description="How long a compacted topic keeps the markers of deleted keys; a reader that starts at the "
        "beginning has to finish within it to see them.",
    ),
    _flag(
        "errors.deadletterqueue.group.enable",
        default=False,
        description="Lets share groups write the records that they give up on to this topic.",
        since=(4, 4),
    ),
    _ms("file.delete.delay.ms", default=60_000, description="How long deleted segments stay on disk."),
    Setting(
        "flush.messages",
        SettingType.LONG,
        default=_LONG_MAX,
        minimum=1,
        description="Force records to disk after this many; by default the operating system decides.",
    ),
    _ms(
        "flush.ms",
        default=_LONG_MAX,
        description="Force records to disk after this time; by default the operating system decides.",
    ),
    Setting(
        "follower.replication.throttled.replicas",
        SettingType.LIST,
        default="",
        description=f"Replicas whose fetching is throttled, {_THROTTLED}.",
    ),
    _bytes(
        "index.interval.bytes", default=4096, description="Bytes of records between two entries of the offset index."
    ),
    Setting(
        "leader.replication.throttled.replicas",
        SettingType.LIST,
        default="",
        description=f"Replicas whose sending is throttled, {_THROTTLED}.",
    ),
    _bytes(
        "local.retention.bytes",
        default=-2,
        description="Bytes per partition to keep on the brokers' own disks when tiered storage is on.",
        type=SettingType.LONG,
        special=_LONG_LOCAL,
    ),
    _ms(
        "local.retention.ms",
        default=-2,
        description="How long records stay on the brokers' own disks when tiered storage is on.",
        special=_LONG_LOCAL,
    ),
    _ms(
        "max.compaction.lag.ms",
        default=_LONG_MAX,
        description="Longest time a record can stay out of compaction; shorter than `segment.ms` it also closes "
        "segments.",
        minimum=1,
    ),
    _bytes(
        "max.decompressed.message.bytes",
        default=2_147_483_639,
        description="Largest single record after decompression.",
        minimum=1,
        maximum=2_147_483_639,
        since=(4, 4),
    ),
    _bytes(
        "max.message.bytes", default=1_048_588, description="Largest batch of records that the broker takes, as sent."
    ),
    _flag(
        "message.downconversion.enable",
        default=True,
        description="Convert records for consumers older than their format.",
        until=(4, 0),
    ),
    Setting(
        "message.format.version",
        SettingType.STRING,
        default="3.0-IV1",
        until=(4, 0),
        description="Format that records are stored in; without effect since 3.0.",
    ),
    _ms(
        "message.timestamp.after.max.ms",
        default=3_600_000,
        description="How far a record's timestamp may be ahead of the broker's clock.",
    ),
    _ms(
        "message.timestamp.before.max.ms",
        default=_LONG_MAX,
        description="How far a record's timestamp may be behind the broker's clock.",
    ),
    _ms(
        "message.timestamp.difference.max.ms",
        default=_LONG_MAX,
        description="How far a record's timestamp may be off the broker's clock.",
        until=(4, 0),
    ),
    Setting(
        "message.timestamp.type",
        SettingType.STRING,
        default="CreateTime",
        choices=("CreateTime", "LogAppendTime"),
        description="Whose clock stamps a record: the producer's or the broker's.",
    ),
    Setting(
        "min.cleanable.dirty.ratio",
        SettingType.DOUBLE,
        default=0.5,
        minimum=0,
        maximum=1,
        description="Share of not yet compacted bytes from which a log is compacted.",
    ),
    _ms("min.compaction.lag.ms", default=0, description="Shortest time a record stays out of compaction."),
    Setting(
        "min.insync.replicas",
        SettingType.INT,
        default=1,
        minimum=1,
        description="Replicas that must have a record before a producer with `acks=all` gets an acknowledgement.",
    ),
    _flag("preallocate", default=False, description="Reserve the whole file when a segment is made."),
    _bytes(
        "remote.copy.lag.bytes",
        default=-1,
        description="Bytes of newer records after which a closed segment is copied to remote storage.",
        type=SettingType.LONG,
        special={-1: "by local.retention.bytes"},
        since=(4, 4),
    ),
    _ms(
        "remote.copy.lag.ms",
        default=0,
        description="Age after which a closed segment is copied to remote storage.",
        special={-1: "by local.retention.ms"},
        since=(4, 4),
    ),
    _flag(
        "remote.log.copy.disable",
        default=False,
        description="Stop copying to remote storage; what is there stays readable.",
    ),
    _flag(
        "remote.log.delete.on.disable",
        default=False,
        description="Delete what is in remote storage when `remote.storage.enable` is turned off; without it the "
        "broker refuses to turn it off.",
    ),
    _flag(
        "remote.storage.enable", default=False, description="Tiered storage: move closed segments to remote storage."
    ),
    _bytes(
        "retention.bytes",
        default=-1,
        description="Bytes per partition above which the oldest segments are deleted.",
        type=SettingType.LONG,
        special=_UNLIMITED,
    ),
    _ms("retention.ms", default=604_800_000, description="Age after which records are deleted.", special=_UNLIMITED),
    _bytes(
        "segment.bytes",
        default=1_073_741_824,
        description="Size at which a segment is closed; at least 1 MiB from 4.1.",
        minimum=14,
    ),
    _bytes("segment.index.bytes", default=10_485_760, description="Size of the index of a segment.", minimum=4),
    _ms(
        "segment.jitter.ms",
        default=0,
        description="Random time taken off `segment.ms`, so not all segments close at once.",
    ),
    _ms(
        "segment.ms", default=604_800_000, description="Age at which a segment is closed, and so can expire.", minimum=1
    ),
    _flag(
        "unclean.leader.election.enable",
        default=False,
        description="Let a replica that lacks records become leader, so the topic stays writable at the price of "
        "losing them.",
    ),
)

TOPIC_SETTINGS = SettingTable(_SETTINGS)
"""All keys of all versions."""


def settings_of(version: tuple[int, ...]) -> SettingTable:
    """The keys that a Kafka version has, with its own defaults and limits; the newest for an empty version."""
    return _settings_of(version[:2] or NEWEST)


@cache
def _settings_of(version: tuple[int, ...]) -> SettingTable:
    return SettingTable(
        _as_in(setting, version)
        for setting in _SETTINGS
        if version >= setting.since and (not setting.until or version < setting.until)
    )


def _as_in(setting: Setting, version: tuple[int, ...]) -> Setting:
    if setting.name == "segment.bytes" and version >= (4, 1):
        return replace(setting, minimum=1_048_576)  # KIP-1030
    if setting.name == "message.timestamp.after.max.ms" and version < (4, 0):
        return replace(setting, default=_LONG_MAX)  # KIP-1030
    return setting
