"""What people read when something is wrong: tests/cases/said, each a project that differs from the usual one.

A case has `run`, the command; `topology`, what stands below the head of the manifest; `variables` and `overrides` of
the environment, and `manifests` of the project, where they differ; `code`, the exit code; and of what was printed:
`told`, `once` and `never`.
"""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import yaml

from tests.cli.conftest import PROJECT, TOPOLOGY, Project

CASES = Path(__file__).parents[1] / "cases" / "said"
HEAD = TOPOLOGY.split("kafka:", maxsplit=1)[0]
BROKERS = """\
scope: {kafka: {topics: ["orders.*"]}, rabbitmq: {wholeCluster: true}, redis: {wholeCluster: true}}
environments:
  local:
    clusters:
      kafka: {type: kafka, sandbox: true}
      rabbitmq: {type: rabbitmq, sandbox: true}
      redis: {type: redis, sandbox: true}
"""


def all_cases() -> Iterator[Any]:
    for file in sorted(CASES.glob("*.yaml")):
        for case in yaml.safe_load(file.read_text(encoding="utf-8")):
            yield pytest.param(case, id=f"{file.stem}: {case['name']}")


@pytest.mark.parametrize("case", list(all_cases()))
def test_a_case_is_told_what_it_should_be(case: dict[str, Any], project: Project) -> None:
    text = PROJECT.split("scope:", maxsplit=1)[0] + BROKERS
    for word in ("variables", "overrides"):
        text += f"    {word}: {case[word]}\n" if word in case else ""
    text = text.replace("[topology/]", case.get("manifests", "[topology/]"))
    (project.root / "mqinfra.yaml").write_text(text, encoding="utf-8")
    if "topology" in case:
        project.topology(HEAD + case["topology"])
    ran = project.mq(*case["run"])
    said = ran.out + ran.err
    assert ran.code == case["code"], said
    assert case["told"], "a case that expects nothing can't fail"
    missing = [text for text in case["told"] if text not in said]
    assert not missing, said
    assert [text for text in case.get("once", ()) if said.count(text) != 1] == []
    assert [text for text in case.get("never", ()) if text in said] == []
