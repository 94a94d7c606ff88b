"""Groups for the conformance suite."""

from pydantic import JsonValue

from mqinfra.model.reading import Facts
from mqinfra.providers.base.sample import Need, Refusal, Sample, Step
from mqinfra.providers.kafka.groups.settings import FIRST

_ONE, _TWO = "mqinfra.conformance.one", "mqinfra.conformance.two"
_NEEDS = (
    Need("topics", (_ONE,), {"partitions": 2, "replicationFactor": 1}),
    Need("topics", (_TWO,), {"partitions": 1, "replicationFactor": 1}),
)
_MINIMAL: dict[str, JsonValue] = {"topics": [_ONE], "startAt": "earliest"}
_BOTH: dict[str, JsonValue] = {"topics": [_ONE, _TWO], "startAt": "latest"}
_TIMEOUT, _MISSPELT = "consumer.session.timeout.ms", "consumer.session.timeout"
_CONFIG: dict[str, JsonValue] = {_TIMEOUT: "50s", "share.auto.offset.reset": "earliest"}


def _with_settings(facts: Facts) -> bool:
    return facts.version_tuple >= FIRST


def _without_settings(facts: Facts) -> bool:
    return not _with_settings(facts)


def _configured(value: JsonValue) -> dict[str, JsonValue]:
    return {**_MINIMAL, "config": {_TIMEOUT: value}}


GROUPS = Sample(
    kind="groups",
    prefix="mqinfra.conformance/@%é~ ",
    minimal=_MINIMAL,
    full=_BOTH,
    same=({**_BOTH, "startAt": "earliest"}, {"topics": [_TWO, _ONE]}, {**_BOTH, "type": "consumer"}),
    updates=(Step("a topic more", _MINIMAL, _BOTH), Step("another topic more", {**_BOTH, "topics": [_TWO]}, _BOTH)),
    needs=_NEEDS,
    suits=_without_settings,
    without={
        "stale": "where nothing was written, all places are one",
        "reset": "groups have no settings before Kafka 4.0",
        "foreign": "groups have no settings before Kafka 4.0",
        "impossible": "everything that can be declared can be changed in place",
        "refused": "groups have no settings before Kafka 4.0",
    },
)
GROUPS_WITH_SETTINGS = Sample(
    kind="groups",
    title="groups-with-settings",
    prefix="mqinfra.conformance/@%é~ ",
    minimal=_MINIMAL,
    full={**_BOTH, "config": _CONFIG},
    same=(
        {**_BOTH, "config": {_TIMEOUT: 50000}},
        {"topics": [_TWO, _ONE], "config": {_TIMEOUT: "50000", "share.auto.offset.reset": "earliest"}},
    ),
    updates=(
        Step("a longer timeout", _configured("50s"), _configured("55s")),
        Step("a topic and a setting", _MINIMAL, {**_BOTH, "config": {"share.isolation.level": "read_committed"}}),
    ),
    reset=(Step("a reset", _configured("50s"), _configured(None)), ("config", _TIMEOUT)),
    foreign=(
        {**_BOTH, "config": {**_CONFIG, "share.heartbeat.interval.ms": 6000}},
        ("config", "share.heartbeat.interval.ms"),
    ),
    refused=(Refusal("an unknown key", {"config": {_MISSPELT: "1"}}, ("config", _MISSPELT)),),
    needs=_NEEDS,
    suits=_with_settings,
    without={"impossible": "everything that can be declared can be changed in place"},
)
