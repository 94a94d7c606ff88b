"""Policies and operator policies: written whole, changed in place, and refused before the server would."""

from typing import Any

import pytest

from mqinfra.engine import codes
from mqinfra.model.change import Action
from mqinfra.model.declaration import Lifecycle
from tests.brokers.rabbitmq.management import Refused
from tests.integration.rabbitmq.provider.conftest import POLICIES, Topology

KINDS = {"policies": "policies", "operatorPolicies": "operator-policies"}
NAMES = ("a/b", "100%", "me@home", "x~y", "with blank", "ünï💥", "amq.mine", "a\nb", "x" * 300)
LIMITS: dict[str, Any] = {"pattern": "^orders\\.", "applyTo": "queues", "priority": 3, "definition": {"max-length": 10}}


@pytest.fixture(params=POLICIES)
def kind(request: pytest.FixtureRequest) -> str:
    return str(request.param)


def live(shop: Topology, kind: str, name: str) -> dict[str, Any]:
    row: dict[str, Any] = shop.get(KINDS[kind], name)
    return {key: row[key] for key in ("pattern", "apply-to", "priority", "definition")}


def test_policies_are_made_changed_repaired_and_deleted(shop: Topology, kind: str) -> None:
    shop.declare_kinds(
        {kind: {"limits": LIMITS, "short": {"pattern": "x", "definition": {"expires": "1h"}}}}
    ).converge()
    assert live(shop, kind, "limits") == {
        "pattern": "^orders\\.",
        "apply-to": "queues",
        "priority": 3,
        "definition": {"max-length": 10},
    }
    assert live(shop, kind, "short")["definition"] == {"expires": 3_600_000}
    changed = {"pattern": "^jobs", "priority": -1, "definition": {"message-ttl": 5, "max-length": 10}}
    plan = shop.declare_kinds({kind: {"limits": changed}}).converge()
    assert [change.action for change in plan.changes] == [Action.UPDATE]
    assert live(shop, kind, "limits")["definition"] == {"message-ttl": 5, "max-length": 10}
    drifted = {"pattern": "^other", "apply-to": "queues", "priority": 0, "definition": {"max-length": 11, "expires": 9}}
    shop.put(KINDS[kind], "limits", **drifted)
    assert {".".join(item.path) for item in shop.change().differences} >= {
        "pattern",
        "definition.expires",
        "definition.max-length",
        "definition.message-ttl",
    }
    shop.converge()
    assert live(shop, kind, "limits")["definition"] == {"message-ttl": 5, "max-length": 10}
    shop.remove(shop.address(kind, "limits")).converge()
    assert [row["name"] for row in shop.get(KINDS[kind])] == ["short"]


def test_a_key_that_is_no_longer_declared_is_taken_away(shop: Topology, kind: str) -> None:
    shop.declare_kinds({kind: {"limits": {**LIMITS, "definition": {"max-length": 10, "expires": 5}}}}).converge()
    plan = shop.declare_kinds({kind: {"limits": LIMITS}}).converge()
    assert [".".join(item.path) for item in plan.changes[0].differences] == ["definition.expires"]
    assert live(shop, kind, "limits")["definition"] == {"max-length": 10}


def test_what_is_left_alone_outlives_an_update(shop: Topology, kind: str) -> None:
    wanted = {"pattern": "^orders", "definition": {"max-length": 5}}
    body = {"pattern": "^jobs", "apply-to": "queues", "priority": 7, "definition": {"max-length": 10, "expires": 9}}
    shop.put(KINDS[kind], "limits", **body)
    lifecycle = Lifecycle(ignore=("priority", "applyTo", "definition.expires"))
    shop.declare_kinds({kind: {"limits": wanted}}, lifecycle=lifecycle).converge()
    assert live(shop, kind, "limits") == {
        "pattern": "^orders",
        "apply-to": "queues",
        "priority": 7,
        "definition": {"max-length": 5, "expires": 9},
    }


def test_any_name_can_be_made_and_deleted(shop: Topology, kind: str) -> None:
    shop.declare_kinds({kind: dict.fromkeys(NAMES, LIMITS)}).converge()
    assert {row["name"] for row in shop.get(KINDS[kind])} == set(NAMES)
    shop.remove(*(shop.address(kind, name) for name in NAMES)).converge()
    assert shop.get(KINDS[kind]) == []


def test_policies_that_nobody_declared_are_seen_and_left_alone(shop: Topology, kind: str) -> None:
    body = {"pattern": "x", "apply-to": "queues", "priority": 9, "definition": {"expires": 5}}
    shop.put(KINDS[kind], "stray", **body)
    shop.declare_kinds({kind: {"limits": LIMITS}}).converge()
    with shop.session() as session:
        reading = session.read({kind: [shop.address(kind, "limits")]})
    assert list(reading.resources) == [shop.address(kind, "limits")]
    assert shop.address(kind, "stray") in reading.neighbours
    assert live(shop, kind, "stray")["priority"] == 9


@pytest.mark.parametrize(
    ("wrong", "path"),
    [
        ({"definition": {}}, "definition"),
        ({"pattern": "("}, "pattern"),
        ({"applyTo": "quues"}, "applyTo"),
    ],
)
def test_what_the_server_refuses_is_said_before(shop: Topology, kind: str, wrong: Any, path: str) -> None:
    plan = shop.declare_kinds({kind: {"limits": {**LIMITS, **wrong}}}).plan()
    assert plan.changes[0].blocked_by != ()
    assert {found.span.file for found in plan.diagnostics if found.span} == {path}
    body = {"pattern": LIMITS["pattern"], "apply-to": "queues", "priority": 0, "definition": LIMITS["definition"]}
    body |= {"apply-to" if key == "applyTo" else key: value for key, value in wrong.items()}
    with pytest.raises(Refused, match="400"):
        shop.server.management.call("PUT", KINDS[kind], shop.vhost, "limits", body=body)


def test_classes_of_one_queue_type_came_with_3_12(shop: Topology, kind: str) -> None:
    shop.declare_kinds({kind: {"limits": {**LIMITS, "applyTo": "quorum_queues"}}})
    if shop.server.since("3.12"):
        shop.converge()
    else:
        assert shop.change().blocked_by == (codes.REFUSED.id,)
