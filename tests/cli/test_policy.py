"""Policies: a project's own, an organisation's that nothing weakens, suppressions, and how policies are tested."""

import json
import re
from collections.abc import Callable
from pathlib import Path

import jsonschema
import pytest
import yaml

from mqinfra.providers.base.catalogue import installed
from mqinfra.schema import policy_schema, project_schema
from tests.cli.conftest import PROJECT, Project
from tests.command import Ran
from tests.days import SOON

POLICY = """\
policy:
  rules:
    names:
      match: kind:topics
      names: 'orders\\.[a-z]+(-[a-z]+)*[0-9]*'
      message: see the handbook
    owner:
      labels:
        team: [orders, mail]
    kept:
      match: kind:topics
      environments: [local]
      limits:
        config.retention.ms: {min: 1d, max: 30d}
        partitions: {max: 48}
    clean:
      match: kind:topics
      forbidden: [config.unclean.leader.election.enable]
      accepted: {config.cleanup.policy: [delete]}
      severity: warning
"""
ORGANISATION = """\
apiVersion: mqinfra/v1
kind: Policy
metadata: {name: acme}
rules:
  replicated:
    match: kind:topics
    required: [config.min.insync.replicas]
  grown:
    match: kind:topics
    limits: {partitions: {max: 12}}
    suppressible: true
severity: {MQ401: error}
"""


@pytest.fixture
def ruled(project: Project) -> Project:
    (project.root / "mqinfra.yaml").write_text(PROJECT + POLICY)
    return project


@pytest.fixture
def organisation(tmp_path_factory: pytest.TempPathFactory, monkeypatch: pytest.MonkeyPatch) -> Path:
    path = tmp_path_factory.mktemp("organisation") / "policy.yaml"
    path.write_text(ORGANISATION)
    monkeypatch.setenv("MQINFRA_POLICY", str(path))
    return path


def test_a_topology_within_the_policy_plans_and_applies(ruled: Project) -> None:
    assert ruled.mq("validate").out.endswith("no problems\n")
    assert ruled.mq("apply", "--auto-approve").code == 0


def test_a_violation_is_an_error_offline_and_refuses_the_plan(ruled: Project) -> None:
    ruled.topics("    orders.a: {partitions: 49, config: {retention.ms: 7d}}\n")
    assert "error[MQ643]: `partitions` is above 48: 49" in (ran := ruled.mq("validate")).out
    assert ran.code == 1
    assert "the project asks for it: rule `kept`, mqinfra.yaml:18:5" in ran.out
    planned = ruled.mq("plan")
    assert planned.code == 3
    assert "blocked by MQ643" in planned.out
    assert ruled.mq("apply", "--auto-approve").code == 3
    assert ruled.live() == {}


def five_hundred() -> str:
    lines = []
    for number in range(500):
        kind = number % 5
        name = f"orders.Topic{number}" if kind == 0 else f"orders.topic{number}"
        partitions = 50 if kind == 1 else 6
        retention = "1h" if kind == 2 else "7d"
        more = ", unclean.leader.election.enable: true" if kind == 3 else ""
        more += ", cleanup.policy: compact" if kind == 4 else ""
        lines.append(f"    {name}: {{partitions: {partitions}, config: {{retention.ms: {retention}{more}}}}}\n")
    return "".join(lines)


def test_all_violations_of_five_hundred_topics_are_under_fifteen_messages(ruled: Project) -> None:
    ruled.topics(five_hundred())
    text = (ruled.root / "topology" / "orders.yaml").read_text()
    (ruled.root / "topology" / "orders.yaml").write_text(text.replace("labels: {team: orders}", "labels: {}"))
    ran = ruled.mq("validate")
    heads = re.findall(r"^(?:error|warning)\[(MQ\d+)\]", ran.out, re.MULTILINE)
    assert set(heads) == {"MQ640", "MQ641", "MQ642", "MQ643"}
    assert len(heads) < 15
    assert ran.out.count("the same applies to 99 more") == 5
    assert "the same applies to 499 more" in ran.out
    annotations = ruled.mq("validate", "-o", "github").out.splitlines()
    sarif = json.loads(ruled.mq("validate", "-o", "sarif").out)["runs"][0]["results"]
    comment = ruled.mq("plan", "-o", "markdown").out
    for told in (annotations, sarif, re.findall(r"MQ64\d", comment)):
        assert 4 <= len(told) < 15
    assert len(comment.encode()) < 65_536
    every = json.loads(ruled.mq("validate", "-o", "json").out)
    assert len(every["diagnostics"] if isinstance(every, dict) else every) == 1000


def test_a_warning_may_be_raised_or_turned_off_and_an_error_stays_one(ruled: Project) -> None:
    ruled.topics("    orders.a: {partitions: 6, config: {bogus: 1}}\n    outside: {partitions: 6}\n")
    text = (ruled.root / "mqinfra.yaml").read_text()
    assert "warning[MQ311]" in ruled.mq("validate").out
    for word in ("error", "info"):
        (ruled.root / "mqinfra.yaml").write_text(f"{text}  severity: {{MQ311: {word}, MQ600: 'off'}}\n")
        assert f"{word}[MQ311]" in (ran := ruled.mq("validate")).out
        assert "error[MQ600]" in ran.out
    (ruled.root / "mqinfra.yaml").write_text(f"{text}  severity: {{MQ311: 'off'}}\n")
    assert "MQ311" not in ruled.mq("validate").out


def test_what_is_wrong_with_a_policy_is_told_at_its_line(project: Project) -> None:
    wrong = """\
policy:
  rules:
    nothing: {match: 'kind:topics'}
    broken: {names: '('}
    behind: {names: '(?=a)b'}
    where: {match: 'knid:topics', labels: [team]}
    number: {limits: {partitions: {max: many, most: 3}}}
    there: {environments: [prod], labels: [team]}
    weight: {labels: [team], severity: errr}
    list: {accepted: {type: quorum}}
    weaker: {labels: [team], suppressible: true}
  severity: {MQ1: heavy, nonsense: error}
"""
    (project.root / "mqinfra.yaml").write_text(PROJECT + wrong)
    ran = project.mq("validate")
    for said in (
        "the rule `nothing` asks for nothing",
        "`names` is not a pattern: unclosed group",
        "`names` is not a pattern: look-around",
        "unknown key of a selector: `knid:`",
        "`max` must be a number, a duration such as 7d or a size such as 10MB, got `many`",
        "`most`: unknown field",
        "the project has no environment `prod`",
        "`severity` must be one of error, warning, info",
        "`type` under `accepted` must be a list of values",
        "`suppressible`: unknown field",
        "`MQ1` under `severity` must be one of error, warning, info, off",
        "`nonsense` is not a code",
    ):
        assert said in ran.out, said
    assert "Traceback" not in ran.err


@pytest.mark.parametrize(("code", "valid"), [("SPOOL101", True), ("MQ", False), ("MQ40x", False), ("mq401", False)])
def test_codes_of_other_distributions_weigh_too(project: Project, code: str, valid: bool) -> None:  # noqa: FBT001
    text = PROJECT + f"policy: {{severity: {{{code}: error}}}}\n"
    (project.root / "mqinfra.yaml").write_text(text)
    assert ("is not a code" not in project.mq("validate").out) is valid
    schema = jsonschema.Draft202012Validator(project_schema(installed()))
    assert schema.is_valid(yaml.safe_load(text)) is valid


def test_a_severity_for_a_code_that_no_check_has_is_told(project: Project, organisation: Path) -> None:
    (project.root / "mqinfra.yaml").write_text(PROJECT + "policy: {severity: {MQ4448: error, MQ401: error}}\n")
    organisation.write_text(ORGANISATION.replace("{MQ401: error}", "{MQ4001: error}"))
    ran = project.mq("validate")
    assert "warning[MQ645]: no check has the code `MQ4448`" in ran.out
    assert "--> mqinfra.yaml:" in ran.out
    assert "help: did you mean `MQ448`?" in ran.out
    assert "warning[MQ645]: no check has the code `MQ4001`" in ran.out
    assert ran.out.count("MQ645]") == 2


def test_an_organisation_s_rules_hold_in_every_project(project: Project, organisation: Path) -> None:
    ran = project.mq("validate")
    assert "`config.min.insync.replicas` must be declared" in ran.out
    assert f"the organisation asks for it: rule `replicated`, {organisation}" in ran.out.replace("\n", " ")
    assert project.mq("plan").code == 3
    assert project.mq("plan", "--policy", str(organisation.parent / "none.yaml")).code == 1


def test_nothing_of_a_project_weakens_an_organisation_s_rule(project: Project, organisation: Path) -> None:
    own = "policy:\n  rules:\n    replicated: {match: 'name:nothing', labels: [x]}\n  severity: {MQ642: 'off'}\n"
    (project.root / "mqinfra.yaml").write_text(PROJECT + own)
    assert "the organisation has a rule `replicated` too" in project.mq("validate").out
    (project.root / "mqinfra.yaml").write_text(PROJECT + own.replace("replicated:", "other:"))
    line = f"suppressed:\n  kafka/topics/*: {{checks: [replicated, grown, MQ642], until: {SOON}, reason: OPS-1}}\n"
    project.topics("    orders.a: {partitions: 24}\n", line)
    ran = project.mq("validate")
    assert "error[MQ642]: `config.min.insync.replicas` must be declared" in ran.out
    assert "MQ643" not in ran.out, "`grown` may be suppressed"
    assert organisation.exists()


def test_an_organisation_may_raise_the_weight_of_a_check(project: Project, organisation: Path) -> None:
    organisation.write_text(ORGANISATION.replace("MQ401", "MQ642").replace("suppressible: true", "severity: warning"))
    own = "policy:\n  rules:\n    clean: {forbidden: [config.retention.ms], severity: info}\n"
    (project.root / "mqinfra.yaml").write_text(PROJECT + own)
    project.topics("    orders.a: {partitions: 24, config: {retention.ms: 7d, min.insync.replicas: 1}}\n")
    ran = project.mq("validate")
    assert "error[MQ642]: `config.retention.ms` may not be declared" in ran.out
    assert "warning[MQ643]" in ran.out


def test_a_plan_made_without_the_organisation_s_policy_is_not_applied_under_it(
    project: Project, tmp_path_factory: pytest.TempPathFactory, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert project.mq("plan", "-o", "json=plan.json").code == 0
    path = tmp_path_factory.mktemp("organisation") / "policy.yaml"
    path.write_text(ORGANISATION)
    monkeypatch.setenv("MQINFRA_POLICY", str(path))
    ran = project.mq("apply", "plan.json", "--auto-approve")
    assert ran.code == 5
    assert project.live() == {}


@pytest.mark.parametrize("text", ["", "# nothing\n", "---\n", "- a list\n"])
def test_an_organisation_s_file_that_says_nothing_is_an_error(project: Project, organisation: Path, text: str) -> None:
    organisation.write_text(text)
    ran = project.mq("validate")
    assert ran.code == 1
    assert "Policy" in ran.out


def test_an_empty_variable_lets_nobody_off(project: Project, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("MQINFRA_POLICY", "")
    ran = project.mq("validate")
    assert ran.code == 64
    assert "MQINFRA_POLICY is set but empty" in ran.err


def test_a_suppression_needs_a_reason_and_a_day_and_says_when_it_does_nothing(ruled: Project) -> None:
    entry = "    orders.A: {partitions: 6}\n"
    ruled.topics(entry, "suppressed:\n  kafka/topics/orders.A: {checks: [names]}\n")
    ran = ruled.mq("validate")
    assert "`until` is missing" in ran.out
    assert "`reason` is missing" in ran.out
    ruled.topics(entry, "suppressed:\n  kafka/topics/orders.A: {checks: [names], until: 2030-01-01, reason: x}\n")
    assert "more than 366 days ahead" in ruled.mq("validate").out
    ruled.topics(entry, f"suppressed:\n  kafka/topics/orders.A: {{checks: [names], until: {SOON}, reason: x}}\n")
    assert ruled.mq("validate").out.endswith("no problems\n")
    assert ruled.mq("apply", "--auto-approve").code == 0
    ruled.topics(entry, f"suppressed:\n  kafka/topics/*: {{checks: [kept, names], until: {SOON}, reason: x}}\n")
    assert ruled.mq("plan").code == 0
    ruled.topics(entry, f"suppressed:\n  kafka/topics/*: {{checks: [kept], until: {SOON}, reason: x}}\n")
    ran = ruled.mq("plan")
    assert "`kafka/topics/*` under `suppressed` has no effect: there is no such finding" in ran.err


TRIED = """\
apiVersion: mqinfra/v1
kind: Topology
metadata: {name: tried, labels: {team: orders}}
kafka:
  topics:
    orders.good: {partitions: 6}
    orders.Bad: {partitions: 6}          # expect: names
    orders.large:
      partitions: 49                     # expect: kept
"""


def test_policies_are_tested_on_manifests_that_say_what_is_found(ruled: Project, mq: Callable[..., Ran]) -> None:
    tests = ruled.root / "policy-tests"
    assert mq("policy", "test").code == 64
    tests.mkdir()
    (tests / "names.yaml").write_text(TRIED)
    ran = mq("policy", "test")
    assert (ran.code, ran.out) == (0, "1 file: 1 as expected, 0 not\n")
    (tests / "wrong.yaml").write_text(TRIED.replace("expect: names", "").replace("49  ", "48  "))
    ran = mq("policy", "test", "policy-tests")
    assert ran.code == 1
    assert "policy-tests/wrong.yaml:7: `names` was not expected: the name does not match" in ran.out
    assert "policy-tests/wrong.yaml:9: expected `kept`, and nothing was found" in ran.out
    assert ran.out.endswith("2 files: 1 as expected, 1 not\n")


def test_the_page_on_policies_is_true(project: Project) -> None:
    page = (Path(__file__).parents[2] / "docs" / "policy.md").read_text(encoding="utf-8")
    own, organisation, suppressed, tried = re.findall(r"^```yaml\n(.*?)^```$", page, re.MULTILINE | re.DOTALL)
    (project.root / "mqinfra.yaml").write_text(PROJECT.replace("local:", "prod:") + own)
    (project.root / "acme.yaml").write_text(organisation)
    topics = "    orders.big: {partitions: 200, config: {min.insync.replicas: 2, retention.ms: 7d}}\n"
    project.topics(topics)
    assert "error[MQ643]" in project.mq("validate", "--policy", "acme.yaml").out
    project.topics(topics, suppressed)
    assert "error" not in project.mq("validate", "--policy", "acme.yaml").out
    (project.root / "policy-tests").mkdir()
    (project.root / "policy-tests" / "names.yaml").write_text(
        tried.replace("{partitions: 6}", "{config: {min.insync.replicas: 2}}")
    )
    ran = project.mq("policy", "test")
    assert f"$ mqinfra policy test\n{ran.out}" in page


def test_the_schemas_take_what_the_reader_takes() -> None:
    jsonschema.validate(yaml.safe_load(PROJECT + POLICY), project_schema(installed()))
    jsonschema.validate(yaml.safe_load(ORGANISATION), policy_schema())
    with pytest.raises(jsonschema.ValidationError):
        jsonschema.validate(yaml.safe_load(ORGANISATION.replace("kind: Policy", "kind: Project")), policy_schema())
