"""Which policy is in force: as a plain reading of `rabbit_policy.erl`, and whatever order policies come in."""

import time
from collections.abc import Mapping, Sequence

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import JsonValue

from mqinfra.providers.rabbitmq.pattern.regex import Pattern, compile_pattern, exactly
from mqinfra.providers.rabbitmq.policy.effective import effective_definition
from mqinfra.providers.rabbitmq.policy.match import Effective, Policy, PolicySet, Target
from mqinfra.providers.rabbitmq.settings.capabilities import APPLY_TO, QUEUE_TYPES, applies_to, apply_to_problem
from mqinfra.providers.rabbitmq.settings.policy_keys import unsupported_keys

PATTERNS = ("", ".*", "^a", "^a$", "b$", "^(a|b)$", "^(?:ab|ba|aa)$", "a+b", "^ab", "^aa.", "^$", "(a)\\1")
DEFINITIONS: Sequence[Mapping[str, JsonValue]] = (
    {"max-length": 1},
    {"max-length-bytes": 1},
    {"max-age": "1D"},
    {"delivery-limit": 3},
    {"alternate-exchange": "x", "message-ttl": 5},
)
POLICIES = st.lists(
    st.builds(
        Policy,
        name=st.text("pqrs", min_size=1, max_size=4),
        pattern=st.sampled_from(PATTERNS),
        apply_to=st.sampled_from(APPLY_TO),
        priority=st.integers(min_value=-1, max_value=2),
        definition=st.sampled_from(DEFINITIONS),
    ),
    max_size=10,
    unique_by=lambda policy: policy.name,
)
TARGETS = st.one_of(
    st.builds(Target, name=st.text("ab", max_size=3), kind=st.just("queue"), type=st.sampled_from(QUEUE_TYPES)),
    st.builds(Target, name=st.text("ab", max_size=3), kind=st.just("exchange"), type=st.just("topic")),
)


def plainly(policies: Sequence[Policy], target: Target) -> Effective:
    """Evaluate policies one after the other."""
    fitting: list[Policy] = []
    skipped: list[tuple[Policy, tuple[str, ...]]] = []
    unknown: list[Policy] = []
    for policy in sorted(policies, key=lambda each: (-each.priority, each.name)):
        pattern = compile_pattern(policy.pattern)
        if not applies_to(policy.apply_to, target.kind, target.type):
            continue
        if not isinstance(pattern, Pattern):
            unknown.append(policy)
        elif pattern.matches(target.name):
            lacking = unsupported_keys(policy.definition, target.type) if target.kind == "queue" else ()
            if lacking:
                skipped.append((policy, lacking))
            else:
                fitting.append(policy)
    if not fitting:
        return Effective(None, skipped=tuple(skipped), unknown=tuple(unknown))
    winner, *others = fitting
    return Effective(
        winner,
        tuple(policy for policy in others if policy.priority == winner.priority),
        tuple(policy for policy in others if policy.priority != winner.priority),
        tuple(skipped),
        tuple(unknown),
    )


def policy(name: str, pattern: str, priority: int = 0, **definition: JsonValue) -> Policy:
    return Policy(name, pattern, "all", priority, {key.replace("_", "-"): v for key, v in definition.items()})


@given(POLICIES, st.lists(TARGETS, max_size=6))
def test_a_set_of_policies_is_a_plain_evaluation(policies: list[Policy], targets: list[Target]) -> None:
    known = PolicySet(policies)
    for target in targets:
        assert known.effective(target) == plainly(policies, target)


@given(POLICIES.flatmap(lambda policies: st.tuples(st.just(policies), st.permutations(policies))), TARGETS)
def test_the_order_of_policies_does_not_matter(both: tuple[list[Policy], list[Policy]], target: Target) -> None:
    assert PolicySet(both[0]).effective(target) == PolicySet(both[1]).effective(target)


def test_one_key_that_the_type_lacks_makes_the_server_skip_the_policy() -> None:
    high, low = policy("high", "^q", 9, max_length=1, max_age="1D"), policy("low", "^q", max_length=2)
    found = PolicySet([high, low], (3, 10, 8)).effective(Target("q", "queue", "classic"))
    assert found.policy == low
    assert found.skipped == ((high, ("max-age",)),)


def test_exchanges_support_every_key() -> None:
    found = PolicySet([policy("p", "x", max_age="1D")]).effective(Target("x", "exchange", "topic"))
    assert found.policy is not None
    assert not found.skipped


def test_equals_are_named() -> None:
    found = PolicySet([policy("b", "q"), policy("a", "q"), policy("c", "q", -1)]).effective(
        Target("q", "queue", "classic")
    )
    assert found.policy is not None
    assert [found.policy.name, *(p.name for p in found.tied)] == ["a", "b"]
    assert [p.name for p in found.shadowed] == ["c"]


def test_a_pattern_that_cannot_be_evaluated_is_named() -> None:
    known = PolicySet([policy("odd", "(a)\\1", 3), policy("plain", "a")])
    found = known.effective(Target("aa", "queue", "classic"))
    assert found.policy is not None
    assert [p.name for p in found.unknown] == ["odd"]


@pytest.mark.parametrize(
    ("apply_to", "version", "refused"),
    [
        ("all", (3, 10), False),
        ("streams", (3, 11, 28), True),
        ("streams", (3, 12), False),
        ("quorum_queues", (), False),
        ("stream", (), True),
    ],
)
def test_classes_of_one_queue_type_came_with_3_12(apply_to: str, version: tuple[int, ...], *, refused: bool) -> None:
    assert (apply_to_problem(apply_to, version) is not None) == refused


@pytest.mark.parametrize(
    ("key", "policy_value", "operator_value", "argument", "queue_type", "version", "expected"),
    [
        ("max-length", 10, None, None, "classic", (), 10),
        ("max-length", 10, 5, None, "classic", (), 5),
        ("max-length", 5, 10, None, "classic", (), 5),
        ("max-length", 10, None, 20, "classic", (), 10),
        ("max-length", None, 5, 20, "quorum", (), 5),
        ("max-length-bytes", 10, None, 5, "stream", (), 10),
        ("max-age", "1D", None, "2D", "stream", (), "1D"),
        ("overflow", "drop-head", None, "reject-publish", "classic", (), "reject-publish"),
        ("overflow", "drop-head", None, "reject-publish", "quorum", (), "drop-head"),
        ("overflow", "drop-head", "reject-publish", None, "quorum", (), "reject-publish"),
        ("dead-letter-exchange", "p", None, "a", "quorum", (), "a"),
        ("delivery-limit", -1, 5, None, "quorum", (), 5),
        ("delivery-limit", 9, 5, None, "quorum", (), 5),
        ("delivery-limit", 9, None, -1, "quorum", (4, 0), 9),
        ("delivery-limit", 9, None, -1, "quorum", (3, 13), -1),
        ("expires", 9, None, 5, "quorum", (3, 10), 9),
        ("expires", 9, None, 5, "quorum", (4, 0), 5),
        ("expires", 9, None, 5, "classic", (3, 10), 5),
        ("target-group-size", 3, 5, None, "quorum", (), 5),
        ("delayed-retry-min", 3, 5, None, "quorum", (), 5),
        ("delayed-retry-max", 3, 5, None, "quorum", (), 3),
    ],
)
def test_policy_operator_policy_and_argument_make_one_value(
    key: str,
    policy_value: JsonValue,
    operator_value: JsonValue,
    argument: JsonValue,
    queue_type: str,
    version: tuple[int, ...],
    expected: JsonValue,
) -> None:
    own, operators = (
        None if value is None else Policy("p", "", "all", 0, {key: value}) for value in (policy_value, operator_value)
    )
    arguments = {} if argument is None else {f"x-{key}": argument, "x-custom": 1}
    assert effective_definition(own, operators, arguments, queue_type, version) == {key: expected}


def test_many_names_and_policies_take_little_time() -> None:
    names = [f"team{i % 80}.orders.{i}.part{i % 60}" for i in range(10_000)]
    policies = [Policy(f"p{i}", f"^team{i}\\.", "all", i, {"max-length": i}) for i in range(50)]
    policies += [Policy(f"q{i}", f"\\.part{i}$", "queues", i, {"max-length": i}) for i in range(50)]
    policies += [Policy(f"l{i}", exactly([name]), "queues", i, {"max-length": i}) for i, name in enumerate(names[:999])]
    policies.append(Policy("list", exactly(names[:1000]), "queues", 0, {"max-length": 1}))
    start = time.perf_counter()
    known = PolicySet(policies)
    assert all(known.effective(Target(name, "queue", "classic")) for name in names)
    assert time.perf_counter() - start < 2  # 0.2 s on an idle machine
