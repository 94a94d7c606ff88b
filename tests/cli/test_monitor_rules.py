"""`mqinfra monitor rules`: files beside each other, and what is said of what could not be made."""

from collections.abc import Callable

import pytest
import yaml

from tests.cli.conftest import EVERY_BROKER, HEAD, Project

SHOP = f"""\
{HEAD}
kafka:
  topics:
    orders: {{partitions: 3, replicationFactor: 3, promises: {{maxLag: 1000}}}}
  groups:
    billing: {{topics: [orders], startAt: earliest}}
rabbitmq:
  vhosts:
    /:
      queues:
        mail: {{type: quorum, deadLetter: true}}
redis:
  streams:
    "{{shop}}:s": {{expectedMaxLength: 1000, groups: {{feed: {{startAt: "0"}}}}}}
"""


@pytest.fixture
def shop(begin: Callable[[str], Project]) -> Project:
    found = begin(EVERY_BROKER)
    found.topology(SHOP)
    return found


def test_rules_go_to_stdout_without_any_cluster(shop: Project) -> None:
    ran = shop.mq("monitor", "rules")
    assert ran.code == 0, ran.err
    document = yaml.safe_load(ran.out)
    assert {group["name"] for group in document["groups"]} >= {"kafka", "kafka/topics/orders", "redis"}
    assert "mqinfra_consumer_lag_messages" in ran.out


def test_each_type_of_cluster_has_its_exporter(shop: Project) -> None:
    ran = shop.mq("monitor", "rules", "--exporter", "kminion", "--exporter", "rabbitmq_prometheus")
    assert "kminion_kafka_consumer_group_topic_partition_lag" in ran.out
    assert "rabbitmq_detailed_queue_messages" in ran.out
    assert "mqinfra_consumer_lag_messages" in ran.out, "nobody was named for Redis"
    assert "no rule UnderReplicated: no chosen exporter says replicas in sync" in ran.err


def test_tests_name_the_file_of_the_rules_as_they_see_it(shop: Project) -> None:
    (shop.root / "out").mkdir()
    ran = shop.mq("monitor", "rules", "-o", "rules=alerts.yml", "-o", "tests=out/alerts_test.yml")
    assert ran.code == 0, ran.err
    assert yaml.safe_load((shop.root / "out" / "alerts_test.yml").read_text())["rule_files"] == ["../alerts.yml"]


def test_pages_are_written_to_a_folder(shop: Project) -> None:
    ran = shop.mq("monitor", "rules", "--runbooks", "docs/alerts", "--runbook-url", "https://wiki.example.com/a/")
    assert "runbook_url: https://wiki.example.com/a/MetricsAbsent.md" in ran.out
    assert (shop.root / "docs" / "alerts" / "MetricsAbsent.md").exists()


def test_a_selection_narrows_the_rules(shop: Project) -> None:
    ran = shop.mq("monitor", "rules", "--select", "cluster:redis")
    assert {group["name"] for group in yaml.safe_load(ran.out)["groups"]} == {"redis", "redis/streams/{shop}:s"}
    assert shop.mq("monitor", "rules", "--select", "name:nothing").code != 0


def test_a_label_may_be_of_one_cluster(shop: Project) -> None:
    ran = shop.mq("monitor", "rules", "--match", "kafka:job=k", "--match", "region=eu")
    groups = {group["name"]: group["rules"] for group in yaml.safe_load(ran.out)["groups"]}
    assert all('region="eu"' in rule["expr"] for rules in groups.values() for rule in rules)
    assert all('job="k"' in rule["expr"] for rule in groups["kafka/topics/orders"])
    assert not any('job="k"' in rule["expr"] for rule in groups["redis"])


@pytest.mark.parametrize(
    ("words", "says"),
    [
        (("--exporter", "kminon"), "unknown exporter `kminon`; did you mean `kminion`?"),
        (("--match", "job"), "--match must be LABEL=VALUE or ALIAS:LABEL=VALUE, got `job`"),
        (("--match", "kafak:job=x"), "unknown cluster `kafak`; did you mean `kafka`?"),
    ],
)
def test_slips_are_answered(shop: Project, words: tuple[str, ...], says: str) -> None:
    ran = shop.mq("monitor", "rules", *words)
    assert ran.code == 64
    assert says in ran.err


def test_scrape_jobs_are_those_of_the_exporters(shop: Project) -> None:
    ran = shop.mq("monitor", "rules", "--exporter", "rabbitmq_prometheus", "-o", "scrape")
    jobs = yaml.safe_load(ran.out)["scrape_configs"]
    assert {job["job_name"] for job in jobs} == {"mqinfra", "rabbitmq", "rabbitmq-detailed"}
