"""Which Kafka a cluster runs. There is no call for it, so it is told from the settings that its brokers know."""

from collections.abc import Collection

# The newest first; each key appeared in that version (`KafkaConfig`), so its presence means "that one or later".
_MARKERS = (
    ("4.4", "errors.deadletterqueue.topic.name.prefix"),
    ("4.3", "cordoned.log.dirs"),
    ("4.2", "group.streams.initial.rebalance.delay.ms"),
    ("4.1", "group.streams.session.timeout.ms"),
    ("4.0", "share.coordinator.write.timeout.ms"),
    ("3.9", "controller.quorum.bootstrap.servers"),
)


def version_from(keys: Collection[str]) -> str:
    """Derive `4.1` from a broker's own settings; empty when they are not known or older than 3.9."""
    return next((version for version, key in _MARKERS if key in keys), "")
