"""Dead letters beyond what their queue holds, on copies of real queues."""

import pytest

from tests.integration.rabbitmq.e2e.project import Project
from tests.integration.rabbitmq.verification.verified import VHOST, listing, only, results, verify

FEW = {"x-max-length": 20}
REFUSES = {**FEW, "x-overflow": "reject-publish"}
SAFE = {"x-overflow": "reject-publish", "x-dead-letter-strategy": "at-least-once"}


def buried(letters: str, **arguments: object) -> dict[str, object]:
    """A queue whose dead letters get to one by its name."""
    return {
        "type": "quorum",
        "arguments": {"x-dead-letter-exchange": "", "x-dead-letter-routing-key": letters, **arguments},
    }


QUEUES = {
    "open": buried("whole"),
    "whole": {"type": "classic"},
    "drops": buried("short"),
    "short": {"type": "classic", "arguments": FEW},
    "refused": buried("strict"),
    "strict": {"type": "classic", "arguments": REFUSES},
    "waits": buried("patient", **SAFE),
    "tolerated": buried("patient"),
    "patient": {"type": "quorum", "arguments": REFUSES},
    "passes": buried("hands-on"),
    "hands-on": {
        "type": "classic",
        "arguments": {**FEW, "x-dead-letter-exchange": "", "x-dead-letter-routing-key": "rest"},
    },
    "rest": {"type": "classic"},
}
ASKED = [f"V17b:{name}" for name in ("open", "drops", "refused", "waits", "tolerated", "passes")]


@pytest.mark.slow
def test_letters_beyond_the_limit_are_lost_where_nothing_keeps_them_until_the_limit_is_gone(project: Project) -> None:
    project.declare({"vhosts": {VHOST: {"queues": QUEUES}}})
    project.apply()
    before = listing(project.server)
    found = verify(project, *only(*ASKED), code=7)
    assert {name: one["evidence"] for name, one in found.items()} == {
        "V17b open": "20 dead letters where no queue of dead letters has a limit, all kept",
        "V17b drops": "20 of 40 dead letters into room for few (`short`: 20) are gone for good",
        "V17b refused": "20 of 40 dead letters into room for few (`strict`: 20) are gone for good",
        "V17b waits": found["V17b waits"]["evidence"],
        "V17b tolerated": "40 dead letters into room for few (`patient`: 20), all kept",
        "V17b passes": "40 dead letters into room for few (`hands-on`: 20), all kept",
    }
    assert "all kept, of which " in found["V17b waits"]["evidence"]
    assert results(found) == {
        "V17b open": "pass",
        "V17b drops": "fail",
        "V17b refused": "fail",
        "V17b waits": "pass",
        "V17b tolerated": "pass",
        "V17b passes": "pass",
    }
    assert listing(project.server) == before

    project.declare({"vhosts": {VHOST: {"queues": {**QUEUES, "short": {"type": "classic"}}}}})
    management = project.server.management
    management.call("DELETE", "queues", VHOST, "short")
    project.apply()
    assert results(verify(project, "--only", "V17b:drops")) == {"V17b drops": "pass"}
