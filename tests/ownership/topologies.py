"""Random topologies that are valid, and what is left of one when somebody takes parts of it out."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

from hypothesis import strategies as st

Entry = Mapping[str, Any]
Draw = Callable[[st.SearchStrategy[Any]], Any]
EXCHANGES = ("ev", "in")
QUEUES = ("q", "p", "o")
VHOST = "/shop"
SECRETS = {"W": "a long enough password", "V": "another long password", "R": "a third long password"}
"""Variables of the environment that the topologies refer to."""


@dataclass(frozen=True)
class Parts:
    """What is declared, by broker, kind and name; bindings stand in their queues, groups in their streams."""

    topics: Mapping[str, Entry] = field(default_factory=dict)
    exchanges: Mapping[str, Entry] = field(default_factory=dict)
    queues: Mapping[str, Entry] = field(default_factory=dict)
    policies: Mapping[str, Entry] = field(default_factory=dict)
    users: Mapping[str, Entry] = field(default_factory=dict)
    rights: Mapping[str, Entry] = field(default_factory=dict)
    streams: Mapping[str, Entry] = field(default_factory=dict)
    readers: Mapping[str, Entry] = field(default_factory=dict)

    def document(self) -> dict[str, Any]:
        """The body of one document that says all of it."""
        vhost = {
            name: dict(some)
            for name, some in {
                "exchanges": self.exchanges,
                "queues": self.queues,
                "policies": self.policies,
                "access": self.rights,
            }.items()
            if some
        }
        rabbit = {"users": dict(self.users)} if self.users else {}
        redis = {"streams": dict(self.streams), "access": dict(self.readers)}
        return {
            "kafka": {"topics": {"shop.kept": {"partitions": 1}, **self.topics}},
            "rabbitmq": {**rabbit, "vhosts": {VHOST: vhost}},
            "redis": {name: some for name, some in redis.items() if some},
        }

    def documents(self, homes: Mapping[str, int], number: int) -> dict[str, dict[str, Any]]:
        """The same over several documents, `d0`, `d1`, ...; `homes` says by name which one an entry stands in.

        That is also the value of its label `team`.
        """
        found: dict[str, dict[str, Any]] = {}
        for at in range(number):
            some = {
                part: {
                    n: {**entry, "labels": {"team": f"d{at}"}} for n, entry in entries.items() if homes.get(n, 0) == at
                }
                for part, entries in vars(self).items()
            }
            body = Parts(**some).document()
            if at:
                del body["kafka"]["topics"]["shop.kept"]
            found[f"d{at}"] = {name: section for name, section in body.items() if any(section.values())}
        return found


def _maybe(draw: Draw, entry: dict[str, Any], **more: st.SearchStrategy[Any]) -> dict[str, Any]:
    """An entry with each of some fields, or without."""
    return {**entry, **{name: draw(value) for name, value in more.items() if draw(st.booleans())}}


def _names(draw: Draw, names: tuple[str, ...]) -> list[str]:
    return [name for name in names if draw(st.booleans())]


_CONFIG = st.fixed_dictionaries(
    {},
    optional={
        "retention.ms": st.sampled_from(["3d", "9d"]),
        "cleanup.policy": st.sampled_from(["delete", "compact"]),
        "max.message.bytes": st.just("2MiB"),
    },
)


@st.composite
def topologies(draw: Draw) -> Parts:
    """Topologies over all three brokers."""
    topics = {
        name: _maybe(draw, {"partitions": draw(st.integers(1, 2))}, config=_CONFIG, deadLetter=st.just(value=True))
        for name in _names(draw, ("shop.a", "shop.b", "shop.c"))
    }
    queues = {name: _queue(draw) for name in _names(draw, QUEUES)}
    used = {one["exchange"] for queue in queues.values() for one in queue.get("bindings", ())}
    exchanges = {name: {"type": "topic"} for name in EXCHANGES if name in used or draw(st.booleans())}
    policies = (
        {"limit": {"pattern": "^other", "applyTo": "queues", "definition": {"max-length": 1000}}}
        if draw(st.booleans())
        else {}
    )
    users = {"w": {"password": {"env": "W"}}} if queues and draw(st.booleans()) else {}
    rights = {"w": {"consumes": [draw(st.sampled_from(sorted(queues)))]}} if users and draw(st.booleans()) else {}
    streams = {name: _stream(draw) for name in _names(draw, ("shop:s", "shop:t"))}
    readers = (
        {"r": {"password": {"env": "R"}, "consumes": [draw(st.sampled_from(sorted(streams)))]}}
        if streams and draw(st.booleans())
        else {}
    )
    return Parts(topics, exchanges, queues, policies, users, rights, streams, readers)


def _queue(draw: Draw) -> dict[str, Any]:
    routes = st.lists(
        st.sampled_from([{"exchange": name, "routingKey": key} for name in EXCHANGES for key in ("a", "b.*")]),
        min_size=1,
        max_size=3,
        unique_by=lambda item: (item["exchange"], item["routingKey"]),
    )
    return _maybe(
        draw,
        {"type": draw(st.sampled_from(["quorum", "classic"]))},
        bindings=routes,
        deadLetter=st.just(value=True),
        retry=st.sampled_from([{"delays": ["10s"]}, {"delays": ["10s", "1m"]}]),
    )


def _stream(draw: Draw) -> dict[str, Any]:
    groups = st.sampled_from([{"g": {}}, {"g": {}, "h": {"startAt": "0"}}])
    return _maybe(draw, {}, groups=groups, deadLetter=st.just(value=True))


@st.composite
def shrunken(draw: Draw, whole: Parts) -> Parts:
    """What is left of a topology when entries, and fields of entries, are taken out of it."""

    def some(entries: Mapping[str, Entry]) -> dict[str, Entry]:
        return {name: _less(draw, entry) for name, entry in entries.items() if draw(st.booleans())}

    queues, streams = some(whole.queues), some(whole.streams)
    used = {one["exchange"] for queue in queues.values() for one in queue.get("bindings", ())}
    exchanges = {name: each for name, each in whole.exchanges.items() if name in used or draw(st.booleans())}
    rights = {
        name: entry
        for name, entry in whole.rights.items()
        if set(entry["consumes"]) <= queues.keys() and draw(st.booleans())
    }
    users = {name: entry for name, entry in whole.users.items() if name in rights or draw(st.booleans())}
    policies = {name: entry for name, entry in whole.policies.items() if draw(st.booleans())}
    readers = {
        name: entry
        for name, entry in whole.readers.items()
        if set(entry["consumes"]) <= streams.keys() and draw(st.booleans())
    }
    return Parts(some(whole.topics), exchanges, queues, policies, users, rights, streams, readers)


def _less(draw: Draw, entry: Entry) -> dict[str, Any]:
    """The entry without some of its fields, of its bindings, of its groups and of its settings."""
    left: dict[str, Any] = {}
    for name, value in entry.items():
        if name in ("partitions", "type"):
            left[name] = value
        elif not draw(st.booleans()):
            continue
        elif name == "bindings":
            left[name] = [one for one in value if draw(st.booleans())] or value[:1]
        elif name in ("config", "groups"):
            left[name] = {key: one for key, one in value.items() if draw(st.booleans())}
        else:
            left[name] = value
    return left


@st.composite
def edits(draw: Draw) -> tuple[Parts, Parts]:
    """A topology, and what is left of it after an edit that only takes out."""
    whole = draw(topologies())
    return whole, draw(shrunken(whole))


EVERYTHING = Parts(
    topics={"shop.a": {"partitions": 2, "config": {"retention.ms": "3d"}, "deadLetter": True}},
    exchanges={"ev": {"type": "topic"}, "in": {"type": "topic"}},
    queues={
        "q": {
            "type": "quorum",
            "deadLetter": True,
            "retry": {"delays": ["10s", "1m"]},
            "bindings": [{"exchange": "ev", "routingKey": "a"}],
        },
        "p": {"type": "classic", "bindings": [{"exchange": "ev", "routingKey": "b.*"}]},
    },
    policies={"limit": {"pattern": "^other", "applyTo": "queues", "definition": {"max-length": 1000}}},
    users={"w": {"password": {"env": "W"}}},
    rights={"w": {"consumes": ["q"]}},
    streams={"shop:s": {"groups": {"g": {}, "h": {"startAt": "0"}}, "deadLetter": True}},
    readers={"r": {"password": {"env": "R"}, "consumes": ["shop:s"]}},
)
"""Something of each kind that a random topology may have."""
