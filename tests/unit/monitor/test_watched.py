"""What there is to watch follows from the manifests alone."""

from pathlib import Path

import pytest

from mqinfra.manifest.loader import load
from mqinfra.providers.base.catalogue import installed
from mqinfra.providers.base.monitoring.watched import Limits, Role, Watched, What

PROJECT = """
apiVersion: mqinfra/v1
kind: Project
metadata: {name: shop}
manifests: [shop.yaml]
scope:
  kafka:
    topics: ["orders.*"]
    groups: ["billing", "jobs"]
    principals: ["User:billing", "User:app", "User:connect", "User:audit"]
  rabbitmq: {vhosts: {/shop: {}}, users: [email]}
  redis: {keys: ["{shop}:*"], users: [feed]}
environments:
  local:
    clusters:
      kafka: {type: kafka, sandbox: true}
      rabbitmq: {type: rabbitmq, sandbox: true}
      redis: {type: redis, sandbox: true}
"""
HEAD = "apiVersion: mqinfra/v1\nkind: Topology\nmetadata: {name: shop, labels: {team: orders}}\n"
DAY = 86_400_000


@pytest.fixture
def project(tmp_path: Path) -> Path:
    (tmp_path / "mqinfra.yaml").write_text(PROJECT)
    return tmp_path


def watched(project: Path, broker: str, text: str) -> dict[str, Watched]:
    """What is watched, by name and group."""
    (project / "shop.yaml").write_text(f"{HEAD}{broker}:\n{text}")
    loaded = load(project, None, installed())
    assert [one.message for one in loaded.diagnostics] == []
    declared = {address: one for address, one in loaded.desired.declarations.items() if address.cluster == broker}
    found = installed().providers[broker].watched(declared)
    assert len({one.key for one in found}) == len(found)
    return {" ".join(filter(None, (one.name, one.consumer))): one for one in found}


def test_a_topic_comes_with_its_limits_its_owner_and_its_place(project: Path) -> None:
    found = watched(
        project,
        "kafka",
        "  topics:\n    orders.paid:\n      partitions: 6\n      replicationFactor: 3\n"
        "      labels: {owner: billing}\n"
        "      config: {retention.ms: 7d, min.insync.replicas: 2, cleanup.policy: 'compact,delete'}\n",
    )
    topic = found["orders.paid"]
    assert (topic.what, topic.owner, str(topic.span)[:11], topic.role) == (
        What.TOPIC,
        "billing",
        "shop.yaml:6",
        Role.WORK,
    )
    assert topic.limits == Limits(
        retention_ms=7 * DAY, compacted=True, partitions=6, replicas=3, min_insync=2, retention_bytes=None
    )


@pytest.mark.parametrize(
    ("config", "expected"),
    [
        ("{retention.ms: -1}", Limits()),
        ("{retention.ms: 7d, cleanup.policy: compact}", Limits(compacted=True)),
        ("{retention.bytes: 1GiB}", Limits(retention_bytes=2**30)),
        ("{retention.ms: null}", Limits()),
    ],
)
def test_what_does_not_bound_a_topic_is_no_limit(project: Path, config: str, expected: Limits) -> None:
    found = watched(project, "kafka", f"  topics:\n    orders.paid: {{config: {config}}}\n")
    assert found["orders.paid"].limits == expected


def test_dead_letters_of_a_topic_are_known_as_such(project: Path) -> None:
    found = watched(project, "kafka", "  topics:\n    orders.paid: {partitions: 6, deadLetter: true}\n")
    topic, letters = found["orders.paid"], found["orders.paid.dlq"]
    assert (topic.role, topic.dead_letters, topic.letters_of) == (Role.WORK, letters.address, ())
    assert (letters.role, letters.dead_letters, letters.letters_of) == (Role.DEAD_LETTERS, None, (topic.address,))
    assert letters.owner == "orders"


def test_groups_are_watched_on_every_topic_that_they_read(project: Path) -> None:
    found = watched(
        project,
        "kafka",
        "  topics:\n    orders.paid: {partitions: 6}\n    orders.sent: {partitions: 3}\n"
        "  groups:\n    billing:\n      topics: [orders.paid, orders.sent]\n      labels: {team: money}\n",
    )
    group = found["orders.paid billing"]
    assert (group.what, group.owner, group.span.line, group.limits.partitions) == (What.GROUP, "money", 9, 6)
    assert group.key == (found["orders.paid"].address, "billing")
    assert found["orders.sent billing"].limits.partitions == 3
    assert list(found) == ["orders.paid", "orders.paid billing", "orders.sent", "orders.sent billing"]


def test_who_reads_is_known_from_access_too(project: Path) -> None:
    found = watched(
        project,
        "kafka",
        "  topics:\n    orders.paid: {partitions: 6, deadLetter: true}\n    orders.sent: {partitions: 3}\n"
        "  access:\n"
        "    billing:\n      consumes: [orders.paid, {topic: theirs, external: true}]\n"
        "      group: billing\n      labels: {team: money}\n"
        "    app: {consumes: [orders.sent], produces: [orders.paid], streams: app}\n"
        "    connect: {produces: [orders.sent], connect: connect}\n"
        "    audit: {consumes: [orders.], group: audit, prefixed: [consumes, group]}\n",
    )
    groups = {name: (one.owner, one.prefixed) for name, one in found.items() if one.consumer}
    assert groups == {
        "orders.paid billing": ("money", False),
        "orders.paid audit": ("orders", True),
        "orders.paid.dlq audit": ("orders", True),
        "orders.sent app": ("orders", False),
        "orders.sent audit": ("orders", True),
        "theirs billing": ("money", False),
    }


def test_what_a_group_says_of_itself_counts_before_what_access_says(project: Path) -> None:
    found = watched(
        project,
        "kafka",
        "  topics:\n    orders.paid: {partitions: 6}\n"
        "  groups:\n    billing: {labels: {team: money}}\n    jobs: {}\n"
        "  access:\n    billing: {consumes: [orders.paid], group: billing}\n",
    )
    assert {name: (one.owner, one.span.line, one.address.kind) for name, one in found.items() if one.consumer} == {
        "orders.paid billing": ("money", 8, "topics"),
        "jobs": ("orders", 9, "groups"),
    }


def test_share_groups_are_told_from_others(project: Path) -> None:
    text = "  topics:\n    orders.paid: {partitions: 6}\n  groups:\n    jobs: {type: share, topics: [orders.paid]}\n"
    assert watched(project, "kafka", text)["orders.paid jobs"].what is What.SHARE_GROUP


def test_a_queue_has_the_limits_that_policies_give_it(project: Path) -> None:
    found = watched(
        project,
        "rabbitmq",
        "  vhosts:\n    /shop:\n      queues:\n        orders: {type: quorum}\n"
        "        log: {type: stream, arguments: {x-max-age: 7D}}\n"
        "      policies:\n        ttl:\n          pattern: '^orders'\n          applyTo: queues\n"
        "          definition: {message-ttl: 1h, max-length: 1000, delivery-limit: 5}\n",
    )
    assert found["orders"].limits == Limits(retention_ms=3_600_000, max_length=1_000, delivery_limit=5)
    assert (found["orders"].place, found["orders"].replays) == ("/shop", False)
    assert (found["log"].limits, found["log"].replays) == (Limits(retention_ms=7 * DAY), True)


def test_delays_and_dead_letters_of_queues_are_told_from_work(project: Path) -> None:
    found = watched(
        project,
        "rabbitmq",
        "  vhosts:\n    /shop:\n      queues:\n"
        "        orders: {type: quorum, retry: {delays: [10s, 1m]}, deadLetter: true}\n"
        "        fax: {type: quorum, deadLetter: {queue: lost}}\n        lost: {type: quorum}\n"
        "        old: {type: classic, arguments: {x-dead-letter-exchange: '', x-dead-letter-routing-key: lost}}\n",
    )
    roles = {name: one.role for name, one in found.items()}
    assert roles == {
        "fax": Role.WORK,
        "lost": Role.DEAD_LETTERS,
        "old": Role.WORK,
        "orders": Role.WORK,
        "orders.dlq": Role.DEAD_LETTERS,
        "orders.retry.1.10s": Role.DELAY,
        "orders.retry.2.1m": Role.DELAY,
    }
    assert [one.name for one in found["lost"].letters_of] == ["fax", "old"]
    assert found["orders"].dead_letters == found["orders.dlq"].address
    assert found["old"].dead_letters == found["lost"].address
    assert found["orders.dlq"].letters_of == (found["orders"].address,)


def test_streams_come_with_their_groups(project: Path) -> None:
    found = watched(
        project,
        "redis",
        "  streams:\n    '{shop}:activity':\n      expectedMaxLength: 100\n      deadLetter: true\n"
        "      groups: {feed: {startAt: '0'}}\n",
    )
    stream, group = found["{shop}:activity"], found["{shop}:activity feed"]
    assert (stream.what, group.what, group.address) == (What.STREAM, What.STREAM_GROUP, stream.address)
    assert stream.limits == group.limits == Limits(max_length=100)
    letters = found["{shop}:activity:dlq"]
    assert (letters.role, letters.letters_of, stream.dead_letters) == (
        Role.DEAD_LETTERS,
        (stream.address,),
        letters.address,
    )
    assert found["{shop}:activity:dlq dlq"].role is Role.DEAD_LETTERS


def test_a_group_promises_what_its_topic_does_unless_it_says_so_itself(project: Path) -> None:
    found = watched(
        project,
        "kafka",
        "  topics:\n    orders.paid:\n      partitions: 6\n"
        "      promises: {maxLag: 1000, maxDelay: 5m, throughput: 10/s}\n"
        "  groups:\n    billing: {topics: [orders.paid], promises: {maxLag: 50, batch: true}}\n"
        "    jobs: {topics: [orders.paid]}\n",
    )
    promised = {name: (one.promises.max_lag, one.promises.max_delay, one.promises.batch) for name, one in found.items()}
    assert promised == {
        "orders.paid": (1_000, 300_000, False),
        "orders.paid billing": (50, 300_000, True),
        "orders.paid jobs": (1_000, 300_000, False),
    }
    assert found["orders.paid jobs"].promises.throughput is None
