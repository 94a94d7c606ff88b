"""Every generated rule is one to promtool, and its tests pass: it fires, it does not, and silence is heard."""

from collections.abc import Callable
from pathlib import Path
from textwrap import indent

import pytest

from tests.brokers.errors import BrokerError
from tests.brokers.fixtures import is_matrix, matrix_only
from tests.brokers.prometheus.release import promtool
from tests.cli.conftest import EVERY_BROKER, HEAD, Project
from tests.command import Ran

EXAMPLES = Path(__file__).parents[2] / "examples"
ENVIRONMENTS = {"environments": "prod"}
FOREIGN = {
    "kafka": ("kafka_exporter", "kminion", "kafka-lag-exporter", "burrow"),
    "rabbitmq": ("rabbitmq_prometheus",),
    "redis": ("redis_exporter",),
}
SHOP = """\
kafka:
  topics:
    orders:
      partitions: 3
      replicationFactor: 3
      config: {min.insync.replicas: 2, retention.ms: 7d}
      deadLetter: true
      promises: {maxLag: 1000, maxDelay: 5m}
    payments: {partitions: 1, replicationFactor: 1}
  groups:
    billing: {topics: [orders, payments], startAt: earliest, labels: {owner: money}}
    nightly: {topics: [orders], startAt: earliest, promises: {batch: true}}
    audit: {topics: [orders], startAt: earliest, promises: {maxLag: 10, maxDelay: 1h}}
rabbitmq:
  vhosts:
    /:
      queues:
        mail: {type: quorum, deadLetter: true, arguments: {x-max-length: 1000}, promises: {maxLag: 50}}
        odd "name" {{ .Value }}: {type: classic, durable: true}
redis:
  streams:
    "{shop}:s":
      expectedMaxLength: 1000
      deadLetter: true
      groups:
        feed: {startAt: "0", promises: {maxDelay: 1m}}
        slow: {startAt: "0", promises: {maxDelay: 1h}}
"""


@pytest.fixture
def thorough(request: pytest.FixtureRequest) -> None:
    """What takes long is left to the matrix."""
    if not is_matrix(request.config):
        pytest.skip(matrix_only("rules in every dialect and of every example"))


def prove(project: Project, folder: Path, *words: str) -> Ran:
    """Make the rules and their tests, and run both through promtool."""
    ran = project.mq("monitor", "rules", "-o", f"rules={folder}/r.yml", "-o", f"tests={folder}/t.yml", *words)
    assert ran.code == 0, ran.err
    assert "SUCCESS" in promtool("check", "rules", "r.yml", folder=folder)
    assert "SUCCESS" in promtool("test", "rules", "t.yml", folder=folder)
    return ran


@pytest.fixture
def shop(begin: Callable[[str], Project]) -> Project:
    found = begin(EVERY_BROKER)
    found.topology(HEAD + SHOP)
    return found


@pytest.mark.usefixtures("thorough")
@pytest.mark.parametrize("number", range(5))
def test_rules_in_every_dialect_pass_their_tests(shop: Project, tmp_path: Path, number: int) -> None:
    chosen = [names[number % len(names)] for names in FOREIGN.values()] if number < 4 else []
    prove(shop, tmp_path, *(word for name in chosen for word in ("--exporter", name)))


@pytest.mark.usefixtures("thorough")
def test_rules_of_several_exporters_that_share_a_prometheus_pass_their_tests(shop: Project, tmp_path: Path) -> None:
    prove(shop, tmp_path, "--exporter", "kminion", "--exporter", "mqinfra", "--match", 'job="x"')


@pytest.mark.usefixtures("thorough")
@pytest.mark.parametrize("example", sorted(path.parent.name for path in EXAMPLES.glob("*/mqinfra.yaml")))
def test_the_rules_of_every_example_pass_their_tests(
    example: str, project: Project, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(EXAMPLES / example)
    env = ("-e", ENVIRONMENTS[example]) if example in ENVIRONMENTS else ()
    prove(project, tmp_path, *env)


def test_a_rule_that_does_not_hold_is_found_out(shop: Project, tmp_path: Path) -> None:
    prove(shop, tmp_path)
    rules = tmp_path / "r.yml"
    rules.write_text(rules.read_text().replace("> 1000", "> 2000"))
    with pytest.raises(BrokerError, match="ConsumerLagHigh"):
        promtool("test", "rules", "t.yml", folder=tmp_path)


def test_canaries_fire_nothing(shop: Project, tmp_path: Path) -> None:
    """The series of a verification's own topics and queues, as bad as can be, are none of a rule's."""
    words = ("--exporter", "kafka_exporter", "--exporter", "rabbitmq_prometheus")
    assert shop.mq("monitor", "rules", "-o", f"rules={tmp_path}/r.yml", *words).code == 0
    alerts = ("ConsumerLagHigh", "ConsumerStalled", "ConsumerGroupEmpty", "QueueNoConsumers", "DLQNotEmpty")
    canary = "__mqinfra_canary.1.orders"
    labels = f'consumergroup="{canary}",topic="{canary}",partition="0"'
    series = {
        f"kafka_consumergroup_lag{{{labels}}}": "99999+0x70",
        f"kafka_consumergroup_current_offset{{{labels}}}": "5+0x70",
        f'kafka_consumergroup_members{{consumergroup="{canary}"}}': "0+0x70",
        f'rabbitmq_detailed_queue_messages{{vhost="/",queue="{canary}"}}': "99999+0x70",
        f'rabbitmq_detailed_queue_consumers{{vhost="/",queue="{canary}"}}': "0+0x70",
    }
    given = "".join(f"- series: '{name}'\n  values: {values}\n" for name, values in series.items())
    asked = "".join(f"- {{eval_time: 60m, alertname: {name}, exp_alerts: []}}\n" for name in alerts)
    (tmp_path / "t.yml").write_text(
        "rule_files: [r.yml]\ntests:\n- interval: 1m\n"
        f"  input_series:\n{indent(given, '  ')}  alert_rule_test:\n{indent(asked, '  ')}"
    )
    assert "SUCCESS" in promtool("test", "rules", "t.yml", folder=tmp_path)
