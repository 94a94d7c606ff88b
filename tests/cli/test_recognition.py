"""`export` says in sugar what sugar would make exactly so, and nothing else; what it prints plans no change."""

from collections.abc import Callable

import pytest

from tests.cli.conftest import EVERY_BROKER, HEAD, Project
from tests.command import Ran


@pytest.fixture
def exported(begin: Callable[[str], Project]) -> Callable[[str], str]:
    """Apply entries, export what is live, and see that it plans nothing."""

    def export(entries: str) -> str:
        project = begin(EVERY_BROKER)
        project.topology(HEAD + entries, "shop.yaml")
        applied = project.mq("apply", "--auto-approve")
        assert applied.code == 0, applied.err
        ran: Ran = project.mq("export")
        assert ran.code == 0, ran.err
        project.topology(ran.out, "shop.yaml")
        planned = project.mq("plan", "--detailed-exitcode")
        assert planned.code == 0, planned.out + planned.err
        assert project.mq("export").out == ran.out
        return ran.out

    return export


VHOST = "rabbitmq: {vhosts: {/shop: {queues: {%s}%s}}}\n"


@pytest.mark.parametrize(
    "sugar",
    [
        "{type: quorum, deadLetter: true}",
        "{type: quorum, deadLetter: {type: classic}}",
        "{type: classic, deadLetter: {arguments: {x-max-length: 5}}}",
        "{type: quorum, deadLetter: {via: argument}, arguments: {x-max-length: 7}}",
        "{type: quorum, deadLetter: {strategy: at-least-once}}",
        "{type: quorum, retry: {delays: [10s, 1m]}}",
        "{type: classic, retry: {delays: [1500]}, deadLetter: {type: quorum}}",
    ],
)
def test_a_queue_says_what_its_dead_letters_and_retries_were_made_of(
    exported: Callable[[str], str], sugar: str
) -> None:
    text = exported(VHOST % (f"orders: {sugar}", ""))
    assert "orders:\n" in text
    assert "orders.dlq" not in text
    assert "policies:" not in text
    assert "exchanges:" not in text
    assert ("retry:" in text) is ("retry" in sugar)


def test_queues_that_share_a_policy_with_others_say_it_all_the_same(exported: Callable[[str], str]) -> None:
    letters = "deadLetter: {queue: dead}"
    queues = f"dead: {{}}, a: {{{letters}}}, b: {{{letters}}}, plain: {{}}"
    text = exported(VHOST % (queues, ", policies: {ttl: {pattern: ^a$, definition: {message-ttl: 1h}}}"))
    assert text.count("queue: dead") == 2
    assert "a.policy" not in text
    assert "ttl:" in text


@pytest.mark.parametrize(("priority", "more"), [(2, ""), (1, ", max-length: 5")])
def test_a_policy_that_is_not_quite_what_sugar_makes_stays_a_policy(
    exported: Callable[[str], str], priority: int, more: str
) -> None:
    definition = f"{{dead-letter-exchange: '', dead-letter-routing-key: orders.dlq{more}}}"
    policy = f"{{pattern: ^orders$, applyTo: queues, priority: {priority}, definition: {definition}}}"
    queues = "orders: {type: quorum}, orders.dlq: {type: quorum}"
    text = exported(VHOST % (queues, f", policies: {{orders.policy: {policy}}}"))
    assert "orders.policy:" in text
    assert "orders.dlq:" in text
    assert "deadLetter" not in text


@pytest.mark.parametrize("patience", [1, 12])
def test_sugar_that_is_given_up_as_no_try_came_out_right_is_told(
    patience: int, begin: Callable[[str], Project], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("mqinfra.cli.recognising._PATIENCE", patience)
    project = begin(EVERY_BROKER)
    letters = "{dead-letter-exchange: '', dead-letter-routing-key: orders.dlq}"
    policy = f"{{pattern: ^orders$, applyTo: queues, priority: 2, definition: {letters}}}"
    queues = "orders: {type: quorum}, orders.dlq: {type: quorum}, fine: {deadLetter: true}"
    topics = "kafka: {topics: {a: {deadLetter: true}}}\n"
    project.topology(HEAD + VHOST % (queues, f", policies: {{orders.policy: {policy}}}") + topics)
    assert project.mq("apply", "--auto-approve").code == 0
    exported = project.mq("export")
    assert exported.code == 0
    told = "wrote rabbitmq/queues without sugar, as no try with it made just what is there"
    assert (told in exported.err) is (patience == 1)
    assert exported.out.count("deadLetter: true") == (1 if patience == 1 else 2)
    project.topology(exported.out)
    assert project.mq("plan", "--detailed-exitcode").code == 0


def test_sugar_that_a_policy_of_all_queues_rules_out_costs_no_other_sugar(exported: Callable[[str], str]) -> None:
    """It would be kept from each queue of dead letters, by one policy more that all of them make."""
    letters = "arguments: {{x-dead-letter-exchange: '', x-dead-letter-routing-key: {0}.dlq}}"
    entry = f"{{0}}: {{{{type: quorum, {letters}, bindings: [{{{{exchange: in}}}}]}}}}, {{0}}.dlq: {{{{type: quorum}}}}"
    queues = ", ".join(entry.format(f"q{number}") for number in range(20))
    short = "{pattern: '.*', applyTo: queues, definition: {max-length: 5}}"
    text = exported(VHOST % (queues, f", exchanges: {{in: {{type: fanout}}}}, policies: {{all: {short}}}"))
    assert "deadLetter" not in text
    assert text.count("bindings:") == 20


def test_rights_are_read_where_they_stand(exported: Callable[[str], str]) -> None:
    rights = ", ".join(f"u{number}: {{configure: .*, write: .*, read: .*}}" for number in range(5))
    users = f"users: {{{', '.join(f'u{number}: {{}}' for number in range(5))}}}, vhosts"
    text = exported((VHOST % ("a: {}", f", permissions: {{{rights}}}")).replace("vhosts", users))
    assert "defaults" not in text
    assert "u0: {}" in text
    assert text.count("configure: .*") == 5


def test_what_no_manifest_declares_yet_can_be_exported_alone(begin: Callable[[str], Project]) -> None:
    project = begin(EVERY_BROKER)
    topics = ", ".join(f"{name}: {{partitions: 1}}" for name in "abcd")
    project.topology(HEAD + f"kafka: {{topics: {{{topics}}}}}\n", "old.yaml")
    assert project.mq("apply", "--auto-approve").code == 0
    (project.root / "topology" / "old.yaml").unlink()
    project.topology(HEAD + "kafka: {topics: {a: {partitions: 1}}}\n", "shop.yaml")
    ran = project.mq("export", "--exclude", "file:topology/shop.yaml", "-o", "yaml=topology/rest.yaml")
    assert ran.code == 0, ran.err
    text = (project.root / "topology" / "rest.yaml").read_text(encoding="utf-8")
    assert "    a:" not in text
    assert "    b:" in text
    assert project.mq("plan", "--detailed-exitcode").code == 0


def test_an_export_keeps_what_manifests_say_that_no_broker_does(begin: Callable[[str], Project]) -> None:
    project = begin(EVERY_BROKER)
    head = HEAD.replace("{name: shop}", "{name: shop, labels: {team: shop}}")
    entries = """\
kafka:
  topics:
    a: {partitions: 1, deadLetter: true, labels: {tier: gold}, lifecycle: {protect: true},
        promises: {canary: accept}}
    b: {partitions: 1}
  access:
    billing: {consumes: [a], group: false, labels: {tier: iron}}
"""
    project.topology(head + entries, "shop.yaml")
    assert project.mq("apply", "--auto-approve").code == 0
    ran = project.mq("export")
    assert ran.out.startswith(
        "apiVersion: mqinfra/v1\nkind: Topology\nmetadata:\n  name: shop\n  labels:\n    team: shop\n"
    )
    assert ran.out.count("team: shop") == 1
    assert (
        "      labels:\n        tier: gold\n      lifecycle:\n        protect: true\n      deadLetter: true\n"
        in ran.out
    )
    assert ran.out.count("tier: gold") == ran.out.count("canary: accept") == 1
    assert ran.out.count("tier: iron") == 1
    project.topology(ran.out, "shop.yaml")
    assert project.mq("plan", "--detailed-exitcode").code == 0
    assert project.mq("export").out == ran.out


def test_an_export_does_not_repeat_what_defaults_say_of_labels_and_lifecycles(begin: Callable[[str], Project]) -> None:
    usual = "{labels: {team: shop}, lifecycle: {adopt: true}}"
    project = begin(EVERY_BROKER + f"defaults: {{kafka/topics: {usual}}}\n")
    project.topology(HEAD + "kafka: {topics: {a: {partitions: 1}, b: {partitions: 1, labels: {tier: gold}}}}\n")
    assert project.mq("apply", "--auto-approve").code == 0
    ran = project.mq("export")
    assert "lifecycle" not in ran.out
    assert "tier: gold" in ran.out
    project.topology(ran.out)
    assert project.mq("plan", "--detailed-exitcode").code == 0
    assert project.mq("export").out == ran.out


def test_bindings_stand_with_the_queue_that_they_lead_to(exported: Callable[[str], str]) -> None:
    more = (
        ", exchanges: {in: {type: topic}, out: {type: headers}}, bindings: ["
        "{exchange: in, queue: a, routingKey: x}, {exchange: out, queue: a, arguments: {x-match: any, k: 1}}, "
        "{exchange: in, toExchange: out}]"
    )
    text = exported(VHOST % ("a: {}", more))
    assert text.count("bindings:") == 2
    assert "queue: a" not in text
    assert "toExchange: out" in text


def test_permissions_on_whole_names_are_access_and_patterns_stay(exported: Callable[[str], str]) -> None:
    more = (
        ", exchanges: {orders: {type: topic}}, permissions: {"
        "reader: {read: ^(?:a|a\\.dlq)$}, writer: {write: ^(?:amq\\.default|orders)$}, "
        "admin: {configure: .*, write: .*, read: .*}, other: {read: ^elsewhere$}, nothing: {}}"
    )
    users = "users: {reader: {}, writer: {}, admin: {}, other: {}, nothing: {}}, vhosts"
    text = exported((VHOST % ("a: {deadLetter: true}", more)).replace("vhosts", users))
    assert "reader:\n          consumes:\n            - a\n" in text
    assert 'writer:\n          publishes:\n            - ""\n            - orders\n' in text
    assert "- queue: elsewhere\n              external: true" in text
    assert "admin:\n          configure: .*" in text
    assert 'nothing:\n          configure: ""' in text


def test_acls_of_a_client_are_access_and_those_that_no_word_makes_stay(exported: Callable[[str], str]) -> None:
    text = exported(
        """\
kafka:
  topics:
    orders: {partitions: 1, deadLetter: true}
    other: {partitions: 1}
    other.dlq: {partitions: 2}
  access:
    billing: {consumes: [orders], group: billing, produces: [other]}
    totals: {consumes: [{topic: theirs, external: true}], streams: {applicationId: totals, exactlyOnce: true}}
    setup: {admin: [orders], host: 10.0.0.1}
    many: {produces: [orders., other.], prefixed: [produces]}
  acls:
    - {principal: "User:billing", resource: topic, name: orders, operation: Delete, permission: deny}
    - {principal: "User:billing", resource: topic, name: other, operation: Describe}
"""
    )
    assert text.count("deadLetter: true") == 1
    assert "other.dlq:" in text
    assert "billing:\n      produces:\n        - other\n      consumes:\n        - orders\n      group: billing" in text
    assert "applicationId: totals" in text
    assert "topic: theirs" in text
    assert "host: 10.0.0.1" in text
    assert "prefixed:\n        - produces" in text
    assert text.count("principal:") == 2


def test_a_redis_user_is_access_where_it_may_do_just_that(exported: Callable[[str], str]) -> None:
    text = exported(
        """\
redis:
  streams:
    "{a}:orders": {deadLetter: true, groups: {billing: {startAt: "0"}}}
  access:
    billing: {consumes: ["{a}:orders"]}
    shop: {publishes: ["{a}:orders", {stream: theirs, external: true}]}
  users:
    nearly: {commands: [+hello], selectors: [{commands: [+xadd, +xlen], keys: ["~{a}:orders"]}]}
"""
    )
    assert "dlq" not in text
    assert text.count("consumes:") == 1
    assert text.count("publishes:") == 1
    assert "stream: theirs" in text
    assert "nearly:" in text
    assert text.count("selectors:") == 1


def test_an_entry_whose_settings_all_moved_says_nothing_of_them(exported: Callable[[str], str]) -> None:
    text = exported("kafka: {topics: {a: {partitions: 1, config: {}}, b: {partitions: 1}}}\n")
    assert "config" not in text


def test_numbers_have_the_units_that_people_write(exported: Callable[[str], str]) -> None:
    text = exported(
        """\
kafka:
  topics:
    a: {partitions: 1, config: {retention.ms: 604800000, segment.bytes: 104857600, max.message.bytes: 1048577}}
    b: {partitions: 2, config: {retention.ms: -1, segment.ms: 1500001}}
rabbitmq:
  vhosts: {/shop: {queues: {a: {type: quorum, deadLetter: {arguments: {x-message-ttl: 86400000, x-max-length: 5000}}}}}}
"""
    )
    for said in ("retention.ms: 7d", "segment.bytes: 100MiB", "max.message.bytes: 1048577", "retention.ms: -1"):
        assert said in text
    assert "segment.ms: 1500001\n" in text
    assert "x-message-ttl: 1d" in text
    assert "x-max-length: 5000" in text


def test_what_many_entries_say_alike_is_said_once(exported: Callable[[str], str]) -> None:
    topic = "{partitions: %s, replicationFactor: 1, config: {retention.ms: 7d, cleanup.policy: compact}}"
    topics = ", ".join(f"t{number}: {topic % (6 if number else 12)}" for number in range(5))
    text = exported(f"kafka: {{topics: {{{topics}}}}}\n")
    assert text.count("partitions: 6") == 1
    assert text.count("partitions: 12") == 1
    assert text.count("retention.ms") == 1
    assert "defaults:\n  kafka/topics:\n" in text
