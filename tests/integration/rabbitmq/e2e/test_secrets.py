"""Planted passwords come out nowhere: in no output, plan, file or process argument, whatever happens."""

from __future__ import annotations

import os
import secrets

import pytest

from tests.brokers.http_protocol import status_only
from tests.command import Ran
from tests.integration.rabbitmq.e2e.project import Project

VHOST = "/shop"
ENDINGS = ("applied", "refused", "lost", "away")


class Planted:
    """Passwords that are nowhere else on this machine."""

    def __init__(self, project: Project) -> None:
        self._project = project
        self.values = [f"planted-{secrets.token_hex(8)}" for _ in range(3)]
        self._env = {
            "EMAIL_PASSWORD": self.values[0],
            "SHOVEL_URI": f"amqp://guest:{self.values[1]}@localhost:1/%2F",
            "UPSTREAM_URI": f"amqp://guest:{self.values[2]}@localhost:1",
            "MQINFRA_DEBUG": "1",
        }

    def run(self, *arguments: str) -> Ran:
        """Run as a process of its own, and look everywhere."""
        running = self._project.start(*arguments, env=self._env)
        seen = running.arguments
        ran = running.end()
        files = [path.read_text(errors="replace") for path in self._project.root.rglob("*") if path.is_file()]
        for value in self.values:
            assert value not in seen + ran.text
            assert not any(value in content for content in files)
        return ran


@pytest.mark.parametrize("ending", ENDINGS)
def test_no_planted_password_comes_out(ending: str, project: Project, cell: set[str]) -> None:
    planted = Planted(project)
    shovel: dict[str, object] = {
        "value": {"src-queue": "a", "dest-queue": "b", "src-uri": "amqp://"},
        "secrets": {"dest-uri": {"env": "SHOVEL_URI"}},
    }
    if ending == "refused":
        shovel["value"] = {"src-queue": "a", "dest-queue": "b", "src-uri": "amqp://", "ack-mode": "never"}
    topology = {
        "users": {"email": {"password": {"env": "EMAIL_PASSWORD"}}},
        "vhosts": {
            VHOST: {
                "parameters": {
                    "shovel": {"move": shovel},
                    "federation-upstream": {"up": {"value": {}, "secrets": {"uri": {"env": "UPSTREAM_URI"}}}},
                }
            }
        },
    }
    project.declare(topology)
    proxy = project.server.proxy
    assert planted.run("plan", "-v", "--requests", "-o", "text", "-o", "json=plan.json").code == 0
    if ending == "lost":
        for nth in range(1, 6):
            proxy.faults.cut_after(nth)
    elif ending == "away":
        for nth in range(1, 20):
            proxy.faults.answer(status_only(503), nth, "mutating")
    ran = planted.run("apply", "plan.json", "-v", "-o", "jsonl", "-o", "json=report.json", "--timeout", "3")
    assert ran.code in ((0,) if ending in ("applied", "lost") else (1, 4)), ran.text
    if ending == "applied":
        assert any(planted.values[0].encode() in request.body for request in proxy.mutating())
        assert planted.run("export").code == 0
        assert planted.run("snapshot", "-v").code == 0
        assert planted.run("plan", "--detailed-exitcode").code == 0
        cell.add(f"rabbitmq-{project.server.line}/users/e2e-secrets-stay-in")


def test_a_plan_without_its_secrets_shows_no_change_and_a_rotation_no_default(
    project: Project, monkeypatch: pytest.MonkeyPatch, cell: set[str]
) -> None:
    project.declare({"users": {"email": {"password": {"env": "EMAIL_PASSWORD"}}}})
    project.plan()  # a create needs no value either, until it is applied
    project.secret("EMAIL_PASSWORD", "planted-once")
    project.apply()
    monkeypatch.delenv("EMAIL_PASSWORD")
    ran = project.plan("--detailed-exitcode", "-o", "text", "-o", "json=plan.json", "-o", "markdown=plan.md")
    said = "password: not compared, the environment variable `EMAIL_PASSWORD` is not set"
    assert f"rabbit/users/email  {said}" in ran.out
    assert said in " ".join((project.root / "plan.md").read_text(encoding="utf-8").split())
    assert '"uncompared"' in (project.root / "plan.json").read_text(encoding="utf-8")
    project.secret("EMAIL_PASSWORD", "planted-again")
    ran = project.plan("--detailed-exitcode", code=2)
    assert "password another value -> from $EMAIL_PASSWORD" in ran.out
    assert "broker default" not in ran.text
    cell.add(f"rabbitmq-{project.server.line}/users/e2e-secret-not-compared")


def test_all_secrets_are_looked_up_before_the_first_write(project: Project, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("FIRST_PW", "one")
    monkeypatch.setitem(os.environb, b"LATIN_PW", b"hunter2\xff")
    upstream = {"up": {"value": {}, "secrets": {"uri": {"env": "NOT_SET_URI"}}}}
    project.declare(
        {
            "users": {"aa": {"password": {"env": "FIRST_PW"}}, "zz": {"password": {"env": "LATIN_PW"}}},
            "vhosts": {VHOST: {"queues": {"q": {"type": "classic"}}, "parameters": {"federation-upstream": upstream}}},
        }
    )
    with project.nothing_written():
        ran = project.mq("apply", "--auto-approve", "-o", "json")
    assert ran.code == 1
    for named in ("`LATIN_PW` is not UTF-8", "`NOT_SET_URI` is not set"):
        assert named in ran.err
    assert "hunter2" not in ran.text
    assert {result["outcome"] for result in ran.json()["results"]} == {"not attempted"}
