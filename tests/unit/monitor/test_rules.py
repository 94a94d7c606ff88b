"""Alert rules: which there are of a topology, what they are held to, and what is left out and said."""

from dataclasses import replace

import pytest
import yaml

from mqinfra.model.address import Address
from mqinfra.model.promises import Promises
from mqinfra.model.span import Span
from mqinfra.monitor.dialects.own import OWN
from mqinfra.monitor.rules.rule_file import prometheus_rule_text, rules_text
from mqinfra.monitor.rules.rule_set import About, Rule, RuleSet, WatchedCluster, make_rules
from mqinfra.monitor.rules.runbook import runbooks
from mqinfra.monitor.rules.trials import trials_text
from mqinfra.providers.base.monitoring.dialect import Dialect
from mqinfra.providers.base.monitoring.watched import Limits, Role, Watched, What
from mqinfra.providers.kafka.monitoring.dialects.burrow import BURROW
from mqinfra.providers.kafka.monitoring.dialects.kafka_exporter import KAFKA_EXPORTER
from mqinfra.providers.kafka.monitoring.dialects.kminion import KMINION
from mqinfra.providers.rabbitmq.monitoring.dialects.rabbitmq_prometheus import RABBITMQ_PROMETHEUS
from mqinfra.providers.redis.monitoring.dialects.redis_exporter import REDIS_EXPORTER

ABOUT = About("shop", "prod")
SPAN = Span("topology/orders.yaml", 7, 3)
TOPIC = Watched(
    Address("kafka", "topics", ("orders",)),
    "orders",
    What.TOPIC,
    SPAN,
    replays=True,
    labels={"team": "orders"},
    limits=Limits(partitions=12, replicas=3, min_insync=2),
)
GROUP = replace(TOPIC, what=What.GROUP, consumer="billing")
QUEUE = Watched(Address("rabbit", "queues", ("/shop", "mail")), "mail", What.QUEUE, SPAN, place="/shop")
STREAM_GROUP = Watched(
    Address("redis", "streams", ("{shop}:s",)), "{shop}:s", What.STREAM_GROUP, SPAN, consumer="feed", replays=True
)


def made(*watched: Watched, dialects: tuple[Dialect, ...] = (OWN,), **matchers: str) -> RuleSet:
    return make_rules(ABOUT, [WatchedCluster(watched[0].address.cluster, "kafka", watched, dialects, matchers)])


def rule(rules: RuleSet, name: str) -> Rule:
    return next(one for one in rules.rules if one.alert.name == name)


def names(rules: RuleSet) -> set[str]:
    return {one.alert.name for one in rules.rules}


def test_thresholds_come_from_promises() -> None:
    promised = replace(GROUP, promises=Promises.model_validate({"maxLag": 1000, "maxDelay": "5m"}))
    rules = made(promised, dialects=(KAFKA_EXPORTER, OWN))
    assert rule(rules, "ConsumerLagHigh").condition.expr == (
        'sum(clamp_min(max by (partition) (kafka_consumergroup_lag{consumergroup="billing",topic="orders"}), 0)) > 1000'
    )
    assert rule(rules, "ConsumerDelayHigh").condition.expr.endswith(" > 300")


def test_nothing_is_held_to_a_number_that_nobody_promised() -> None:
    rules = made(GROUP)
    assert not {"ConsumerLagHigh", "ConsumerDelayHigh"} & names(rules)
    left = {one.alert: one for one in rules.left_out}
    assert left["ConsumerLagHigh"].reason == "no `maxLag` is promised"
    assert not left["ConsumerLagHigh"].inexpressible


def test_what_an_exporter_can_not_say_is_said_and_not_left_out_in_silence() -> None:
    rules = made(TOPIC, GROUP, dialects=(BURROW,))
    lost = {one.alert: one.reason for one in rules.left_out if one.inexpressible}
    assert lost["UnderMinISR"] == "no chosen exporter says replicas in sync; `--exporter mqinfra` adds it"
    assert lost["ConsumerGroupEmpty"].startswith("no chosen exporter says consumers")
    assert "# - UnderMinISR: no chosen exporter says replicas in sync" in rules_text(rules)


def test_the_first_exporter_that_can_say_a_rule_says_it() -> None:
    rules = made(TOPIC, GROUP, dialects=(KMINION, OWN))
    assert "kminion_" in rule(rules, "ConsumerStalled").condition.expr
    assert "mqinfra_replicas_in_sync" in rule(rules, "UnderMinISR").condition.expr
    assert not any(one.inexpressible for one in rules.left_out)


@pytest.mark.parametrize(
    ("watched", "name"),
    [(GROUP, "ConsumerGroupEmpty"), (GROUP, "ConsumerStalled"), (QUEUE, "QueueNoConsumers")],
)
def test_a_batch_may_be_without_consumers(watched: Watched, name: str) -> None:
    assert name in names(made(watched))
    assert name not in names(made(replace(watched, promises=Promises(batch=True))))


@pytest.mark.parametrize("role", [Role.DEAD_LETTERS, Role.DELAY])
def test_nobody_has_to_read_dead_letters_or_what_waits(role: Role) -> None:
    rules = names(made(replace(QUEUE, role=role)))
    assert not {"QueueNoConsumers", "ConsumerLagGrowing"} & rules
    assert ("DLQNotEmpty" in rules) == (role is Role.DEAD_LETTERS)


def test_a_topic_of_dead_letters_is_only_watched_for_new_ones() -> None:
    rules = names(made(replace(TOPIC, role=Role.DEAD_LETTERS)))
    assert "DLQGrowing" in rules
    assert "DLQNotEmpty" not in rules


def test_silence_is_an_alert_of_everything_that_is_watched() -> None:
    rules = made(TOPIC, GROUP, replace(GROUP, consumer="audit"))
    absent = {one.labels.get("consumer", "") for one in rules.rules if one.alert.name == "MetricsAbsent"}
    assert absent == {"", "billing", "audit"}
    assert "ExporterDown" in names(rules)


def test_a_consumer_that_one_partition_stops_is_seen_though_others_move() -> None:
    expr = rule(made(GROUP, dialects=(KAFKA_EXPORTER,)), "ConsumerStalled").condition.expr
    assert "max by (partition) (changes(kafka_consumergroup_current_offset" in expr
    assert expr.startswith("count(")


def test_marks_of_transactions_are_no_stall() -> None:
    assert "> 1 and" in rule(made(GROUP), "ConsumerStalled").condition.expr
    assert "> 12 and" in rule(made(GROUP, dialects=(KMINION,)), "ConsumerStalled").condition.expr
    assert "> 0 and" in rule(made(STREAM_GROUP), "ConsumerStalled").condition.expr


def test_a_lag_that_redis_does_not_know_is_no_proof_that_nothing_waits() -> None:
    expr = rule(made(STREAM_GROUP, dialects=(REDIS_EXPORTER,)), "ConsumerGroupEmpty").condition.expr
    assert "redis_stream_group_last_delivered_id" in expr


def test_queues_are_selected_by_vhost_and_never_as_a_sum_of_all() -> None:
    rules = made(QUEUE, dialects=(RABBITMQ_PROMETHEUS,))
    expr = rule(rules, "QueueNoConsumers").condition.expr
    assert 'rabbitmq_detailed_queue_messages{queue="mail",vhost="/shop"}' in expr
    assert "UnroutableMessages" in names(rules)


def test_a_group_known_by_the_beginning_of_its_name_is_selected_by_that() -> None:
    rules = made(replace(GROUP, consumer="bill.", prefixed=True), dialects=(KAFKA_EXPORTER,))
    assert 'consumergroup=~"bill\\\\..*"' in rule(rules, "ConsumerStalled").condition.expr


def test_metrics_of_others_are_told_apart_by_a_label() -> None:
    rules = made(GROUP, dialects=(KAFKA_EXPORTER,), job="kafka-prod")
    assert all('job="kafka-prod"' in one.condition.expr for one in rules.rules)


def test_an_alert_says_whose_it_is_and_what_to_do() -> None:
    stalled = rule(made(GROUP), "ConsumerStalled")
    assert stalled.labels == {
        "severity": "critical",
        "project": "shop",
        "environment": "prod",
        "cluster": "kafka",
        "resource": "kafka/topics/orders",
        "consumer": "billing",
        "owner": "orders",
    }
    assert set(stalled.annotations) == {"summary", "description", "runbook_url"}
    assert "mqinfra verify -e prod --diagnose orders" in stalled.annotations["description"]
    assert "Declared in topology/orders.yaml" in stalled.annotations["description"]


def test_names_are_no_templates_and_no_promql() -> None:
    odd = replace(STREAM_GROUP, name='{{ x }}"\\', consumer="a\nb", address=Address("redis", "streams", ("{{ x }}",)))
    rules = made(odd, dialects=(REDIS_EXPORTER,))
    text = rules_text(rules)
    document = yaml.safe_load(text)
    for one in (one for group in document["groups"] for one in group["rules"]):
        templates = [one["labels"].get("resource", ""), one["annotations"]["summary"]]
        assert "{{ x" not in "".join(templates)
    assert 'stream="{{ x }}\\"\\\\"' in rule(rules, "ConsumerStalled").condition.expr
    assert 'group="a\\nb"' in rule(rules, "ConsumerStalled").condition.expr
    assert all(line.startswith("#") for line in text.partition("groups:")[0].splitlines())


def test_a_page_is_written_about_each_alert_and_linked_from_it() -> None:
    rules = made(TOPIC, GROUP)
    pages = runbooks(rules)
    for one in rules.rules:
        assert one.annotations["runbook_url"].removeprefix("runbooks/") in pages
        assert f"[{one.alert.name}]({one.alert.name}.md)" in pages["README.md"]
    page = pages["ConsumerStalled.md"]
    assert "mqinfra verify -e prod --diagnose orders" in page
    assert "| billing on orders | orders |" in page.replace("`", "")
    assert rule(rules, "ConsumerStalled").condition.expr in page


def test_the_same_topology_gives_the_same_bytes() -> None:
    one, two = made(TOPIC, GROUP), made(GROUP, TOPIC)
    assert rules_text(one) == rules_text(two)
    assert prometheus_rule_text(one) == prometheus_rule_text(two)
    assert trials_text(one, "rules.yml") == trials_text(two, "rules.yml")


def test_the_operator_gets_the_same_rules() -> None:
    rules = made(TOPIC, GROUP)
    resource = yaml.safe_load(prometheus_rule_text(rules))
    assert resource["kind"] == "PrometheusRule"
    assert resource["metadata"]["name"] == "mqinfra-shop-prod"
    assert resource["spec"]["groups"] == yaml.safe_load(rules_text(rules))["groups"]
