"""The settings of groups, as in the broker's `GroupConfig` (KIP-848, KIP-932, KIP-1071): Kafka 4.0 and later.

Separate because it is data. The brokers' own settings bound the numbers, so that only their dry run tells whether they
take one; nor does the table tell in which 4.x a key came.
"""

from functools import partial

from mqinfra.model.setting import Setting, SettingTable, SettingType, Unit

FIRST = (4, 0)
"""The first version in which groups have settings."""

_ms = partial(Setting, type=SettingType.INT, unit=Unit.MS, minimum=0, since=FIRST)
_count = partial(Setting, type=SettingType.INT, minimum=0, since=FIRST)
_text = partial(Setting, type=SettingType.STRING, since=FIRST)
_flag = partial(Setting, type=SettingType.BOOLEAN, since=FIRST)

GROUP_SETTINGS = SettingTable(
    [
        _ms("consumer.assignment.interval.ms", default=1_000, description="How often partitions are assigned at most."),
        _ms("consumer.heartbeat.interval.ms", default=5_000, description="How often members give a sign of life."),
        _ms(
            "consumer.session.timeout.ms",
            default=45_000,
            description="How long a member may be silent until it counts as gone.",
        ),
        _flag(
            "errors.deadletterqueue.copy.record.enable",
            default=False,
            description="Write the whole record that a share group gives up on, and not its headers alone.",
        ),
        _text(
            "errors.deadletterqueue.topic.name",
            default="",
            description="Topic for the records that a share group gives up on.",
        ),
        _ms("share.assignment.interval.ms", default=1_000, description="How often partitions are assigned at most."),
        _text(
            "share.auto.offset.reset",
            default="latest",
            description="Where a share group begins: `earliest`, `latest`, or `by_duration:PT1H`.",
        ),
        _count(
            "share.delivery.count.limit",
            default=5,
            description="How often a record is delivered until the group gives up on it.",
        ),
        _ms("share.heartbeat.interval.ms", default=5_000, description="How often members give a sign of life."),
        _text(
            "share.isolation.level",
            default="read_uncommitted",
            choices=("read_committed", "read_uncommitted"),
            description="Whether records of transactions that are open or were aborted are delivered.",
        ),
        _count(
            "share.partition.max.record.locks",
            default=2_000,
            description="Records of a partition that may be with members at once.",
        ),
        _ms(
            "share.record.lock.duration.ms",
            default=30_000,
            description="How long a member has a record before another one gets it.",
        ),
        _flag("share.renew.acknowledge.enable", default=True, description="Let members keep a record for longer."),
        _ms(
            "share.session.timeout.ms",
            default=45_000,
            description="How long a member may be silent until it counts as gone.",
        ),
        _ms("streams.assignment.interval.ms", default=1_000, description="How often tasks are assigned at most."),
        _text("streams.assignor.name", default="sticky", description="How tasks are assigned."),
        _ms("streams.heartbeat.interval.ms", default=5_000, description="How often members give a sign of life."),
        _ms(
            "streams.initial.rebalance.delay.ms",
            default=3_000,
            description="How long an empty group waits for more members before it assigns tasks.",
        ),
        _count("streams.num.standby.replicas", default=0, description="Copies of each task's state."),
        _text(
            "streams.rack.aware.assignment.tags",
            default="",
            description="Tags of clients over which copies are spread.",
        ),
        _ms(
            "streams.session.timeout.ms",
            default=45_000,
            description="How long a member may be silent until it counts as gone.",
        ),
    ]
)
