"""Dead letters beyond what their queue holds, on copies of real queues."""

import pytest

from tests.integration.rabbitmq.e2e.project import Project
from tests.integration.rabbitmq.verification.verified import VHOST, listing, only, verify
from tests.integration.verified import results

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
ASKED = [f"V17b:{name}" for name in ("drops", "refused", "waits", "tolerated", "passes")]


@pytest.mark.slow
def test_letters_beyond_the_limit_are_lost_where_nothing_keeps_them_and_without_a_limit_nothing_is_asked(
    project: Project,
) -> None:
    project.declare({"vhosts": {VHOST: {"queues": QUEUES}}})
    project.apply()
    before = listing(project.server)
    found = verify(project, *only(*ASKED), code=7)
    assert {name: one["evidence"] for name, one in found.items()} == {
        "V17b drops": "20 of 40 dead letters lost against a limit of 20 on `short`",
        "V17b refused": "20 of 40 dead letters lost against a limit of 20 on `strict`",
        "V17b waits": found["V17b waits"]["evidence"],
        "V17b tolerated": "40 dead letters against a limit of 20 on `patient`: all kept",
        "V17b passes": "40 dead letters against a limit of 20 on `hands-on`: all kept",
    }
    assert found["V17b waits"]["evidence"].endswith(" still in the source queue")
    assert results(found) == {
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
    assert results(verify(project, *only("V17:drops", "V17b:drops"))) == {"V17 drops": "pass"}
