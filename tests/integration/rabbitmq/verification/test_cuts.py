"""Connections that the server ends, on copies of real queues."""

import re

import pytest

from tests.integration.rabbitmq.e2e.project import Project
from tests.integration.rabbitmq.verification.test_traffic import QUEUES, TOPOLOGY
from tests.integration.rabbitmq.verification.thief import stealing
from tests.integration.rabbitmq.verification.verified import listing, meddled, verify
from tests.integration.verified import results


def test_clients_that_the_server_cuts_off_come_back_and_lose_nothing(project: Project) -> None:
    project.declare(TOPOLOGY)
    project.apply()
    before = listing(project.server)
    found = verify(project, "--only", "V24")
    assert results(found) == {f"V24 {name}": "pass" for name in (*QUEUES, "orders.dlq")}
    assert found["V24 orders"]["evidence"].startswith("2 connections closed, publishing and consuming resumed after ")
    assert listing(project.server) == before


def test_publishers_that_hear_no_confirm_send_again_and_lose_nothing(project: Project) -> None:
    project.declare(TOPOLOGY)
    project.apply()
    before = listing(project.server)
    found = verify(project, "--only", "V23")
    assert results(found) == {f"V23 {name}": "pass" for name in (*QUEUES, "orders.dlq")}
    assert "resent: none lost, 200 stored twice, as the broker does not deduplicate" in found["V23 orders"]["evidence"]
    assert listing(project.server) == before


@pytest.mark.parametrize("check", ["V23", "V24"])
def test_what_is_lost_over_a_cut_fails(check: str, project: Project) -> None:
    project.declare(TOPOLOGY)
    project.apply()
    with stealing(project, "returns"):
        found = meddled(project, "--only", f"{check}:returns")[f"{check} returns"]
    assert re.search("acknowledged messages lost|[0-9]+ lost", found["evidence"])
