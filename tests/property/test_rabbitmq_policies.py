"""Properties of the policies that sugar makes, for any policies that are declared beside them.

Whatever is declared: a queue with dead letters gets all that its policy said, and its dead letters; no policy that is
meant for others takes anything out of the queues that sugar made; and neither can tie with another.
"""

from collections.abc import Mapping
from types import MappingProxyType
from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from mqinfra.model.address import Address
from mqinfra.model.declaration import Declaration, Origin
from mqinfra.model.span import Span
from mqinfra.model.spec import Spec
from mqinfra.providers.rabbitmq.policy import merge as policy_merge
from mqinfra.providers.rabbitmq.policy.match import Policy, PolicySet, Target
from mqinfra.providers.rabbitmq.spec.policy import PolicySpec
from mqinfra.providers.rabbitmq.spec.queue import QueueSpec
from mqinfra.providers.rabbitmq.spec.queue_entry import DeferredPolicy, QueueEntry
from mqinfra.providers.rabbitmq.sugar.queue import expand
from tests.places import Places

NAMES = ["orders.email", "orders.sms", "orders.fax", "bills", "bills.paid", "a+b", "x" * 200, "y" * 200]
PATTERNS = [".*", "^orders\\.", "^orders\\.email", "\\.dlq$", "^bills", "paid", "^a\\+b$", "retry", "^(?:x|y)"]
SETTINGS = st.dictionaries(
    st.sampled_from(["message-ttl", "expires", "max-length", "delivery-limit", "dead-letter-exchange", "overflow"]),
    st.just(1),
    min_size=1,
).map(lambda found: {key: {"dead-letter-exchange": "x", "overflow": "drop-head"}.get(key, 1) for key in found})
POLICIES = st.dictionaries(
    st.sampled_from("abcdef"),
    st.fixed_dictionaries(
        {
            "pattern": st.sampled_from(PATTERNS),
            "applyTo": st.sampled_from(["all", "queues", "exchanges", "quorum_queues"]),
            "priority": st.integers(0, 3),
            "definition": SETTINGS,
        }
    ),
    max_size=5,
)
ENTRIES = st.dictionaries(
    st.sampled_from(NAMES),
    st.fixed_dictionaries(
        {"type": st.sampled_from(["classic", "quorum"])},
        optional={
            "deadLetter": st.sampled_from([True, {"queue": "shared"}, {"via": "argument"}, {"exchange": "dead"}]),
        },
    ),
    min_size=1,
)


def declared_by(entries: Mapping[str, Any], policies: Mapping[str, Any]) -> dict[Address, Declaration]:
    declared: dict[Address, Declaration] = {}

    def put(kind: str, name: str, spec: Spec, deferred: object = None) -> None:
        place = Origin(Span("t.yaml", 1, 1))
        declared[Address("mq", kind, ("/", name))] = Declaration(
            spec, Places(), (place,), MappingProxyType({}), deferred=deferred
        )

    for name, data in policies.items():
        put("policies", name, PolicySpec.model_validate(data))
    for name, data in entries.items():
        expansion = expand(Address("mq", "queues", ("/", name)), QueueEntry.model_validate(data))
        assert expansion.spec is not None
        put("queues", name, expansion.spec, expansion.deferred)
        for made in expansion.made:
            if made.kind == "queues":
                put(
                    "queues",
                    made.path[1],
                    QueueSpec.model_validate({key: made.data[key] for key in made.data if key != "deadLetter"}),
                )
    return declared


@given(entries=ENTRIES, policies=POLICIES)
def test_what_sugar_makes_is_in_force_and_nothing_is_taken_away(
    entries: dict[str, Any], policies: dict[str, Any]
) -> None:
    declared = declared_by(entries, policies)
    before = PolicySet(_policies(declared))
    made = {item.path[1]: item.data for _, item in policy_merge.expand_deferred(declared).made}
    everything = [*_policies(declared), *(_policy(name, data) for name, data in made.items())]
    after = PolicySet(everything)
    for address, declaration in declared.items():
        wishes = declaration.deferred
        if address.kind != "queues" or not isinstance(wishes, DeferredPolicy):
            continue
        target = _target(address, declared)
        was, now = before.effective(target), after.effective(target)
        if wishes.definition:
            base = was.policy.definition if was.policy is not None else {}
            assert now.policy is not None
            assert dict(now.policy.definition) == {**base, **wishes.definition}
            assert not now.tied
        else:
            assert now.policy == was.policy
        for name in wishes.guarded:
            letters = _target(Address("mq", "queues", ("/", name)), declared)
            old, new = before.effective(letters).policy, after.effective(letters).policy
            if old is None or not _for_others(old, declared, before):
                assert new == old
            else:
                assert new is not None
                assert {key for key in new.definition if key in policy_merge.HARMFUL} <= {"overflow"}


@given(entries=ENTRIES, policies=POLICIES)
def test_no_pattern_is_longer_than_servers_take(entries: dict[str, Any], policies: dict[str, Any]) -> None:
    for _, item in policy_merge.expand_deferred(declared_by(entries, policies)).made:
        assert len(str(item.data["pattern"]).encode()) <= 1024


@given(entries=ENTRIES, policies=POLICIES)
def test_the_order_of_declarations_is_irrelevant(entries: dict[str, Any], policies: dict[str, Any]) -> None:
    declared = declared_by(entries, policies)
    one, other = policy_merge.expand_deferred(declared), policy_merge.expand_deferred(dict(reversed(declared.items())))
    assert {item.path: item.data for _, item in one.made} == {item.path: item.data for _, item in other.made}


def _policies(declared: Mapping[Address, Declaration]) -> list[Policy]:
    return [
        _policy(address.path[1], item.spec.to_json())
        for address, item in declared.items()
        if address.kind == "policies"
    ]


def _policy(name: str, data: Mapping[str, Any]) -> Policy:
    return Policy(name, data["pattern"], data["applyTo"], data["priority"], data["definition"])


def _target(address: Address, declared: Mapping[Address, Declaration]) -> Target:
    found = declared.get(address)
    spec = found.spec if found is not None else None
    kind = spec.type if isinstance(spec, QueueSpec) and spec.type else "classic"
    return Target(address.path[1], "queue", kind)


def _for_others(policy: Policy, declared: Mapping[Address, Declaration], policies: PolicySet) -> bool:
    own = {
        name
        for item in declared.values()
        if isinstance(item.deferred, DeferredPolicy)
        for name in item.deferred.guarded
    }
    harmful = not policy_merge.HARMFUL.isdisjoint(policy.definition)
    return harmful and any(
        policies.effective(_target(address, declared)).policy == policy
        for address in declared
        if address.kind == "queues" and address.path[1] not in own
    )
