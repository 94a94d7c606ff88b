"""What is taken out of the manifest is gone from a real server in the end, and nothing else is."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING, Any

import pytest

from tests.faults.plugin import exhaustive
from tests.integration.rabbitmq.e2e.amqp import channel, publish
from tests.integration.rabbitmq.ownership.live import held
from tests.ownership.brokers import removes, removes_at_random
from tests.ownership.workspace import destroyed
from tests.waiting import until

if TYPE_CHECKING:
    from tests.brokers.rabbitmq.server import RabbitServer
    from tests.ownership.workspace import Workspace

EV = {"exchanges": {"ev": {"type": "topic"}}}
DELAYS = {"retry": {"delays": ["10s", "1m"]}}


def vhost(*, users: dict[str, Any] | None = None, **sections: Any) -> dict[str, Any]:
    return {"rabbitmq": {**({"users": users} if users else {}), "vhosts": {"/shop": sections}}}


def queue(**fields: Any) -> dict[str, Any]:
    return vhost(**EV, queues={"q": {"type": "quorum", **fields}})


def bound(key: str) -> dict[str, Any]:
    return queue(deadLetter=True, bindings=[{"exchange": "ev", "routingKey": key}])


WORKER = {"w": {"password": {"env": "W"}}}
CLASSIC = {"queues": {"q": {"type": "classic"}}}
POLICY = {"p": {"pattern": "^q$", "definition": {"max-length": 8}}}
CASES: dict[str, tuple[dict[str, Any], dict[str, Any]]] = {
    "an edited binding": (bound("order.*"), bound("order.paid")),
    "a dead letter": (queue(deadLetter=True), queue()),
    "a queue with retries": (queue(deadLetter=True, **DELAYS), vhost(**EV)),
    "other delays": (
        queue(deadLetter=True, **DELAYS),
        queue(deadLetter=True, retry={"delays": ["30s", "5m"]}),
    ),
    "retries, and dead letters stay": (queue(deadLetter=True, **DELAYS), queue(deadLetter=True)),
    "access and its user": (
        vhost(users=WORKER, **CLASSIC, access={"w": {"consumes": ["q"]}}),
        vhost(**CLASSIC),
    ),
    "a dead letter of a classic queue": (
        vhost(queues={"q": {"type": "classic", "deadLetter": True}}),
        vhost(**CLASSIC),
    ),
    "a policy": (vhost(**CLASSIC, policies=POLICY), vhost(**CLASSIC)),
}


SAMPLE = ("an edited binding", "access and its user", "a policy")
"""Of an ordinary run: each takes from ten to fifty seconds, and all of them are played on the sandbox too."""


@pytest.fixture
def case(request: pytest.FixtureRequest) -> tuple[dict[str, Any], dict[str, Any]]:
    """A manifest, and what is left of it; asked for before the server, which is then not emptied for nothing."""
    if request.param not in SAMPLE and not exhaustive(request.config):
        pytest.skip("make test-faults plays all of them")
    return CASES[request.param]


@pytest.mark.parametrize("case", CASES, indirect=True)
def test_what_was_taken_out_is_gone_in_the_end(
    case: tuple[dict[str, Any], dict[str, Any]], space: Workspace, rabbitmq_3: RabbitServer
) -> None:
    before, after = case
    removes(space, before, after, rabbitmq_3.wipe, partial(held, rabbitmq_3))


def test_random_topologies_shrink_to_what_is_declared(
    space: Workspace, rabbitmq_3: RabbitServer, pytestconfig: pytest.Config
) -> None:
    if not exhaustive(pytestconfig):
        pytest.skip("make test-faults plays it; the sandbox does in every run")
    removes_at_random(space, "rabbitmq", rabbitmq_3.wipe, partial(held, rabbitmq_3), many=True)


def test_a_queue_that_holds_messages_is_refused_and_what_it_holds_is_said(
    space: Workspace, rabbitmq_3: RabbitServer
) -> None:
    space.declare(t=queue(deadLetter=True))
    space.apply()
    with channel(rabbitmq_3, "/shop") as line:
        line.confirm_delivery()
        publish(line, "", "q")
        publish(line, "", "q.dlq")
    line_of = "rabbitmq/queues/%2Fshop/q"
    space.declare(t={**vhost(**EV), "removed": {line_of: {}}})
    until(lambda: len(blocked(space)) >= 2, "the server counts what the queues hold")
    said = blocked(space)
    assert "1 message" in said[line_of]
    assert "1 message" in said[f"{line_of}.dlq"], "what sugar made needs the same consent"
    ran = space.mq("apply", "--auto-approve")
    assert ran.code == 3, ran.text


def blocked(space: Workspace) -> dict[str, str]:
    return {
        found["address"]: found["message"] + " ".join(found["help"])
        for found in space.plan()["diagnostics"]
        if found["severity"] == "error"
    }


def test_a_dead_letter_queue_is_kept_while_a_policy_that_is_not_on_record_leads_there(space: Workspace) -> None:
    """The policy's record is lost, as somebody else's policy has none: without the queue it would drop messages."""
    space.declare(t=queue(deadLetter=True, **DELAYS))
    space.apply()
    assert space.mq("forget", "rabbitmq/policies/%2Fshop/q.policy").code == 0
    space.declare(t=queue())
    assert destroyed(space.plan()) == set()


def test_two_environments_on_one_server_leave_each_other_alone(space: Workspace, rabbitmq_3: RabbitServer) -> None:
    before, after = CASES["an edited binding"]
    space.declare(t=before)
    space.apply()
    clusters = (space.root / "mqinfra.yaml").read_text()
    (space.root / "mqinfra.yaml").write_text(clusters.replace("local:", "prod:"))
    prod = type(space)(space.root, "prod")
    prod.mq("apply", "--auto-approve", "-q")
    (space.root / "mqinfra.yaml").write_text(clusters)
    space.declare(t=after)
    plan = space.plan()
    assert not any("/bindings/" in text for text in destroyed(plan)), "the other environment still claims it"
    assert rabbitmq_3.management.get("queues", "/shop", "q", "bindings")
