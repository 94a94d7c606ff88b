"""The pipelines for GitLab, Atlantis, Kubernetes and pre-commit: their commands run, and they have the right form."""

import json
import shlex
import subprocess
import sys
from pathlib import Path
from xml.etree import ElementTree as ET

import pytest
import yaml

from tests.pipelines.runner import EXAMPLES, Runner
from tests.pipelines.shop import SECRET, nothing_leaked
from tests.pipelines.test_github import checkout, runner

__all__ = ["checkout", "runner"]
ROOT = EXAMPLES.parents[1]
LINTED = {
    "vendor.github-workflows": sorted(EXAMPLES.glob("github/*.yml")),
    "vendor.github-actions": [ROOT / "action.yml"],
    "vendor.gitlab-ci": [EXAMPLES / "gitlab" / ".gitlab-ci.yml"],
}


@pytest.mark.parametrize("schema", LINTED)
def test_each_has_the_form_that_its_runner_reads(schema: str) -> None:
    command = [sys.executable, "-m", "check_jsonschema", "--builtin-schema", schema, *map(str, LINTED[schema])]
    ran = subprocess.run(command, capture_output=True, text=True, check=False)
    assert ran.returncode == 0, ran.stdout + ran.stderr


def environment(runner: Runner) -> dict[str, str]:
    return {
        "MQINFRA_CLUSTERS": str(runner.checkout / "clusters" / "prod.yaml"),
        "MQINFRA_POLICY": str(runner.checkout / "policy.yaml"),
        "KAFKA_PASSWORD": SECRET,
    }


def test_gitlab_s_jobs_run_in_their_order(runner: Runner) -> None:
    document = yaml.safe_load((EXAMPLES / "gitlab" / ".gitlab-ci.yml").read_text())
    for job in ("validate", "plan", "apply", "drift"):
        for script in (*document["default"]["before_script"], *document[job]["script"]):
            assert runner.run(script, {**document["variables"], **environment(runner)}) == 0, runner.printed
    assert json.loads((runner.checkout / "findings.json").read_text()) == []
    for name in ("apply.xml", "drift.xml"):
        suites = ET.fromstring((runner.checkout / name).read_text())  # noqa: S314 - our own file
        assert suites.get("failures") in (None, "0"), name
    for job in ("plan", "apply"):
        for path in document[job]["artifacts"]["paths"]:
            assert (runner.checkout / path).exists(), path
    nothing_leaked(runner)


def test_atlantis_plans_to_the_file_that_it_applies(runner: Runner) -> None:
    workflow = yaml.safe_load((EXAMPLES / "atlantis" / "repos.yaml").read_text())["workflows"]["mqinfra"]
    given = {"WORKSPACE": "prod", "PLANFILE": str(runner.temp / "prod.tfplan"), **environment(runner)}
    for stage in ("plan", "apply"):
        for step in workflow[stage]["steps"]:
            assert runner.run(step["run"], given) == 0, runner.printed
    assert "2 applied" in runner.printed
    nothing_leaked(runner)


@pytest.mark.parametrize(("name", "said"), [("argo-cd.yaml", "2 applied"), ("drift.yaml", "No drift")])
def test_kubernetes_runs_commands_that_there_are(runner: Runner, name: str, said: str) -> None:
    document = yaml.safe_load((EXAMPLES / "kubernetes" / name).read_text())
    spec = document["spec"].get("jobTemplate", document)["spec"]["template"]["spec"]
    mounts = {mount["mountPath"]: mount["name"] for mount in spec["containers"][0]["volumeMounts"]}
    assert mounts.keys() == {"/project", "/clusters"}
    assert set(mounts.values()) == {volume["name"] for volume in spec["volumes"]}
    places = {"/project": str(runner.checkout), "/clusters/prod.yaml": str(runner.checkout / "clusters" / "prod.yaml")}
    arguments = [places.get(one, one) for one in spec["containers"][0]["args"]]
    code = runner.run(f"mqinfra {shlex.join(arguments)}", {"KAFKA_PASSWORD": SECRET})
    assert code == 0, runner.printed
    assert said in runner.printed
    nothing_leaked(runner)


def test_pre_commit_checks_the_whole_project(runner: Runner) -> None:
    (hook,) = yaml.safe_load((ROOT / ".pre-commit-hooks.yaml").read_text())
    wanted = yaml.safe_load((EXAMPLES / "pre-commit" / ".pre-commit-config.yaml").read_text())["repos"][0]["hooks"]
    assert [one["id"] for one in wanted] == [hook["id"]]
    assert hook["pass_filenames"] is False
    assert runner.run(hook["entry"], {}) == 0, runner.printed
    manifest = runner.checkout / "topology" / "orders.yaml"
    manifest.write_text(manifest.read_text().replace("partitions: 6", "partitions: six"))
    assert runner.run(hook["entry"], {}) == 1
    assert "topology/orders.yaml:" in runner.printed


def test_the_container_s_recipe_names_files_that_there_are() -> None:
    lines = (ROOT / "Containerfile").read_text().splitlines()
    sources = [
        word for line in lines if line.startswith("COPY ") and "--from" not in line for word in line.split()[1:-1]
    ]
    assert sources
    assert all((ROOT / name).exists() for name in sources)
    assert Path(lines[-1].partition("[")[2].strip('"]')).name == "mqinfra"
