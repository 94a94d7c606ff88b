"""Many runs on a healthy server: none may blame it."""

import time

import pytest

from tests.integration.rabbitmq.e2e.project import Project
from tests.integration.rabbitmq.verification.verified import VHOST, listing, only

RUNS = 200
CHECKS = ("V01", "V02", "V03", "V04", "V05", "V06", "V07", "V11", "V13", "V14", "V23")
QUEUES = {
    "orders": {"type": "quorum", "bindings": [{"exchange": "shop", "routingKey": "order.#"}], "deadLetter": True},
    "returns": {"type": "classic"},
}


@pytest.mark.slow_faults
@pytest.mark.slow
def test_no_run_of_two_hundred_blames_a_healthy_server(project: Project) -> None:
    project.declare({"vhosts": {VHOST: {"exchanges": {"shop": {"type": "topic"}}, "queues": QUEUES}}})
    project.apply()
    before = listing(project.server)
    blamed, undecided, began = list[str](), 0, time.monotonic()
    for seed in range(RUNS):
        ran = project.mq("verify", "-q", "-o", "json", "--seed", str(seed), "--messages", "40", *only(*CHECKS))
        for one in ran.json()["judgements"]:
            if one["result"] == "fail":
                blamed.append(f"seed {seed}: {one['check']} {one['address']}: {one['evidence']}")
            undecided += one["result"] == "inconclusive"
    print(f"{RUNS} runs, {undecided} checks undecided, {time.monotonic() - began:.0f} s")  # noqa: T201 - shown by -s
    assert blamed == []
    assert undecided < RUNS // 10
    assert listing(project.server) == before
