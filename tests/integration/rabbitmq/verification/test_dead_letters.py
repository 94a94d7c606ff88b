"""Where messages end that are rejected, or fail too often, on real servers."""

import pytest

from tests.integration.rabbitmq.e2e.project import Project
from tests.integration.rabbitmq.verification.verified import VHOST, only, verify
from tests.integration.verified import results


def declare(project: Project, **queues: object) -> None:
    project.declare({"vhosts": {VHOST: {"exchanges": {"shop": {"type": "topic"}}, "queues": queues}}})
    project.apply()


def test_rejected_and_failing_messages_become_dead_letters(project: Project) -> None:
    declare(
        project,
        orders={
            "type": "quorum",
            "arguments": {"x-delivery-limit": 3},
            "bindings": [{"exchange": "shop", "routingKey": "order.#"}],
            "deadLetter": True,
        },
        mails={"type": "classic", "deadLetter": True},
        slow={"type": "quorum", "retry": {"delays": ["10s"]}},
    )
    found = verify(project, *only("V15", "V16"))
    assert results(found) == {
        "V15 orders": "pass",
        "V16 orders": "pass",
        "V15 mails": "pass",
        **{name: "pass" for name in results(found) if "slow" in name},
    }
    evidence = found["V16 orders"]["evidence"]
    assert evidence.startswith(
        "delivery limit 3: 4 deliveries by `basic.reject`, then dead-lettered; "
        "4 deliveries by consumer crash, then dead-lettered; "
    )
    counts_nack = not project.server.since("4.3")
    assert ("caveat: this RabbitMQ version does not count `basic.nack`" in evidence) is not counts_nack


@pytest.mark.parametrize("broken", ["the exchange is not there", "nothing is bound to it"])
def test_a_dead_letter_exchange_that_leads_nowhere_fails_until_it_is_mended(project: Project, broken: str) -> None:
    management = project.server.management
    declare(
        project,
        mails={"type": "classic", "arguments": {"x-dead-letter-exchange": "dead"}},
        graves={"type": "classic"},
    )
    if broken == "nothing is bound to it":
        management.call("PUT", "exchanges", VHOST, "dead", body={"type": "topic", "durable": True})
    found = verify(project, "--only", "V15:mails", code=7)["V15 mails"]
    assert found["result"] == "fail"
    assert "10 of 10 rejected messages not dead-lettered" in found["evidence"]
    management.call("PUT", "exchanges", VHOST, "dead", body={"type": "topic", "durable": True})
    management.call("POST", "bindings", VHOST, "e", "dead", "q", "graves", body={"routing_key": "mails"})
    assert results(verify(project, "--only", "V15:mails")) == {"V15 mails": "pass"}
