"""Our tables of arguments and policy keys, and our choice of policies, are those of real servers."""

import random
import time
from collections.abc import Callable, Iterator, Mapping
from typing import Literal, ParamSpec

import pytest
from pydantic import JsonValue

from mqinfra.model.setting import SettingType
from mqinfra.providers.rabbitmq.pattern.regex import Pattern, compile_pattern, exactly, pattern_problem
from mqinfra.providers.rabbitmq.policy.effective import effective_definition
from mqinfra.providers.rabbitmq.policy.match import Policy, PolicySet, Target
from mqinfra.providers.rabbitmq.settings.capabilities import APPLY_TO, QUEUE_TYPES, apply_to_problem
from mqinfra.providers.rabbitmq.settings.deprecations import Told
from mqinfra.providers.rabbitmq.settings.exchange_arguments import BUILT_IN_TYPES
from mqinfra.providers.rabbitmq.settings.policy_keys import (
    OPERATOR_POLICY_KEYS,
    POLICY_KEYS,
    key_problem,
    policy_keys_of,
)
from mqinfra.providers.rabbitmq.settings.queue_arguments import QUEUE_ARGUMENTS, arguments_problems, shape_problem
from mqinfra.providers.rabbitmq.settings.typed import TypedSetting, TypedTable, Version
from mqinfra.providers.rabbitmq.spec.policy import PolicySpec
from mqinfra.providers.rabbitmq.spec.policy_refusals import problems
from tests.brokers.rabbitmq.management import Refused
from tests.brokers.rabbitmq.server import RabbitServer

P = ParamSpec("P")
VHOST = "agree"
WORDS = ("orders", "email", "billing", "dlq")
WAIT = 20.0  # seconds; statistics follow every 5
PATTERNS = (
    "",
    ".*",
    "^orders",
    "dlq$",
    "^orders\\.email",
    "^(orders|billing)\\.",
    "\\bemail\\b",
    "(?i)EMAIL",
    "^[^.]+\\.[^.]+$",
    "[[:digit:]]$",
    "^\\w+\\.\\w+",
    "é",
    "^.{9,12}$",
    "\\Q.\\Eemail",
    "^(?!orders)",
    "\\d\\z",
)
VALUES: Mapping[str, JsonValue] = {
    "federation-upstream-pattern": "^up",
    "ha-mode": "exactly",
    "ha-params": 1,
    "max-age": "1D",
    "stream-filter-size-bytes": 16,
    "x-max-age": "1D",
    "x-queue-version": 2,
    "x-stream-filter-size-bytes": 16,
}
# `expires` deletes the queue under test. A locator in both a policy and an operator policy takes down 4.0's queue, as
# `merge_policy_value/3` has no clause for it.
HARMFUL = ("expires", "queue-master-locator")
_MIRRORED: Mapping[str, JsonValue] = {"ha-mode": "all"}
NEEDS: Mapping[str, Mapping[str, JsonValue]] = {
    "x-dead-letter-routing-key": {"x-dead-letter-exchange": ""},
    "delayed-retry-type": {"delayed-retry-min": 1},
    "ha-params": {"ha-mode": "exactly"},
    "ha-mode": {"ha-params": 1},
    "ha-promote-on-failure": _MIRRORED,
    "ha-promote-on-shutdown": _MIRRORED,
    "ha-sync-batch-size": _MIRRORED,
    "ha-sync-mode": _MIRRORED,
}


@pytest.fixture
def server(rabbitmq: RabbitServer) -> Iterator[RabbitServer]:
    rabbitmq.wipe()
    rabbitmq.management.call("PUT", "vhosts", VHOST, body={})
    yield rabbitmq
    rabbitmq.wipe()


def version_of(server: RabbitServer) -> Version:
    overview = server.management.get("overview")
    return tuple(int(part) for part in overview["rabbitmq_version"].split(".")[:3])


def told_by_the(server: RabbitServer) -> Told:
    if not server.since("3.13"):
        return {}
    # 4.0 lists the features and not what it does about them.
    rows = server.management.get("deprecated-features")
    return {row["name"]: row["state"] == "permitted" for row in rows if "state" in row}


def refused(action: Callable[P, object], *args: P.args, **kwargs: P.kwargs) -> bool:
    try:
        action(*args, **kwargs)
    except Refused as refusal:
        if refusal.status != 400:
            raise
        return True
    return False


def valid(setting: TypedSetting) -> JsonValue:
    match setting.type:
        case SettingType.BOOLEAN:
            value: JsonValue = True
        case SettingType.STRING:
            value = VALUES.get(setting.name, setting.choices[0] if setting.choices else "x")
        case _:
            value = VALUES.get(setting.name, max(int(setting.minimum or 0), 1))
    assert setting.parse(value) == value
    return value


def put_queue(server: RabbitServer, name: str, queue_type: str, **arguments: JsonValue) -> None:
    body = {"durable": True, "arguments": {"x-queue-type": queue_type, **arguments}}
    server.management.call("PUT", "queues", VHOST, name, body=body)


def put_policy(server: RabbitServer, policy: Policy, component: str = "policies") -> None:
    body = {
        "pattern": policy.pattern,
        "apply-to": policy.apply_to,
        "priority": policy.priority,
        "definition": policy.definition,
    }
    server.management.call("PUT", component, VHOST, policy.name, body=body)


def targets(server: RabbitServer, rng: random.Random) -> list[Target]:
    """Make queues and exchanges of all types; some share a name."""
    made: list[Target] = []
    for number in range(40):
        kind: Literal["queue", "exchange"] = "exchange" if number % 4 == 3 else "queue"
        name = ".".join(rng.sample([*WORDS, "né", "Email"], rng.randint(1, 3))) + rng.choice(["", str(number)])
        type_ = rng.choice(BUILT_IN_TYPES if kind == "exchange" else QUEUE_TYPES)
        target = Target(name, kind, type_)
        if any((name, kind) == (other.name, other.kind) for other in made):
            continue
        if kind == "queue":
            put_queue(server, name, type_)
        else:
            server.management.call("PUT", "exchanges", VHOST, name, body={"type": type_, "durable": True})
        made.append(target)
    return made


def some_policies(rng: random.Random, version: Version, names: list[str], table: TypedTable) -> list[Policy]:
    operator = table is OPERATOR_POLICY_KEYS
    keys = [
        key.name
        for key in policy_keys_of(version)
        if isinstance(key, TypedSetting)
        and not key.plugin
        and not key.name.startswith("ha-")
        and table.get(key.name) is not None
        and key_problem(key.name, version, table=table) is None
    ]
    priorities = rng.sample(range(100), 40)
    policies = []
    for number, chosen_priority in enumerate(priorities):
        pattern = exactly(rng.sample(names, rng.randint(1, 4))) if number % 3 == 0 else rng.choice(PATTERNS)
        chosen = rng.sample(keys, rng.choice([1, 1, 1, 2]))
        definition = {key: _value(table, key, rng) for key in chosen if key not in HARMFUL} or {"max-length-bytes": 9}
        if "delayed-retry-type" in definition:
            definition.setdefault("delayed-retry-min", 1)
        # Those that match everything go below the others, which else would not show.
        priority = chosen_priority - (100 if pattern in ("", ".*") else 0)
        apply_to = rng.choice([each for each in APPLY_TO if apply_to_problem(each, version) is None])
        policies.append(Policy(f"{'op' if operator else 'p'}{number}", pattern, apply_to, priority, definition))
    return policies


def _value(table: TypedTable, key: str, rng: random.Random) -> JsonValue:
    setting = table.get(key)
    assert isinstance(setting, TypedSetting)
    if setting.type is SettingType.LONG and setting.maximum is None and key != "initial-cluster-size":
        return rng.randint(1, 10**6)
    return valid(setting)


InForce = dict[tuple[str, str], tuple[str, str, dict[str, JsonValue]]]
"""Kind and name of a thing, to the names of its policy and operator policy, and what they say together."""


def in_force(server: RabbitServer, ours: InForce) -> tuple[InForce, int]:
    """What the server says, and of how many queues it tells all.

    A queue's policy is read from the server's store; the rest comes from statistics, which are seconds old and which
    a queue that nobody uses may never send.
    """
    theirs: InForce = {}
    told = 0
    measured = {queue["name"]: queue for queue in server.management.get("queues", VHOST)}
    for queue in server.management.get("queues", VHOST, query="disable_stats=true&enable_queue_totals=true"):
        name, more = queue["name"], measured[queue["name"]]
        _, operator, definition = ours["queue", name]
        if "effective_policy_definition" in more:
            told += 1
            operator = more.get("operator_policy") or ""
            definition = dict(sorted((more["effective_policy_definition"] or {}).items()))
        theirs["queue", name] = queue.get("policy") or "", operator, definition
    for exchange in server.management.get("exchanges", VHOST):
        if ("exchange", exchange["name"]) in ours:  # of operator policies it does not tell
            theirs["exchange", exchange["name"]] = exchange.get("policy", ""), *ours["exchange", exchange["name"]][1:]
    return theirs, told


def test_the_server_takes_the_same_policy(server: RabbitServer) -> None:
    rng = random.Random(42)  # noqa: S311 - test data, the same in every run
    version = version_of(server)
    made = targets(server, rng)
    names = sorted({target.name for target in made})
    own = some_policies(rng, version, names, POLICY_KEYS)
    operators = some_policies(rng, version, names, OPERATOR_POLICY_KEYS)
    for policy in own:
        put_policy(server, policy)
    for policy in operators:
        put_policy(server, policy, "operator-policies")
    plain, operated = PolicySet(own, version), PolicySet(operators, version)
    ours: InForce = {}
    skipped = 0
    for target in made:
        first, second = plain.effective(target), operated.effective(target)
        assert not any((first.unknown, first.tied, second.unknown, second.tied))
        skipped += len(first.skipped)
        ours[target.kind, target.name] = (
            first.policy.name if first.policy else "",
            second.policy.name if second.policy else "",
            effective_definition(first.policy, second.policy, {}, target.type, version),
        )
    queues = sum(kind == "queue" for kind, _ in ours)
    theirs, told = in_force(server, ours)
    end = time.monotonic() + WAIT
    while (theirs != ours or told < queues * 0.8) and time.monotonic() < end:
        time.sleep(0.5)
        theirs, told = in_force(server, ours)
    assert theirs == ours
    assert told > queues / 2
    assert skipped
    assert len({name for name, _, _ in ours.values()}) > 5  # else the policies are too few or too broad


def test_the_server_takes_the_same_arguments(server: RabbitServer) -> None:
    version, told = version_of(server), told_by_the(server)
    theirs, ours = {}, {}
    for setting in QUEUE_ARGUMENTS:
        assert isinstance(setting, TypedSetting)
        for queue_type in QUEUE_TYPES:
            arguments = {**NEEDS.get(setting.name, {}), setting.name: valid(setting)}
            ours[setting.name, queue_type] = bool(arguments_problems(arguments, queue_type, version, told))
            theirs[setting.name, queue_type] = refused(
                put_queue, server, setting.name + queue_type, queue_type, **arguments
            )
    assert theirs == ours


def test_the_server_takes_the_same_keys(server: RabbitServer) -> None:
    version, told = version_of(server), told_by_the(server)
    for component, table in (("policies", POLICY_KEYS), ("operator-policies", OPERATOR_POLICY_KEYS)):
        theirs, ours = {}, {}
        for key in table:
            assert isinstance(key, TypedSetting)
            if key.plugin == "sharding":  # not among the plugins of the test server
                continue
            shared = key.name.startswith(("ha-", "delayed-retry-"))
            needed = {} if table is OPERATOR_POLICY_KEYS and not shared else NEEDS.get(key.name, {})
            policy = Policy(key.name, "^none$", "all", 0, {**needed, key.name: valid(key)})
            spec = PolicySpec(pattern=policy.pattern, apply_to="all", priority=0, definition=policy.definition)
            ours[key.name] = bool(list(problems(spec, version, table, told)))
            theirs[key.name] = refused(put_policy, server, policy, component)
        assert theirs == ours, component


def test_the_server_takes_the_same_classes_and_shapes(server: RabbitServer) -> None:
    version, told = version_of(server), told_by_the(server)
    for apply_to in (*APPLY_TO, "stream"):
        policy = Policy("p", "^none$", apply_to, 0, {"max-length": 1})
        theirs = refused(put_policy, server, policy)
        assert theirs == (apply_to_problem(apply_to, version) is not None), apply_to
    for queue_type in QUEUE_TYPES:
        for durable in (True, False):
            for auto_delete in (True, False):
                body = {"durable": durable, "auto_delete": auto_delete, "arguments": {"x-queue-type": queue_type}}
                name = f"{queue_type}-{durable}-{auto_delete}"
                theirs = refused(server.management.call, "PUT", "queues", VHOST, name, body=body)
                problem = shape_problem(
                    queue_type, durable=durable, auto_delete=auto_delete, version=version, told=told
                )
                assert theirs == (problem is not None), name


@pytest.mark.parametrize("written", ["10", 10.0, -1, True])
def test_numbers_of_another_type_are_refused(server: RabbitServer, written: JsonValue) -> None:
    assert refused(put_queue, server, "q", "classic", **{"x-max-length": written})
    assert refused(put_policy, server, Policy("p", "^none$", "all", 0, {"max-length": written}))


@pytest.mark.parametrize("pattern", [*PATTERNS, "(", "*a", "[b-a]", "[[:foo:]]", "a{3,2}", "^(a+)+$", "(a)\\1", "a]"])
def test_the_server_refuses_the_same_patterns(server: RabbitServer, pattern: str) -> None:
    theirs = refused(put_policy, server, Policy("p", pattern, "all", 0, {"max-length": 1}))
    assert theirs == (pattern_problem(pattern, version_of(server)) is not None)
    if isinstance(compile_pattern(pattern), Pattern):
        assert not theirs
