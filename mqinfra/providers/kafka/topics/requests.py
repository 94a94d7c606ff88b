"""The calls that changes to topics need, in order and within the broker's limits. Pure.

KRaft writes at most 10,000 metadata records per call and refuses the whole call above that: a topic weighs one
record, one per setting of its own and one per partition. Calls stay at half of it. What the broker's default
partition count adds is not known here; a call that turns out too large is cut in two when it is sent.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence

from pydantic import JsonValue

from mqinfra.model.address import Address
from mqinfra.model.change import Action, Change, FieldDifference
from mqinfra.model.setting import as_text
from mqinfra.providers.base.request import Request
from mqinfra.providers.kafka.topics.fields import MIN_INSYNC, PARTITIONS, REPLICATION

KIND = "topics"
CREATE = "CreateTopics"
GROW = "CreatePartitions"
CONFIGURE = "IncrementalAlterConfigs"
ASSIGN = "AlterPartitionReassignments"
DELETE = "DeleteTopics"

MAX_RECORDS = 5_000
MAX_RESOURCES = 1_000

Body = Mapping[str, JsonValue]


def requests_for(changes: Sequence[Change]) -> list[Request]:
    """The calls that apply changes: creates, growth, settings, replicas, replaces, deletes.

    A lowered `min.insync.replicas` goes before the replicas that are dropped. A raised one goes after those that are
    added, as `then`: brokers count replicas among those of which enough must be in sync before they are.

    A replaced topic's create names the identity of the old one under `replaces`, so that a broker that has not
    forgotten it yet is asked again.
    """
    updates = [change for change in changes if change.action in (Action.UPDATE, Action.ADOPT)]
    replaced = [change for change in changes if change.action is Action.REPLACE]
    return [
        *_calls(CREATE, ((change.address, _creation(change)) for change in changes if change.action is Action.CREATE)),
        *_calls(GROW, ((change.address, body) for change in updates for body in _growth(change))),
        *_calls(CONFIGURE, ((change.address, body) for change in updates for body in _settings(change))),
        *_calls(ASSIGN, ((change.address, body) for change in updates for body in _replicas(change))),
        *_calls(DELETE, ((change.address, {}) for change in replaced)),
        *_calls(CREATE, ((change.address, _creation(change)) for change in replaced)),
        *_calls(DELETE, ((change.address, {}) for change in changes if change.action is Action.DELETE)),
    ]


def weight(body: Body) -> int:
    """Metadata records that one resource of a call costs; partitions by the broker's default count as none."""
    listed = sum(len(value) for value in body.values() if isinstance(value, dict | list))
    own = 0 if "set" in body else 1  # a change of settings writes nothing but them
    return own + listed + _count(body, "partitions") + _count(body, "count") - _count(body, "before")


def _count(body: Body, key: str) -> int:
    value = body.get(key)
    return max(value, 0) if isinstance(value, int) else 0


def chunks(bodies: Iterable[tuple[Address, Body]], most: int) -> Iterator[dict[Address, Body]]:
    """Cut resources of one call into calls of at most `most` resources that the broker takes."""
    chunk: dict[Address, Body] = {}
    heavy = 0
    for address, body in bodies:
        records = weight(body)
        if chunk and (heavy + records > MAX_RECORDS or len(chunk) >= most):
            yield chunk
            chunk, heavy = {}, 0
        chunk[address] = body
        heavy += records
    if chunk:
        yield chunk


def _calls(api: str, bodies: Iterable[tuple[Address, Body]]) -> Iterator[Request]:
    # After each call that changed settings, a broker looks through all its logs for each of the topics before it shows
    # what the next call changed: with 10,000 topics, two calls are through in half of the time of ten.
    most = MAX_RECORDS if api == CONFIGURE else MAX_RESOURCES
    return (Request(KIND, api, chunk) for chunk in chunks(bodies, most))


def _creation(change: Change) -> Body:
    wanted = change.after or {}
    config = wanted.get("config")
    body: dict[str, JsonValue] = {
        # -1 asks for the broker's default (KIP-464).
        "partitions": _or_default(wanted.get("partitions")),
        "replicationFactor": _or_default(wanted.get("replicationFactor")),
        "config": {key: config_text(value) for key, value in config.items() if value is not None}
        if isinstance(config, dict)
        else {},
    }
    return body | {"replaces": change.identity} if change.action is Action.REPLACE else body


def _growth(change: Change) -> Iterator[Body]:
    for difference in change.differences:
        if difference.path == PARTITIONS and difference.after is not None:
            yield {"count": difference.after, "before": difference.before}


def _settings(change: Change) -> Iterator[Body]:
    later = _later(change)
    own = [item for item in change.differences if _is_setting(item) and item not in later]
    if own:
        yield _setting_of(own)


def _setting_of(own: Sequence[FieldDifference]) -> Body:
    return {
        "set": {item.path[1]: config_text(item.after) for item in own if item.after is not None},
        "reset": [item.path[1] for item in own if item.after is None],
    }


def factor_of(change: Change) -> int | None:
    """How many replicas a change gives to a live topic; None where it does not change that."""
    if change.action not in (Action.UPDATE, Action.ADOPT):
        return None
    factors = [item.after for item in change.differences if item.path == REPLICATION]
    return factors[0] if factors and isinstance(factors[0], int) else None


def _replicas(change: Change) -> Iterator[Body]:
    factor = factor_of(change)
    if factor is not None:
        body: dict[str, JsonValue] = {REPLICATION[0]: factor}
        then = settings_after(change)
        yield body if then is None else {**body, "then": dict(then)}


def factors_in(request: Request) -> dict[Address, int]:
    """How many replicas a request gives to topics."""
    return {address: int(str(body[REPLICATION[0]])) for address, body in request.body.items()}


def settings_after(change: Change) -> Body | None:
    """The settings that a topic gets once it has its replicas."""
    later = _later(change)
    return _setting_of(later) if later else None


def _later(change: Change) -> list[FieldDifference]:
    if factor_of(change) is None:
        return []
    return [item for item in change.differences if item.path == MIN_INSYNC and _raises(item)]


def _raises(item: FieldDifference) -> bool:
    before = item.before if item.before is not None else item.inherited
    after = item.after if item.after is not None else item.inherited
    return not (isinstance(before, int) and isinstance(after, int)) or after > before


def _is_setting(difference: FieldDifference) -> bool:
    return len(difference.path) == 2 and difference.path[0] == "config"


def _or_default(value: JsonValue) -> int:
    return value if isinstance(value, int) else -1


def config_text(value: JsonValue) -> str:
    """Write a setting the way Kafka carries it; members of a list with commas."""
    return ",".join(map(str, value)) if isinstance(value, list) else as_text(value)
