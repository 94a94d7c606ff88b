"""A platform and two teams in its vhost, on a real RabbitMQ: at once, and in any order; and a fourth project."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from tests.integration.rabbitmq.e2e.amqp import GUEST, channel, depth, publish
from tests.integration.teams import Team, at_once, one_by_one, orders

if TYPE_CHECKING:
    from tests.brokers.rabbitmq.server import RabbitServer

VHOST = "/shared"
TEAMS = ("orders", "billing")
PLATFORM = "platform"
SEED = 17
MESSAGES = 3


@pytest.fixture
def server(rabbitmq: RabbitServer, monkeypatch: pytest.MonkeyPatch) -> RabbitServer:
    """An empty server with a vhost and an exchange that somebody made."""
    monkeypatch.setenv("LOGIN", GUEST[1])
    monkeypatch.setenv("PASSWORD", "secret")
    rabbitmq.wipe()
    rabbitmq.management.call("PUT", "vhosts", VHOST, body={})
    rabbitmq.management.call(
        "PUT", "permissions", VHOST, GUEST[0], body=dict.fromkeys(("configure", "write", "read"), ".*")
    )
    body = {"type": "topic", "durable": True}
    rabbitmq.management.call("PUT", "exchanges", VHOST, "events", body=body)
    return rabbitmq


Begin = Callable[[str, Mapping[str, Any]], Team]
"""Makes a project by its name, and what it owns."""


@pytest.fixture
def begin(server: RabbitServer, tmp_path: Path) -> Begin:
    block = {
        "url": [server.proxied_url],
        "amqp": [f"amqp://{server.host}:{server.amqp_port}"],
        "username": GUEST[0],
        "password": {"env": "LOGIN"},
    }
    return lambda name, scope: Team(tmp_path / name, "rabbitmq", block, scope)


def part(*names: str) -> dict[str, Any]:
    return {"vhosts": {VHOST: {"names": list(names)}}}


def declare(one: Team, version: int) -> None:
    """What a project has; every version has another binding, so that the one of before goes by itself."""
    name = one.name
    queues = {
        f"{name}.q": {"bindings": [{"exchange": "events", "routingKey": f"{name}.{version}"}], "deadLetter": True}
    }
    one.declare({"vhosts": {VHOST: {"queues": queues}}})


def declare_platform(one: Team, version: int) -> None:
    access = {
        f"{PLATFORM}.{name}": {
            "consumes": [{"queue": f"{name}.q", "external": True}],
            "publishes": ["events"] if version % 2 else [],
        }
        for name in TEAMS
    }
    limits = {"pattern": ".*", "applyTo": "queues", "definition": {"max-length": 1000 + version}}
    vhost = {
        "exchanges": {"events": {"type": "topic"}},
        "operatorPolicies": {f"{PLATFORM}.limits": limits},
        "access": access,
    }
    users = {user: {"password": {"env": "PASSWORD"}} for user in access}
    one.declare({"users": users, "vhosts": {VHOST: vhost}})


def everything(server: RabbitServer) -> dict[str, Any]:
    """All that is in the vhost, and the users, by names that begin with whose they are."""
    get = server.management.get
    found: dict[str, Any] = {}
    for kind in ("queues", "exchanges", "policies", "operator-policies"):
        query = "disable_stats=true" if kind == "queues" else ""
        for one in get(kind, VHOST, query=query):
            found[f"{one['name']} {kind}"] = {
                key: one.get(key) for key in ("type", "arguments", "definition", "pattern")
            }
    for one in get("bindings", VHOST):
        if one["source"]:
            found[f"{one['destination']} {one['source']} {one['routing_key']}"] = one["arguments"]
    for one in get("permissions"):
        found[f"{one['user']} permission {one['vhost']}"] = one
    for one in get("users"):
        found[f"{one['name']} user"] = (one["tags"], one["password_hash"])
    return found


def owner(name: str) -> str:
    return name.partition(".")[0]


def test_three_projects_at_once_and_in_any_order_touch_nothing_of_each_other(
    server: RabbitServer, begin: Begin, request: pytest.FixtureRequest
) -> None:
    platform = begin(PLATFORM, {"vhosts": [VHOST], "users": [f"{PLATFORM}.*"]})
    teams = [begin(name, part(f"{name}.*")) for name in TEAMS]
    declare_platform(platform, 1)
    for one in teams:
        declare(one, 1)
    at_once([platform, *teams])
    with channel(server, VHOST) as line:
        line.confirm_delivery()
        for name in TEAMS:
            for _ in range(MESSAGES):
                publish(line, "events", f"{name}.1")
    version = 1
    for in_this_order in orders([platform, *teams], request.config, SEED):
        version += 1
        declare_platform(platform, version)
        for one in teams:
            declare(one, version)
        one_by_one(in_this_order, lambda: everything(server), owner)
    for one in (platform, *teams):
        one.settled()
    keys = {
        f"{one['destination']} {one['routing_key']}"
        for one in server.management.get("bindings", VHOST)
        if one["source"]
    }
    assert keys >= {f"{name}.q {name}.{version}" for name in TEAMS}
    assert not any(key.endswith(".1") for key in keys)
    with channel(server, VHOST) as line:
        assert [depth(line, f"{name}.q") for name in TEAMS] == [MESSAGES] * len(TEAMS)
    found = teams[0].run("status", "--owners", "-o", "json").json()["clusters"][0]
    whose = {
        thing["address"].partition("/")[2]: [claim["project"] for claim in thing["claims"]]
        for thing in found["resources"]
    }
    assert found["unread"] == []
    assert whose["vhosts/%2Fshared"] == whose["exchanges/%2Fshared/events"] == [PLATFORM]
    for name in TEAMS:
        assert whose[f"queues/%2Fshared/{name}.q"] == whose[f"queues/%2Fshared/{name}.q.dlq"] == [name]
    assert whose["users/guest"] == []


def test_a_fourth_project_with_an_overlapping_scope_is_refused_with_names(server: RabbitServer, begin: Begin) -> None:
    platform = begin(PLATFORM, {"vhosts": [VHOST], "users": [f"{PLATFORM}.*"]})
    declare_platform(platform, 1)
    orders_team = begin("orders", part("orders.*"))
    declare(orders_team, 1)
    for one in (platform, orders_team):
        one.apply()
    before = everything(server)
    for scope, said in (
        (
            part("returns.*", "orders.q"),
            "`orders/it` on `rabbitmq`: `orders.q` of `vhosts` in `/shared` with their `orders.*`",
        ),
        ({"vhosts": [VHOST]}, "`platform/it` on `rabbitmq`: `/shared` of `vhosts` with their `/shared`"),
    ):
        late = begin("returns", scope)
        declare(late, 1)
        ran = late.run("apply", "--auto-approve")
        assert ran.code == 3, ran.text
        assert said in " ".join(ran.err.split())
        assert "--> mqinfra.yaml:" in ran.err
    assert everything(server) == before
    late = begin("returns", part("returns.*"))
    declare(late, 1)
    late.apply()
