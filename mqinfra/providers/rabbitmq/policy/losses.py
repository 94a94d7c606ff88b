"""Which messages a plan's policies drop from queues that are there: by what is in force before and after. Pure.

What each key does to messages that are there already, measured on 3.10.8, 4.0.5 and 4.3.6:

- `max-length` and `max-length-bytes` drop what is over them at once, delivered messages not counted. A classic queue
  does so whatever its `overflow`; a quorum queue keeps all with `reject-publish`, and drops once that goes.
- `expires` deletes the queue with all that it holds, delivered messages included where nobody consumes.
- `message-ttl` touches nothing that is there: each message keeps the time that it got when it was published. So the
  same goes for changes of `delayed-retry-*`.
- Without `dead-letter-exchange` messages that expire are gone, and with them all that wait in a delay queue; and so is
  what consumers reject from then on, and what is over a limit.
- What waits for at-least-once dead lettering is gone at once when any of the three settings behind it goes.
- A lower `delivery-limit` takes messages when they are returned the next time, to the dead letters if there are any.
- Streams drop whole segments, and never the last one.
"""

import re
from collections.abc import Iterator, Mapping

from pydantic import JsonValue

from mqinfra.model.address import Address
from mqinfra.model.change import Action, Change
from mqinfra.model.frozen import dataclass
from mqinfra.model.loss import LATER, Loss
from mqinfra.model.span import Path
from mqinfra.model.unit import format_bytes, format_ms
from mqinfra.providers.base.losses import LossView
from mqinfra.providers.rabbitmq.policy.effective import effective_definition
from mqinfra.providers.rabbitmq.policy.effects import Moved, PolicySettings, in_force, policies_of
from mqinfra.providers.rabbitmq.settings.typed import Version
from mqinfra.providers.rabbitmq.spec import queue as queue_spec

OVER, ALL, READY, WAITING, SEGMENTS, BYTES = "over", "all", "ready", "waiting", "segments", "bytes"
TO_COME = "to come"
"""What is counted (`Loss.limit`): ready messages over a number; all; the ready ones; those that wait for dead
lettering; those of a stream, of which nobody knows how many lie in which segment; ready messages over `bytes N`; and
nothing of what is there."""
_AGE = re.compile(r"([0-9]+)([YMDhms])")
_SECONDS = {"Y": 31_536_000, "M": 2_592_000, "D": 86_400, "h": 3_600, "m": 60, "s": 1}
"""Units of `max-age` in seconds (docs/streams.md: a month is 30 days)."""
_DEFAULT_LIMIT, _LIMITED_SINCE = 20, (4, 0)
_SHAPE = (("pattern",), ("applyTo",), ("priority",))
"""Fields that decide where a policy is in force."""
_INFINITE = float("inf")

Settings = Mapping[str, JsonValue]


@dataclass(frozen=True, slots=True)
class _Way:
    """One way in which messages go: the key behind it, a clause, what stays, and what is counted."""

    key: str
    text: str
    limit: str
    keeps: int | None = None


def losses(view: LossView) -> Iterator[tuple[Address, Loss]]:
    """Say which changes of policies may drop messages of which queues, those included that nobody declares."""
    live = {address: found.spec for address, found in view.live.items()}
    version = view.facts.version_tuple
    for effect in in_force(live, view.changes, view.facts):
        if effect.address.kind != queue_spec.KIND or not effect.stays or effect.address in view.changes:
            continue  # a queue that is made holds nothing, and what goes with one that is deleted counts there
        was = _settings(effect.was, effect, version)
        told: dict[tuple[Address, Loss], None] = {}
        for state in (effect.now, *effect.instead):
            for way in _ways(effect.type, was, _settings(state, effect, version), version):
                cause = _cause(effect, state, view.changes, way.key)
                if cause is not None:
                    path = _path(view.changes[cause], way.key)
                    told[cause, Loss(effect.address, path, way.text, way.keeps, way.limit)] = None
        yield from told


def _cause(effect: Moved, now: PolicySettings, changes: Mapping[Address, Change], key: str) -> Address | None:
    """The policy whose change lets messages go: one that sets or drops the key itself, else any that is behind it."""
    behind = [policy for policy in policies_of(effect, now) if policy in changes]
    return next((policy for policy in behind if _sets(changes[policy], key)), behind[0] if behind else None)


def _settings(state: PolicySettings, effect: Moved, version: Version) -> Settings:
    return state.definition or effective_definition(None, None, effect.arguments, effect.type, version)


def _sets(change: Change, key: str) -> bool:
    """Whether a change sets or drops a key."""
    return any(item.path == ("definition", key) for item in change.differences)


def _path(change: Change, key: str) -> Path:
    """The field of a change that does it: the key itself, else what brings the policy into force, or takes it."""
    differing = {item.path for item in change.differences}
    if change.action is Action.DELETE or ("definition", key) in differing:
        return ("definition", key)
    return next((path for path in _SHAPE if path in differing), min(differing, default=("definition", key)))


def _ways(kind: str, was: Settings, now: Settings, version: Version) -> Iterator[_Way]:
    if kind == "stream":
        yield from _of_stream(was, now)
        return
    yield from _over_limits(kind, was, now)
    if _number(now, "expires") < _number(was, "expires"):
        after = format_ms(int(_number(now, "expires")))
        yield _Way("expires", f"the queue is deleted with its messages once it is unused for {after}", ALL)
    if was.get(_DEAD) is not None and now.get(_DEAD) is None and "message-ttl" in was:
        yield _Way(_DEAD, "messages are dropped when their time to live is over, not dead-lettered", READY)
    if was.get(_DEAD) is not None and now.get(_DEAD) is None:
        text = "rejected, expired and over-limit messages are dropped from now on"
        yield _Way(_DEAD, text, TO_COME, LATER)
    if kind == "quorum":
        yield from _of_quorum(was, now, version)


_DEAD = "dead-letter-exchange"
_AT_LEAST_ONCE = (("dead-letter-strategy", "at-least-once"), ("overflow", "reject-publish"))


def _of_quorum(was: Settings, now: Settings, version: Version) -> Iterator[_Way]:
    if _at_least_once(was) and not _at_least_once(now):
        keys = (_DEAD, *(key for key, _ in _AT_LEAST_ONCE))
        key = next((key for key in keys if was.get(key) != now.get(key)), _DEAD)
        yield _Way(key, "messages that wait for their dead-letter queue to take them are dropped", WAITING)
    limit = _delivery_limit(now, version)
    if limit < _delivery_limit(was, version) and now.get(_DEAD) is None:
        text = f"messages that were returned more than {int(limit):,} times are dropped when they are returned again"
        yield _Way("delivery-limit", text, ALL)


def _over_limits(kind: str, was: Settings, now: Settings) -> Iterator[_Way]:
    if not _drops(kind, now):
        return
    dropped_before = _drops(kind, was)
    dead = now.get(_DEAD)
    goes = "are dropped" if dead is None else f"are dropped, or dead-lettered to `{dead}`"
    kept = now.get("overflow") not in (None, "drop-head")
    whatever = "; a classic queue does so whatever its `overflow`" if kept else ""
    for key in ("max-length", "max-length-bytes"):
        limit = _number(now, key)
        if limit < (_number(was, key) if dropped_before else _INFINITE):
            cause = key if limit != _number(was, key) else "overflow"
            number = int(limit)
            if key == "max-length":
                yield _Way(cause, f"messages over {number:,} {goes}{whatever}", OVER, number)
            else:
                yield _Way(cause, f"messages over {format_bytes(number)} {goes}{whatever}", f"{BYTES} {number}")


def _of_stream(was: Settings, now: Settings) -> Iterator[_Way]:
    if _age(now) < _age(was):
        yield _Way("max-age", f"segments older than {now['max-age']} are dropped", SEGMENTS)
    if _number(now, "max-length-bytes") < _number(was, "max-length-bytes"):
        size = format_bytes(int(_number(now, "max-length-bytes")))
        yield _Way("max-length-bytes", f"segments over {size} are dropped", SEGMENTS)


def _drops(kind: str, settings: Settings) -> bool:
    """Whether a lower limit drops what is there."""
    return kind != "quorum" or settings.get("overflow") in (None, "drop-head")


def _at_least_once(settings: Settings) -> bool:
    return settings.get(_DEAD) is not None and all(settings.get(key) == value for key, value in _AT_LEAST_ONCE)


def _delivery_limit(settings: Settings, version: Version) -> float:
    default = _DEFAULT_LIMIT if not version or version >= _LIMITED_SINCE else None
    limit = settings.get("delivery-limit", default)
    return limit if isinstance(limit, int) and limit >= 0 else _INFINITE


def _number(settings: Settings, key: str) -> float:
    value = settings.get(key)
    return value if isinstance(value, int | float) else _INFINITE


def _age(settings: Settings) -> float:
    """The longest age in seconds; what is none counts as without end."""
    age = age_ms(settings.get("max-age"))
    return _INFINITE if age is None else age / 1_000


def age_ms(value: JsonValue) -> int | None:
    """An age as streams have it, `7D`, in milliseconds; None of what is none."""
    age = _AGE.fullmatch(value) if isinstance(value, str) else None
    return int(age[1]) * _SECONDS[age[2]] * 1_000 if age is not None else None
