"""A declared spec is validated when its text is read, and handed on to everybody who needs it after that."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
import yaml

from mqinfra.providers.redis.users.spec import UserSpec
from tests.command import Ran
from tests.unit.redis.fake import MASTER, FakeRedis, bulk, texts

USER = {"commands": ["+@read"], "keys": ["~orders:*"], "passwords": [{"env": "FEED"}]}
HEAD = {"apiVersion": "mqinfra/v1", "metadata": {"name": "shop"}}


def test_a_plan_validates_a_user_once(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, mq: Callable[..., Ran]) -> None:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("FEED", "planted")
    read, validated = UserSpec.model_validate, list[object]()

    def validate(data: object, **options: Any) -> UserSpec:
        validated.append(data)
        return read(data, **options)

    monkeypatch.setattr(UserSpec, "model_validate", validate)
    answers = {"ACL CAT": texts("read"), "ACL CAT read": texts("get", "xrange"), "ACL GETUSER": b"*-1\r\n"}
    with FakeRedis({"INFO": bulk(MASTER), **answers}) as server:
        clusters = {"redis": {"type": "redis", "nodes": [server.address]}}
        scope = {"redis": {"wholeCluster": True}}
        project = {**HEAD, "kind": "Project", "manifests": ["topology.yaml"], "scope": scope}
        project["environments"] = {"it": {"clusters": clusters}}
        (tmp_path / "mqinfra.yaml").write_text(yaml.safe_dump(project))
        topology = {**HEAD, "kind": "Topology", "redis": {"users": {"feed": USER}}}
        (tmp_path / "topology.yaml").write_text(yaml.safe_dump(topology))
        ran = mq("plan", "--requests", "--timeout", "2")
    assert "1 to create" in ran.out
    assert "ACL SETUSER" in ran.out
    assert len(validated) == 1
