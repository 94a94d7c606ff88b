import pytest

from mqinfra.providers.kafka.api.version import version_from


@pytest.mark.parametrize(
    ("keys", "version"),
    [
        (set(), ""),
        ({"log.retention.ms", "zookeeper.connect"}, ""),
        ({"controller.quorum.bootstrap.servers"}, "3.9"),
        ({"controller.quorum.bootstrap.servers", "share.coordinator.write.timeout.ms"}, "4.0"),
        ({"share.coordinator.write.timeout.ms", "group.streams.session.timeout.ms"}, "4.1"),
        ({"group.streams.session.timeout.ms", "errors.deadletterqueue.topic.name.prefix"}, "4.4"),
    ],
)
def test_the_newest_key_tells_the_version(keys: set[str], version: str) -> None:
    assert version_from(keys) == version
