import gc
from dataclasses import dataclass

from mqinfra.providers.kafka.api.config_entry import OWN
from mqinfra.providers.kafka.topics.reading import SettingsReader, _collector_paused

BROKER, DEFAULT = 4, 5


@dataclass
class Entry:
    value: str | None
    source: int = DEFAULT


def test_only_what_was_set_on_the_topic_is_its_own() -> None:
    own, inherited = SettingsReader().read(
        {
            "retention.ms": Entry("604800000", OWN),
            "segment.ms": Entry("5", BROKER),
            "preallocate": Entry("false"),
        }
    )
    assert own == {"retention.ms": 604_800_000}
    assert inherited == {("config", "segment.ms"): 5, ("config", "preallocate"): False}


def test_values_are_canonical_and_strange_ones_stay_text() -> None:
    own, _ = SettingsReader().read(
        {
            "cleanup.policy": Entry("delete,compact", OWN),
            "retention.bytes": Entry("-7", OWN),
            "vendor.key": Entry("12", OWN),
            "segment.bytes": Entry(None, OWN),
        }
    )
    assert own == {
        "cleanup.policy": "compact,delete",
        "retention.bytes": "-7",
        "vendor.key": "12",
        "segment.bytes": None,
    }


def test_equal_inheritance_is_shared_and_other_is_not() -> None:
    reader = SettingsReader()
    first = reader.read({"segment.ms": Entry("5"), "retention.ms": Entry("1", OWN)})[1]
    again = reader.read({"segment.ms": Entry("5"), "retention.ms": Entry("2", OWN)})[1]
    assert first is again
    assert reader.read({"segment.ms": Entry("6"), "retention.ms": Entry("2", OWN)})[1] != first
    assert reader.read({"segment.ms": Entry("5"), "retention.ms": Entry("1")})[1] != first
    assert reader.read({"flush.ms": Entry("5"), "retention.ms": Entry("1", OWN)})[1] != first


def test_the_collector_is_as_it_was_after_a_pause() -> None:
    assert gc.isenabled()
    with _collector_paused():
        assert not gc.isenabled()
        with _collector_paused():
            pass
        assert not gc.isenabled()
    assert gc.isenabled()
