"""`--select` and `--exclude`: what is needed comes along, and a selector that matches nothing is an error."""

import json
from collections.abc import Callable

import pytest

from tests.cli.conftest import Project

_PROJECT = """\
apiVersion: mqinfra/v1
kind: Project
metadata: {name: mail}
manifests: [topology/]
scope: {rabbitmq: {vhosts: {/mail: {}}}, kafka: {topics: [mail.*]}}
environments:
  local:
    clusters: {rabbitmq: {type: rabbitmq, sandbox: true}, kafka: {type: kafka, sandbox: true}}
"""
_TOPOLOGY = """\
apiVersion: mqinfra/v1
kind: Topology
metadata: {name: mail}
rabbitmq:
  vhosts:
    /mail:
      exchanges:
        mail: {type: topic}
        other: {type: topic}
      queues:
        tasks:
          type: quorum
          bindings: [{exchange: mail, routingKey: 'task.*'}]
        more:
          type: quorum
          bindings: [{exchange: mail, routingKey: 'more.*'}]
kafka:
  topics:
    mail.sent: {partitions: 3}
"""
BINDINGS, EXCHANGE, QUEUES, VHOST = "kind:bindings", "rabbitmq/exchanges/%2Fmail/mail", "kind:queues", "kind:vhosts"


@pytest.fixture
def mail(begin: Callable[[str], Project]) -> Project:
    project = begin(_PROJECT)
    project.topology(_TOPOLOGY)
    return project


def changed(project: Project) -> set[str]:
    """What the last plan holds, by kind and last name."""
    changes = json.loads((project.root / "plan.json").read_text())["changes"]
    return {f"{kind} {name}" for kind, _, name in (one["address"].partition("/")[2].partition("/") for one in changes)}


def test_what_a_selection_needs_is_created_with_it_and_nothing_else(mail: Project) -> None:
    ran = mail.mq("plan", "--select", "name:*task.*", "-o", "text", "-o", "json=plan.json")
    assert ran.code == 0, ran.err
    kinds = sorted(address.split()[0] for address in changed(mail))
    assert kinds == ["bindings", "exchanges", "queues", "vhosts"]
    assert "queues %2Fmail/tasks" in changed(mail)
    assert "info[MQ507]: `rabbitmq/exchanges/%2Fmail/mail`, `rabbitmq/queues/%2Fmail/tasks`" in ran.err
    assert "are not selected and will be created too: what is selected needs them" in ran.err
    assert mail.mq("apply", "plan.json").code == 0
    assert mail.mq("plan", "--select", "name:*task.*", "--detailed-exitcode").code == 0
    (sandbox,) = (mail.root / ".mqinfra").rglob("rabbitmq.json")
    assert f'"{EXCHANGE}"' in sandbox.read_text()


def test_what_exists_is_not_changed_for_what_needs_it(mail: Project) -> None:
    assert mail.mq("apply", "--auto-approve", "--select", "kind:exchanges").code == 0
    mail.topology(_TOPOLOGY.replace("mail: {type: topic}", "mail: {type: topic, autoDelete: true}"))
    mail.mq("plan", "--select", BINDINGS, "-o", "json=plan.json")
    assert not any(address.startswith("exchanges") for address in changed(mail))


def test_what_is_excluded_stays_out_and_blocks_what_needs_it_in_one_message(mail: Project) -> None:
    ran = mail.mq("plan", "--select", BINDINGS, "--exclude", "kind:exchanges")
    assert ran.code == 3
    assert ran.err.count("MQ508]") == 1
    assert f"needs `{EXCHANGE}`, which does not exist yet and is excluded" in ran.err
    assert "help: leave it in, or exclude what needs it too: `--exclude rabbitmq/bindings/" in ran.err
    assert "help: the same applies to 1 more: `exchange=mail,queue=more" in ran.err


def test_an_error_of_what_is_brought_blocks_what_needs_it(mail: Project) -> None:
    mail.topology(_TOPOLOGY.replace("mail: {type: topic}", "mail: {type: x-unheard-of}"))
    ran = mail.mq("plan", "--select", "name:*task.*")
    assert ran.code == 3, ran.out
    assert "error[" in ran.err


@pytest.mark.parametrize(
    ("command", "code"), [(("plan",), 3), (("apply", "--auto-approve"), 3), (("render",), 1), (("graph",), 1)]
)
def test_a_selector_that_matches_nothing_is_an_error(mail: Project, command: tuple[str, ...], code: int) -> None:
    ran = mail.mq(*command, "--select", "name:sent", "--select", "kind:topics", "--exclude", "file:nowhere*")
    assert ran.code == code
    assert "error[MQ192]: `--select name:sent` matches nothing" in ran.err
    assert "`--exclude file:nowhere*` matches nothing" in ran.err
    assert ran.err.count("matches nothing") == 2
    assert not [*(mail.root / ".mqinfra").rglob("kafka.json")], "nothing was written"


def test_an_export_of_nothing_is_an_error(mail: Project) -> None:
    assert mail.mq("apply", "--auto-approve").code == 0
    assert mail.mq("export", "--select", "name:mail.sent").code == 0
    ran = mail.mq("export", "--select", "name:mail.snet")
    assert ran.code == 1
    assert "`--select name:mail.snet` matches nothing that is live in the project's scope" in ran.err
    assert "did you mean `--select name:mail.sent`?" in ran.err


def test_what_the_project_made_and_no_longer_declares_can_be_selected(mail: Project) -> None:
    assert mail.mq("apply", "--auto-approve").code == 0
    mail.topology(_TOPOLOGY.partition("kafka:")[0])
    ran = mail.mq("plan", "--select", "kafka/topics/mail.sent", "--undeclared")
    assert ran.code == 0, ran.err
    assert "kafka/topics/mail.sent" in ran.out


@pytest.fixture
def described(begin: Callable[[str], Project]) -> Project:
    """A topic with a schema, which stands on another cluster."""
    clusters = "{kafka: {type: kafka, sandbox: true}, registry: {type: registry, sandbox: true}}"
    project = begin(
        _PROJECT.replace(
            "{rabbitmq: {type: rabbitmq, sandbox: true}, kafka: {type: kafka, sandbox: true}}", clusters
        ).replace("rabbitmq: {vhosts: {/mail: {}}}", "registry: {subjects: [mail.*]}")
    )
    topic = "kafka: {topics: {mail.sent: {partitions: 3, valueSchema: true}}}\n"
    subject = "registry: {subjects: {mail.sent-value: {type: avro, schema: '\"long\"'}}}\n"
    project.topology(_TOPOLOGY.partition("rabbitmq:")[0] + topic + subject)
    return project


@pytest.mark.parametrize("selector", ["kind:topics", "cluster:kafka"])
def test_what_is_needed_on_another_cluster_is_looked_at_and_brought(described: Project, selector: str) -> None:
    ran = described.mq("plan", "--select", selector, "-o", "json=plan.json", "-o", "text")
    assert "info[MQ507]: `registry/subjects/mail.sent-value` is not selected and will be created too" in ran.err
    assert described.mq("apply", "plan.json").code == 0
    assert described.mq("plan", "--detailed-exitcode").code == 0
    assert "MQ507" not in described.mq("plan", "--select", selector).err


def test_a_cluster_that_is_excluded_is_not_looked_at_for_what_is_needed(described: Project) -> None:
    ran = described.mq("plan", "--select", "kind:topics", "--exclude", "cluster:registry")
    assert ran.code == 0, ran.err
    assert "registry (" not in ran.out
    assert "warning[MQ508]: `kafka/topics/mail.sent` needs `registry/subjects/mail.sent-value`, and whether" in ran.err
    assert described.mq("apply", "--auto-approve").code == 0
    assert "MQ508" not in described.mq("plan", "--select", "kind:topics", "--exclude", "cluster:registry").err
