"""Proxies that change what they hand on: nothing that they hide is taken for absent."""

from __future__ import annotations

from collections.abc import Mapping

import pytest

from tests.brokers.http_protocol import decoded_slashes, status_only
from tests.integration.rabbitmq.e2e.project import Project

QUEUE = "rabbit/queues/%2F/mail"
CASES: Mapping[str, tuple[dict[str, object], dict[str, object]]] = {
    "declared": ({"vhosts": {"/": {"queues": {"mail": {}}}}}, {}),
    "removed": ({"vhosts": {"/": {}}}, {QUEUE: {}}),
    "a user": ({"users": {"team/email": {}}}, {}),
}


@pytest.mark.parametrize("case", CASES)
def test_slashes_that_a_proxy_decodes_stop_the_plan(case: str, project: Project, cell: set[str]) -> None:
    server = project.server
    server.management.call("PUT", "queues", "/", "mail", body={"durable": True})
    project.declare(*CASES[case])
    server.proxy.rewrite = decoded_slashes
    for command in ("plan", "apply"):
        with project.nothing_written():
            ran = project.mq(command, *(("--auto-approve",) if command == "apply" else ()))
        assert ran.code != 0, ran.text
        assert "MQ463" in ran.err
        assert "does not forward `%2F` in paths unchanged" in ran.err
    assert "mail" in {row["name"] for row in server.management.get("queues", "/")}
    cell.add(f"rabbitmq-{server.line}/queues/e2e-decoded-slashes")


def test_the_way_of_slashes_is_asked_for_once(project: Project) -> None:
    project.declare({"vhosts": {"/": {"queues": {"mail": {}}}}})
    project.apply()
    asked = [str(request) for request in project.server.proxy.recorder.requests]
    assert sum("slashes" in request for request in asked) == 1


@pytest.mark.parametrize("status", [302, 401, 403, 404, 502])
def test_a_status_without_a_word_of_rabbitmqs_is_never_taken_for_absent(status: int, project: Project) -> None:
    # Of every list that a plan reads, one after the other.
    project.declare({"vhosts": {"shop": {"queues": {"mail": {}}, "policies": {}}}, "users": {"email": {}}})
    project.plan("-q")
    reads = len(project.server.proxy.recorder.requests)
    for nth in range(1, reads + 1):
        project.server.proxy.reset()
        project.server.proxy.faults.answer(status_only(status), nth)
        ran = project.mq("plan", "-o", "json")
        if ran.code != 0:
            continue
        # What is optional, such as the nodes, may be missing; nothing that is declared may come out of it as absent.
        planned = {change["address"] for change in ran.json()["changes"]}
        assert planned == {"rabbit/users/email", "rabbit/vhosts/shop", "rabbit/queues/shop/mail"}, (nth, planned)
