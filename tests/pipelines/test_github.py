"""The workflows of examples/ci/github, step by step on the sandbox: plan, fork, apply, drift; and action.yml."""

import json
from pathlib import Path

import pytest
import yaml

from tests.pipelines.runner import EXAMPLES, Runner
from tests.pipelines.shop import FILES, SECRET, cloned, comments, nothing_leaked, runner_of

GITHUB = EXAMPLES / "github"


@pytest.fixture
def checkout(tmp_path: Path) -> Path:
    return cloned(tmp_path, FILES)


@pytest.fixture
def runner(checkout: Path, tmp_path: Path) -> Runner:
    return runner_of(checkout, tmp_path / "runner")


def test_a_pull_request_gets_a_comment_that_is_edited_in_place(runner: Runner) -> None:
    assert set(runner.job(GITHUB / "plan.yml", "plan")) == {0}, runner.printed
    (first,) = comments(runner)
    assert first.startswith("<!-- mqinfra of prod -->\n<!-- mqinfra:plan:shop/prod -->")
    assert "orders.created" in first
    assert first.endswith(runner.summary)
    manifest = runner.checkout / "topology" / "orders.yaml"
    manifest.write_text(manifest.read_text() + "    orders.paid:\n      partitions: 3\n")
    assert set(runner.job(GITHUB / "plan.yml", "plan")) == {0}
    (second,) = comments(runner)
    assert "orders.paid" in second
    nothing_leaked(runner)


def test_a_plan_that_can_not_be_made_is_told_in_the_same_comment(runner: Runner) -> None:
    assert set(runner.job(GITHUB / "plan.yml", "plan")) == {0}, runner.printed
    manifest = runner.checkout / "topology" / "orders.yaml"
    manifest.write_text(manifest.read_text().replace("partitions: 6", "partitions: six"))
    document = yaml.safe_load((GITHUB / "plan.yml").read_text())
    steps = {step.get("name"): step for step in document["jobs"]["plan"]["steps"]}
    assert runner.run(steps["plan"]["run"], {**document["env"], **steps["plan"]["env"]}) == 1
    comment = steps["summary and comment"]
    assert runner.run(comment["run"], {**document["env"], **comment["env"]}) == 0, runner.printed
    (only,) = comments(runner)
    assert "No plan: 1 error" in only


def test_a_pull_request_can_not_change_clusters_or_policy(runner: Runner) -> None:
    (runner.checkout / "clusters" / "prod.yaml").write_text(
        "kafka: {type: kafka, bootstrap: 'evil.example.com:9092'}\n"
    )
    (runner.checkout / "policy.yaml").write_text("nothing: at all\n")
    manifest = runner.checkout / "topology" / "orders.yaml"
    manifest.write_text(manifest.read_text().replace("partitions: 6", "partitions: 60"))
    codes = runner.job(GITHUB / "plan.yml", "plan")
    assert codes[2] == 1, "validate finds what the policy of the base refuses"
    assert "::error file=topology/orders.yaml,line=" in runner.printed
    assert "above 48" in runner.printed
    assert "evil" not in runner.printed


def test_a_fork_plans_against_the_last_snapshot_without_a_secret(runner: Runner) -> None:
    assert set(runner.job(GITHUB / "apply.yml", "apply")) == {0}, runner.printed
    assert set(runner.job(GITHUB / "drift.yml", "drift")) == {0}, runner.printed
    fork = Runner(runner.checkout, runner.temp.parent / "fork", {})
    manifest = runner.checkout / "topology" / "orders.yaml"
    manifest.write_text(manifest.read_text().replace("partitions: 6", "partitions: 12"))
    # The sandbox is a file in the checkout, which a fork does not have; nor may its own clusters be asked.
    (runner.checkout / "clusters" / ".mqinfra").rename(runner.temp / "mqinfra")
    assert set(fork.job(GITHUB / "plan.yml", "plan-of-a-fork")) == {0}, fork.printed
    assert "partitions" in fork.summary
    assert "1 minute" in fork.summary or "0 minutes" in fork.summary, fork.summary
    nothing_leaked(fork)


def test_what_was_merged_is_applied_and_a_changed_hand_is_told_at_night(runner: Runner) -> None:
    assert set(runner.job(GITHUB / "apply.yml", "apply")) == {0}, runner.printed
    report = json.loads((runner.checkout / "report.json").read_text())
    assert {name: count for name, count in report["counts"].items() if count} == {"applied": 2}
    assert set(runner.job(GITHUB / "drift.yml", "drift")) == {0}
    (sandbox,) = (runner.checkout / "clusters" / ".mqinfra").rglob("kafka.json")
    live = json.loads(sandbox.read_text())
    live["clusters"]["kafka"]["resources"]["kafka/topics/orders.created"]["spec"]["partitions"] = 9
    sandbox.write_text(json.dumps(live))
    assert runner.job(GITHUB / "drift.yml", "drift")[-1] == 2
    assert "orders.created" in runner.summary
    nothing_leaked(runner)


def test_the_comment_becomes_the_outcome(runner: Runner) -> None:
    runner.job(GITHUB / "plan.yml", "plan")
    assert set(runner.job(GITHUB / "apply.yml", "apply")) == {0}, runner.printed
    (only,) = comments(runner)
    assert "applied: 2 changes" in only
    nothing_leaked(runner)


def test_a_digest_that_was_reviewed_is_applied_and_another_is_refused(runner: Runner) -> None:
    runner.job(GITHUB / "plan.yml", "plan")
    digest = json.loads((runner.checkout / "plan.json").read_text())["digest"]
    runner.values["inputs.expect"] = "sha256:" + "0" * 64
    assert max(runner.job(GITHUB / "apply.yml", "apply")) == 5
    runner.values["inputs.expect"] = digest
    assert set(runner.job(GITHUB / "apply.yml", "apply")) == {0}, runner.printed


def test_the_composite_action_does_each_command(runner: Runner) -> None:
    action = yaml.safe_load((EXAMPLES.parents[1] / "action.yml").read_text())
    defaults = {f"inputs.{name}": given["default"] for name, given in action["inputs"].items()}
    steps = action["runs"]["steps"]
    for command, code in (("validate", 0), ("plan", 0), ("apply", 0), ("drift", 0), ("destroy", 64)):
        arguments = "--auto-approve" if command == "apply" else ""
        runner.values |= {**defaults, "inputs.command": command, "inputs.arguments": arguments, "inputs.version": "x"}
        more = {"KAFKA_PASSWORD": SECRET}
        assert runner.run(steps[1]["run"], {**steps[1]["env"], **more}) == code, runner.printed
    assert "orders.created" in runner.summary
    nothing_leaked(runner)
