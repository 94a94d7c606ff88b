"""Paths of the fields of a topic that verdicts, losses and rules look at, and of what a reading says besides."""

from mqinfra.model.span import Path

PARTITIONS: Path = ("partitions",)
REPLICATION: Path = ("replicationFactor",)
CLEANUP: Path = ("config", "cleanup.policy")
LOCAL_RETENTION_BYTES: Path = ("config", "local.retention.bytes")
LOCAL_RETENTION_MS: Path = ("config", "local.retention.ms")
MAX_LAG: Path = ("config", "max.compaction.lag.ms")
MAX_MESSAGE: Path = ("config", "max.message.bytes")
MIN_INSYNC: Path = ("config", "min.insync.replicas")
MIN_LAG: Path = ("config", "min.compaction.lag.ms")
REMOTE: Path = ("config", "remote.storage.enable")
RETENTION_BYTES: Path = ("config", "retention.bytes")
RETENTION_MS: Path = ("config", "retention.ms")
SEGMENT_MS: Path = ("config", "segment.ms")

MOVING: Path = ("moving",)
"""Where a reading keeps which partitions are on the move."""
UNDER_WAY: Path = ("underWay",)
"""Where it keeps how far mqinfra is that moves replicas of it, or was until it was stopped."""
THROTTLED: Path = ("throttled",)
"""Where it keeps the settings that throttle its replicas though none is on the move."""
NOT_TOLD: Path = ("movingNotTold",)
"""Where it keeps why that can't be told, though something looks like it."""
FACTORS: Path = ("replicas",)
"""Where it keeps the factors of partitions that differ, as `2: 0, 1; 3: 2`."""
