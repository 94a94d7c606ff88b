"""Declared users try, with their own passwords, what nobody declares they may do."""

import pytest

from tests.integration.rabbitmq.e2e.project import Project
from tests.integration.rabbitmq.verification.verified import VHOST, listing, verify
from tests.integration.verified import results

USERS = {name: {"password": {"env": name.upper()}} for name in ("worker", "root")}
OWN = {"configure": "", "write": "^shop$", "read": "^orders$"}
TOPOLOGY = {
    "users": {**USERS, "guest": {"tags": ["administrator"]}},
    "vhosts": {
        VHOST: {
            "exchanges": {"shop": {"type": "topic"}},
            "queues": {"orders": {"type": "classic"}},
            "permissions": {"worker": OWN, "root": {"configure": ".*", "write": ".*", "read": ".*"}},
        }
    },
}


@pytest.fixture(autouse=True)
def _passwords(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("WORKER", "worker-pass-1")
    monkeypatch.setenv("ROOT", "root-pass-1")


def test_a_declared_user_is_refused_what_it_has_no_right_to_until_a_pattern_loses_its_anchors(project: Project) -> None:
    project.declare(TOPOLOGY)
    project.apply()
    before = listing(project.server)
    found = verify(project, "--only", "V31b")
    assert {name: one["evidence"] for name, one in found.items()} == {
        "V31b worker": "6 operations refused (403) that succeed for the verifying user"
    }
    management = project.server.management
    management.call("PUT", "permissions", VHOST, "worker", body={**OWN, "read": "orders"})
    found = verify(project, "--only", "V31b", code=7)
    assert found["V31b worker"]["evidence"] == "1 of 6 operations allowed without a declared right"
    assert [one.startswith("consume ") and one.endswith(".orders") for one in found["V31b worker"]["offenders"]] == [
        True
    ]
    management.call("PUT", "permissions", VHOST, "worker", body=OWN)
    assert results(verify(project, "--only", "V31b")) == {"V31b worker": "pass"}
    assert listing(project.server) == before


def test_a_user_with_another_password_proves_nothing(project: Project, monkeypatch: pytest.MonkeyPatch) -> None:
    project.declare(TOPOLOGY)
    project.apply()
    monkeypatch.setenv("WORKER", "worker-pass-2")
    found = verify(project, "--only", "V31b", code=8)["V31b worker"]
    assert found["evidence"].startswith("the user could not log in, so nothing was refused: 403 ")
    assert "worker-pass" not in str(found)
