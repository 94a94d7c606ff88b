"""What the server would refuse of a policy. Pure; what its change drops is a matter of `policy_losses`."""

from collections.abc import Iterator, Mapping
from dataclasses import replace

from pydantic import JsonValue

from mqinfra.model.setting import Problem
from mqinfra.model.unit import format_ms
from mqinfra.providers.rabbitmq.pattern.regex import pattern_problem
from mqinfra.providers.rabbitmq.settings.capabilities import apply_to_problem
from mqinfra.providers.rabbitmq.settings.deprecations import NOTHING, Told, denied
from mqinfra.providers.rabbitmq.settings.policy_keys import DELAYED_RETRY, key_problem
from mqinfra.providers.rabbitmq.settings.typed import TypedTable, Version
from mqinfra.providers.rabbitmq.spec.policy import PolicySpec

_UNLIMITED_SINCE = (4, 0)
NEWER_LOCATORS = ("balanced", "least-leaders")
"""Master locators that servers before 4.0 refuse."""


def problems(spec: PolicySpec, version: Version, table: TypedTable, told: Told = NOTHING) -> Iterator[Problem]:
    """Say what is wrong with a policy; `path` is the field.

    Args:
        spec: the policy as it is declared.
        version: the server's; empty for the newest.
        table: the keys that it may set, of policies or of operator policies.
        told: what the server says of deprecated features.
    """
    wrong = apply_to_problem(spec.apply_to, version)
    if wrong is not None:
        yield replace(wrong, path=("applyTo",))
    wrong = pattern_problem(spec.pattern, version)
    if wrong is not None:
        yield replace(wrong, path=("pattern",))
    if not spec.definition:
        yield Problem("a policy needs a definition; RabbitMQ refuses an empty one", "set a key", ("definition",))
    yield from _values(spec.definition, version)
    for key in spec.definition:
        wrong = key_problem(key, version, table=table)
        if wrong is None and key == "queue-master-locator" and denied("queue_master_locator", version, told):
            wrong = Problem(f"`{key}` is deprecated, and RabbitMQ refuses it", "use `queue-leader-locator`")
        if wrong is not None:
            yield replace(wrong, path=("definition", key))
    yield from _delayed_retry(spec.definition)


def _delayed_retry(definition: Mapping[str, JsonValue]) -> Iterator[Problem]:
    """As the server validates a policy; an argument it takes whatever it says (measured on 4.3.6)."""
    kind, least, most = (definition.get(key) for key in DELAYED_RETRY)
    if kind is not None and kind != "disabled" and least is None:
        message = f"`{DELAYED_RETRY[0]}: {kind}` needs `{DELAYED_RETRY[1]}`; RabbitMQ refuses it alone"
        yield Problem(message, f"add `{DELAYED_RETRY[1]}`, such as 5s", ("definition", DELAYED_RETRY[0]))
    if isinstance(least, int) and isinstance(most, int) and most < least:
        message = f"`{DELAYED_RETRY[2]}` is {format_ms(most)}, shorter than `{DELAYED_RETRY[1]}`, {format_ms(least)}"
        yield Problem(message, "raise it, or lower the other one", ("definition", DELAYED_RETRY[2]))


def _values(definition: Mapping[str, JsonValue], version: Version) -> Iterator[Problem]:
    """Values that only newer servers take, and keys that older ones take together only (measured on 3.10 and 4.0)."""
    if not version or version >= _UNLIMITED_SINCE:
        return
    limit, locator = definition.get("delivery-limit"), definition.get("queue-master-locator")
    if isinstance(limit, int) and limit < 0:
        yield Problem(
            f"RabbitMQ {'.'.join(map(str, version))} refuses a negative `delivery-limit`, which came with 4.0",
            "leave it out: before 4.0 there is no limit where none is set",
            ("definition", "delivery-limit"),
        )
    if locator in NEWER_LOCATORS:
        yield Problem(
            f"`queue-master-locator: {locator}` came with RabbitMQ 4.0",
            "write `min-masters`, `client-local` or `random`",
            ("definition", "queue-master-locator"),
        )
    mirrors = sorted(key for key in definition if key.startswith("ha-"))
    mode = definition.get("ha-mode")
    if mirrors and mode is None:
        yield Problem(f"`{mirrors[0]}` needs `ha-mode` beside it", "set `ha-mode` too", ("definition", mirrors[0]))
    elif mode in ("exactly", "nodes") and "ha-params" not in definition:
        yield Problem(f"`ha-mode: {mode}` needs `ha-params`", "set `ha-params` too", ("definition", "ha-mode"))
