"""What changes of quotas mean: how much it is in all, who is throttled, and what holds where a limit goes."""

from collections.abc import Iterator, Mapping

from pydantic import JsonValue

from mqinfra.model.address import Address
from mqinfra.model.change import Action, Change, Cost, CostKind, FieldDifference
from mqinfra.model.reading import Facts
from mqinfra.model.spec import Spec
from mqinfra.model.unit import format_bytes
from mqinfra.providers.base.verdict import Verdict, default_verdict
from mqinfra.providers.kafka.quotas.precedence import holds_next
from mqinfra.providers.kafka.quotas.spec import DEFAULT, KIND, OF_ADDRESSES, QuotaSpec

_PER_SECOND = frozenset({"producer_byte_rate", "consumer_byte_rate", OF_ADDRESSES})
_OF_THE_CLUSTER = "controller_mutation_rate"
"""The controller alone looks at it."""
_WORDS = {
    "producer_byte_rate": "writes",
    "consumer_byte_rate": "reads",
    "request_percentage": "request time",
    _OF_THE_CLUSTER: "changes of partitions",
    OF_ADDRESSES: "new connections",
}
THROTTLED = "brokers delay the answers to clients above it"


def verdict(difference: FieldDifference) -> Verdict:
    """Say what one difference of a quota costs: a limit that goes down throttles, one that is removed opens."""
    if len(difference.path) != 2 or difference.path[0] != "limits":
        return default_verdict(difference)
    key, before, after = difference.path[1], difference.before, difference.after
    text = ""
    if after is None:
        text = f"`{key}` no longer limits anybody (was {shown(key, before)})"
    elif before is None:
        text = f"a new limit: {THROTTLED}"
    elif isinstance(before, int | float) and isinstance(after, int | float) and after < before:
        text = f"`{key}` goes down from {shown(key, before)} to {shown(key, after)}: {THROTTLED}"
    if not text:
        return Verdict()
    return Verdict(costs=(Cost(kind=CostKind.SEMANTICS_CHANGED, text=text, path=difference.path),))


def consequences(
    live: Mapping[Address, Spec], changes: Mapping[Address, Change], facts: Facts
) -> dict[Address, tuple[str, ...]]:
    """Say what changes of quotas mean: in all brokers together, and what holds where a limit goes."""
    after = {address: spec for address, spec in live.items() if address.kind == KIND}
    for address, change in changes.items():
        if address.kind == KIND:
            if change.action is Action.DELETE:
                after.pop(address, None)
            elif change.after is not None:
                after[address] = change.wanted(QuotaSpec)
    return {
        address: said
        for address, change in changes.items()
        if address.kind == KIND and (said := tuple(_meant(address, change, after, facts)))
    }


def _meant(address: Address, change: Change, after: Mapping[Address, Spec], facts: Facts) -> Iterator[str]:
    values = {item.path[1]: item.after for item in change.differences if len(item.path) == 2}
    gone = [key for key, value in values.items() if value is None]
    if change.action is Action.DELETE:
        held = (change.before or {}).get("limits")
        gone, values = (sorted(held) if isinstance(held, dict) else []), {}
    elif change.action is Action.CREATE:
        yield f"limits {whom(address)}: {THROTTLED}"
    if facts.brokers > 1 and any(value is not None and key != _OF_THE_CLUSTER for key, value in values.items()):
        yield f"each of {facts.brokers} brokers allows as much{_in_all(values, facts.brokers)}"
    for key in gone:
        other = holds_next(address, key, after)
        if other is None:
            yield f"opens: nothing limits the {_WORDS.get(key, f'`{key}`')} of {whom(address)} any more"
        else:
            limit = shown(key, QuotaSpec.narrow(after[other]).limits.get(key))
            yield f"then {limit} holds as `{key}` for {whom(address)}, the quota of {whom(other)}"


def _in_all(values: Mapping[str, JsonValue], brokers: int) -> str:
    """What rates come to on all brokers together."""
    rates = [
        f"`{key}` {shown(key, value * brokers)}"
        for key, value in sorted(values.items())
        if key in _PER_SECOND and isinstance(value, int | float)
    ]
    return f": in all, {', '.join(rates)}" if rates else ""


def shown(key: str, value: JsonValue) -> str:
    """A limit for people."""
    if not isinstance(value, int | float):
        return "none"
    match key:
        case "producer_byte_rate" | "consumer_byte_rate":
            return f"{format_bytes(int(value))}/s"
        case "request_percentage":
            return f"{value:g} % of a thread"
        case _:
            return f"{value:g}/s"


def whom(address: Address) -> str:
    """Whom a quota is about, in words."""
    pairs = dict(address.pairs)
    words = []
    for field, one, every in (
        ("user", "user", "every user without a quota"),
        ("clientId", "client id", "every client id without a quota"),
        ("ip", "address", "every address without a quota"),
    ):
        if field in pairs:
            words.append(every if pairs[field] == DEFAULT else f"{one} `{pairs[field]}`")
    return " with ".join(words)
