"""A prefix changes nothing but names: over random topologies, what is planned is what is planned without one."""

from __future__ import annotations

import json
import re
import tempfile
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
import yaml
from hypothesis import HealthCheck, Phase, given, settings

from tests.ownership.topologies import SECRETS, Parts, edits
from tests.ownership.workspace import Workspace

PREFIX = "zz9"
"""Letters alone, so that patterns hold it as names do, and nothing else does."""
KINDS = (
    *("kafka/topics", "rabbitmq/exchanges", "rabbitmq/queues", "rabbitmq/policies", "rabbitmq/users"),
    *("redis/streams", "redis/users"),
)
_HASH = re.compile(r"\.(dlx|retry)\.[0-9a-f]{8}")
_OF_A_RUN = ("fingerprint", "identity", "needs")


def environments(folder: Path) -> tuple[Workspace, Workspace]:
    plain = Workspace(folder)
    plain.project(others=["prefixed"])
    path = folder / "mqinfra.yaml"
    project = yaml.safe_load(path.read_text(encoding="utf-8"))
    project["environments"]["prefixed"]["names"] = {kind: {"prefix": PREFIX} for kind in KINDS}
    path.write_text(yaml.safe_dump(project), encoding="utf-8")
    return plain, replace(plain, environment="prefixed")


def changes(space: Workspace) -> list[str]:
    """The changes that are planned, without what differs from run to run, and without the prefix."""
    plan = space.plan()
    some = [{key: value for key, value in change.items() if key not in _OF_A_RUN} for change in plan["changes"]]
    texts = [json.dumps(change, sort_keys=True).replace(PREFIX, "") for change in some]
    owner = f"shop/{space.environment}"
    return sorted(_HASH.sub(r".\1.H", text).replace(owner, "shop/ENV") for text in texts)


@settings(
    deadline=None,
    max_examples=5,
    phases=(Phase.generate,),
    suppress_health_check=[HealthCheck.function_scoped_fixture],
)
@given(edit=edits())
def test_a_prefixed_environment_plans_what_the_plain_one_does(
    edit: tuple[Parts, Parts], monkeypatch: pytest.MonkeyPatch
) -> None:
    for name, value in SECRETS.items():
        monkeypatch.setenv(name, value)
    with tempfile.TemporaryDirectory() as folder:
        plain, prefixed = environments(Path(folder) / "project")
        documents: list[dict[str, Any]] = [parts.document() for parts in edit]
        plain.declare(documents[0])
        assert changes(prefixed) == changes(plain)
        plain.apply()
        prefixed.apply()
        assert prefixed.plan()["changes"] == []
        plain.declare(documents[1])
        assert changes(prefixed) == changes(plain)
