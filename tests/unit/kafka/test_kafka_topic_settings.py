import pytest

from mqinfra.model.setting import Problem, Setting
from mqinfra.providers.kafka.topics.settings import TOPIC_SETTINGS, settings_of


@pytest.mark.parametrize("setting", list(TOPIC_SETTINGS), ids=lambda setting: setting.name)
def test_every_default_is_canonical_and_described(setting: Setting) -> None:
    assert setting.parse(setting.default) == setting.default
    assert setting.description.endswith(".")


@pytest.mark.parametrize(
    ("key", "written", "canonical"),
    [
        ("retention.ms", "7d", 604_800_000),
        ("retention.ms", "604800000", 604_800_000),
        ("retention.ms", -1, -1),
        ("retention.ms", "unlimited", -1),
        ("local.retention.ms", "-2", -2),
        ("max.message.bytes", "1MiB", 1_048_576),
        ("cleanup.policy", "delete, compact", "compact,delete"),
        ("cleanup.policy", ["compact", "delete"], "compact,delete"),
        ("cleanup.policy", "", ""),
        ("min.cleanable.dirty.ratio", "1", 1.0),
        ("preallocate", "TRUE", True),
        ("leader.replication.throttled.replicas", "1:0,0:1", "1:0,0:1"),
        ("compression.gzip.level", -1, -1),
        ("compression.zstd.level", -131072, -131072),
    ],
)
def test_values_become_canonical(key: str, written: object, canonical: object) -> None:
    setting = TOPIC_SETTINGS.get(key)
    assert setting is not None
    assert setting.parse(written) == canonical  # type: ignore[arg-type]  # what YAML may hold


@pytest.mark.parametrize(
    ("key", "written"),
    [
        ("retention.ms", "7 dayz"),
        ("retention.ms", "-5"),
        ("local.retention.ms", "-3"),
        ("cleanup.policy", "deleted"),
        ("compression.gzip.level", 0),
        ("segment.bytes", 10),
        ("segment.bytes", 2**31),
        ("min.cleanable.dirty.ratio", 1.5),
        ("min.insync.replicas", 0),
        ("preallocate", "yes"),
    ],
)
def test_values_that_no_broker_takes_are_problems(key: str, written: object) -> None:
    setting = TOPIC_SETTINGS.get(key)
    assert setting is not None
    assert isinstance(setting.parse(written), Problem)  # type: ignore[arg-type]  # what YAML may hold


@pytest.mark.parametrize(
    ("key", "known_in", "unknown_in"),
    [
        ("message.format.version", (3, 9), (4, 0)),
        ("message.downconversion.enable", (3, 9), (4, 0)),
        ("errors.deadletterqueue.group.enable", (4, 4), (4, 3)),
        ("remote.copy.lag.ms", (4, 4), (3, 9)),
    ],
)
def test_versions_know_their_own_keys(key: str, known_in: tuple[int, ...], unknown_in: tuple[int, ...]) -> None:
    assert settings_of(known_in).get(key) is not None
    assert settings_of(unknown_in).get(key) is None


def test_an_unknown_version_counts_as_the_newest() -> None:
    assert settings_of(()).names() == settings_of((4, 4)).names() == settings_of((4, 4, 0)).names()


def test_limits_and_defaults_are_those_of_the_version() -> None:
    def of(version: tuple[int, ...], key: str) -> object:
        setting = settings_of(version).get(key)
        assert setting is not None
        return setting.minimum if key == "segment.bytes" else setting.default

    assert (of((4, 0), "segment.bytes"), of((4, 1), "segment.bytes")) == (14, 1_048_576)
    assert of((3, 9), "message.timestamp.after.max.ms") == 2**63 - 1
    assert of((4, 0), "message.timestamp.after.max.ms") == 3_600_000
