"""What a queue promises of dead letters, on real servers: kept, and broken by a policy that somebody made by hand."""

from tests.integration.rabbitmq.e2e.project import Project
from tests.integration.rabbitmq.verification.test_every_check import policy
from tests.integration.rabbitmq.verification.verified import VHOST, only, verify
from tests.integration.verified import results

TOPOLOGY = {
    "vhosts": {
        VHOST: {
            "queues": {
                "orders": {
                    "type": "quorum",
                    "arguments": {"x-delivery-limit": 3},
                    "deadLetter": True,
                    "promises": {"deadLetterAfter": 4, "delivery": "exactly-once"},
                }
            }
        }
    }
}


def test_a_promise_is_proven_and_seen_to_be_broken_at_its_own_line(project: Project) -> None:
    project.declare(TOPOLOGY)
    project.apply()
    kept = verify(project, *only("V16:orders"))
    assert results(kept) == {"V16 orders": "pass"}
    assert kept["V16 orders"]["requirement"].endswith("after 4 failures")
    place = kept["V16 orders"]["span"]
    line = (project.root / place["file"]).read_text(encoding="utf-8").splitlines()[place["line"] - 1]
    assert "deadLetterAfter" in line
    dead = {"dead-letter-exchange": "", "dead-letter-routing-key": "orders.dlq", "delivery-limit": 1}
    policy("sooner", "^orders$", dead)(project.server.management)
    broken = verify(project, *only("V16:orders"), code=7)
    assert results(broken) == {"V16 orders": "fail"}
    assert "the manifest promises a dead letter after 4 failures" in broken["V16 orders"]["evidence"]
