"""What an environment's `names` make of manifests: everything that names something follows, and nothing else."""

from pathlib import Path

import pytest

from mqinfra.model.address import Address
from mqinfra.model.diagnostic import Diagnostic
from tests.unit.names.project import NAMES, TOPOLOGY, loaded

NO_RETRIES = TOPOLOGY.replace("          retry: {delays: [10s, 1m]}\n", "")
"""The hash in the names of retries is of the names, so that these are not the same with a prefix."""
HEAD = "apiVersion: mqinfra/v1\nkind: Topology\nmetadata: {name: shop}\n"


def errors(folder: Path, topology: str, names: str = NAMES) -> list[Diagnostic]:
    return [item for item in loaded(folder, "staging", HEAD + topology, names).diagnostics if item.code == "MQ126"]


def test_a_renamed_environment_declares_what_the_plain_one_does(tmp_path: Path) -> None:
    plain = loaded(tmp_path, "plain", NO_RETRIES)
    staging = loaded(tmp_path, "staging", NO_RETRIES)
    assert not plain.diagnostics
    assert not staging.diagnostics
    names = staging.desired.names
    back = {names.declared(address): item for address, item in staging.desired.declarations.items()}
    assert list(plain.desired.declarations) == sorted(back)
    for address, item in plain.desired.declarations.items():
        broker = plain.desired.clusters[address.cluster]
        spec, problems = names.in_data(f"{broker}/{address.kind}", back[address].spec.to_json(), real=False)
        assert not problems
        assert dict(spec) == item.spec.to_json()
        targets = {names.declared(reference.target) for reference in back[address].references}
        assert targets == {reference.target for reference in item.references}
        assert back[address].span == item.span
        assert back[address].labels == item.labels


def test_nothing_of_a_renamed_environment_has_a_name_of_the_plain_one(tmp_path: Path) -> None:
    plain = loaded(tmp_path, "plain").desired.declarations
    staging = loaded(tmp_path, "staging").desired.declarations
    both = {address.text for address in plain.keys() & staging.keys()}
    assert both == set()


@pytest.mark.parametrize(
    "address",
    [
        "rabbitmq/exchanges/%2Fshop-stg/stg.orders.email.return",
        "rabbitmq/bindings/%2Fshop-stg/exchange=stg.orders,queue=stg.orders.email,routingKey=paid",
        "rabbitmq/bindings/%2Fshop-stg/exchange=amq.topic,queue=stg.orders.fax,routingKey=x",
        "rabbitmq/bindings/%2Fshop-stg/exchange=shared.events,queue=stg.orders.email,routingKey=a",
        "rabbitmq/permissions/%2Fshop-stg/stg-email",
        "kafka/acls/name=stg.orders.created.dlq,operation=Write,principal=User:stg-billing,resource=topic",
        "kafka/acls/name=shared,operation=Read,principal=User:stg-billing,resource=topic",
        "kafka/acls/name=theirs,operation=Read,principal=User:stg-billing,resource=topic",
        "kafka/acls/name=stg.app-,operation=Create,pattern=prefixed,principal=User:stg-billing,resource=topic",
        "kafka/acls/name=stg.tx,operation=Write,principal=User:CN%3Dx,resource=transactionalId",
        "kafka/quotas/user=stg-billing",
        "redis/groups/{stg.shop}:activity/feed",
        "redis/streams/{stg.shop}:activity:dlq",
        "registry/subjects/stg.orders.created-value",
    ],
)
def test_it_is_called_on_the_cluster(tmp_path: Path, address: str) -> None:
    assert Address.parse(address) in loaded(tmp_path, "staging").desired.declarations


def test_fields_follow(tmp_path: Path) -> None:
    declared = loaded(tmp_path, "staging").desired.declarations
    spec = {address.text: item.spec.to_json() for address, item in declared.items()}
    assert spec["kafka/groups/stg.billing"]["topics"] == ["stg.orders.created"]
    policy = spec["rabbitmq/policies/%2Fshop-stg/stg.ttl"]
    assert policy["pattern"] == r"^stg\.orders\.f"
    assert policy["definition"] == {"dead-letter-exchange": "stg.orders", "message-ttl": 3600000}
    arguments = spec["rabbitmq/queues/%2Fshop-stg/stg.orders.args"]["arguments"]
    assert arguments == {"x-dead-letter-exchange": "", "x-dead-letter-routing-key": "stg.orders.fax"}
    rights = spec["rabbitmq/permissions/%2Fshop-stg/stg-email"]
    assert rights["write"] == r"^(?:shared\.events|stg\.orders)$"
    assert spec["redis/users/stg-raw"]["keys"] == ["~{stg.shop}:*", "%R~stg.orders:*", "~stg.one"]
    assert spec["redis/users/stg-raw"]["channels"] == ["&stg.news.*"]


def test_the_scope_follows(tmp_path: Path) -> None:
    scope = loaded(tmp_path, "staging").desired.scope
    assert scope.owns("kafka", Address.parse("kafka/topics/stg.orders.paid"))
    assert not scope.owns("kafka", Address.parse("kafka/topics/orders.paid"))
    assert scope.owns("kafka", Address.parse("kafka/users/stg-billing"))
    assert scope.owns("rabbitmq", Address.parse("rabbitmq/queues/%2F-stg/stg.orders.x"))
    assert scope.owns("redis", Address.parse("redis/streams/{stg.shop}:x"))
    assert not scope.owns("redis", Address.parse("redis/streams/{shop}:x"))


@pytest.mark.parametrize(
    ("topology", "line"),
    [
        ("rabbitmq: {vhosts: {/shop: {permissions: {email: {configure: '', write: '', read: '.*'}}}}}", "`.*`"),
        ("rabbitmq: {vhosts: {/shop: {permissions: {email: {configure: '', write: '', read: '^a|^b'}}}}}", "`^a|^b`"),
        ("rabbitmq: {vhosts: {/shop: {policies: {p: {pattern: 'orders', definition: {max-length: 1}}}}}}", "`orders`"),
        ("redis: {users: {raw: {keys: ['~*'], commands: [+get]}}}", "`~*`"),
        ("kafka: {acls: [{principal: 'User:x', resource: topic, name: '*', operation: Read}]}", "`*`"),
    ],
)
def test_a_pattern_without_a_fixed_beginning_is_refused_at_its_place(tmp_path: Path, topology: str, line: str) -> None:
    (found,) = errors(tmp_path, topology)
    assert line in found.message
    assert found.span is not None
    assert found.span.file == "shop.yaml"
    assert found.span.line == 4
    assert found.help


def test_a_suffix_goes_only_on_names_that_are_written_out(tmp_path: Path) -> None:
    names = "{rabbitmq/queues: {suffix: -s}, rabbitmq/exchanges: {suffix: -s}, kafka/topics: {suffix: -s}}"
    rabbit = "rabbitmq: {{vhosts: {{/shop: {{permissions: {{email: {{configure: '', write: '', read: '{}'}}}}}}}}}}"
    assert [item.code for item in errors(tmp_path, rabbit.format(r"^orders\."), names)] == ["MQ126"]
    assert errors(tmp_path, rabbit.format(r"^orders$"), names) == []
    acl = "kafka: {acls: [{principal: 'User:x', resource: topic, name: orders., pattern: prefixed, operation: Read}]}"
    assert [item.code for item in errors(tmp_path, acl, names)] == ["MQ126"]


def test_names_that_sugar_makes_come_after_a_suffix(tmp_path: Path) -> None:
    names = "{kafka/topics: {suffix: -s}}"
    desired = loaded(tmp_path, "staging", HEAD + "kafka: {topics: {orders.a: {deadLetter: true}}}", names).desired
    assert [address.text for address in desired.declarations] == [
        "kafka/topics/orders.a-s",
        "kafka/topics/orders.a-s.dlq",
    ]
    assert desired.names.declared(Address.parse("kafka/topics/orders.a-s.dlq")).text == "kafka/topics/orders.a.dlq"


def test_a_pattern_of_kinds_with_different_names_is_refused(tmp_path: Path) -> None:
    text = "rabbitmq: {vhosts: {/shop: {permissions: {email: {configure: '', write: '', read: '^orders$'}}}}}"
    (found,) = errors(tmp_path, text, "{rabbitmq/queues: {prefix: stg.}}")
    assert "`rabbitmq/queues` and `rabbitmq/exchanges`" in found.message


def test_lines_and_overrides_speak_of_declared_names(tmp_path: Path) -> None:
    removed = """
removed:
  kafka/topics/orders.old: {}
  kafka/topics/orders.before: {asWritten: true}
allowed:
  kafka/topics/orders.a: {evenIf: [messages], by: {config.retention.ms: 1d}, until: 2026-12-20}
kafka: {topics: {orders.a: {}}}
"""
    desired = loaded(tmp_path, "staging", HEAD + removed).desired
    assert [address.text for address in desired.tombstones] == [
        "kafka/topics/orders.before",
        "kafka/topics/stg.orders.old",
    ]
    assert [address.text for address in desired.allowed] == ["kafka/topics/stg.orders.a"]
    overrides = NAMES + "    overrides: [{match: kafka/topics/orders.a, set: {partitions: 7}}]\n"
    changed = loaded(tmp_path, "staging", HEAD + "kafka: {topics: {orders.a: {}}}", overrides)
    assert not changed.diagnostics
    assert [item.spec.to_json() for item in changed.desired.declarations.values()] == [{"partitions": 7}]


@pytest.mark.parametrize(
    ("names", "message"),
    [
        ("{kafka/topic: {prefix: a}}", "`kafka/topic` is not a kind of things with names"),
        ("{kafka/acls: {prefix: a}}", "`kafka/acls` is not a kind of things with names"),
        ("{kafka/topics: {}}", "`kafka/topics` under `names` says neither `prefix` nor `suffix`"),
        ("{kafka/topics: {prefx: a, suffix: b}}", "`prefx`: unknown field of `kafka/topics` under `names`"),
    ],
)
def test_what_is_wrong_with_names_is_said(tmp_path: Path, names: str, message: str) -> None:
    found = loaded(tmp_path, "staging", HEAD + "kafka: {topics: {orders.a: {}}}", names).diagnostics
    assert message in [item.message for item in found]
    assert all(item.span is not None and item.span.file == "mqinfra.yaml" for item in found)
