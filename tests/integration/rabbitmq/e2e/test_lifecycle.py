"""A topology of every kind: created, changed, drifted, repaired and removed; each step is written once."""

from __future__ import annotations

import copy
from typing import TYPE_CHECKING, Any

import yaml

from tests.days import SOON
from tests.integration.rabbitmq.e2e.project import Project

if TYPE_CHECKING:
    from tests.brokers.rabbitmq.server import RabbitServer

VHOST = "/shop"
Entries = dict[str, Any]
TOPOLOGY = """\
users:
  email: {tags: [monitoring, shop], password: {env: EMAIL_PASSWORD}, limits: {max-connections: 10, max-channels: 100}}
  backup: {}
globalParameters:
  shop: {value: {one: 1, float: 1.5, list: [1, "1", null]}}
vhosts:
  /shop:
    description: where orders go
    tags: [orders, eu]
    defaultQueueType: quorum
    limits: {max-queues: 50, max-connections: 100}
    exchanges:
      orders: {type: topic, arguments: {alternate-exchange: unrouted}}
      unrouted: {type: fanout, internal: true}
      by-header: {type: headers}
      plain: {type: direct, durable: false, autoDelete: false}
      shards: {type: x-consistent-hash, arguments: {hash-header: customer}}
    queues:
      orders.classic:
        type: classic
        arguments: {x-max-length: 1000, x-overflow: reject-publish, x-max-priority: 10, x-single-active-consumer: true}
      orders.quorum:
        type: quorum
        arguments: {x-quorum-initial-group-size: 1, x-delivery-limit: 5}
        bindings: [{exchange: orders, routingKey: order.*.paid}]
        deadLetter: true
      orders.log: {type: stream, arguments: {x-max-age: 7D, x-max-length-bytes: 100000000}}
      orders.plain: {deadLetter: {exchange: by-header, routingKey: died}}
      orders.email: {type: quorum, retry: {delays: [10s, 1m]}}
      unrouted: {type: classic}
    bindings:
      - {exchange: unrouted, queue: unrouted}
      - {exchange: orders, toExchange: shards, routingKey: "order.#"}
      - {exchange: shards, queue: orders.classic, routingKey: "10"}
      - {exchange: by-header, queue: orders.log, arguments: {x-match: all, region: eu, tier: 1, rush: true}}
      - {exchange: by-header, queue: orders.log, arguments: {x-match: all, region: eu, tier: "1"}}
      - {exchange: amq.topic, queue: orders.plain, routingKey: a/b c%25é}
    policies:
      ttl: {pattern: '^orders\\.', applyTo: queues, definition: {message-ttl: 1h}}
      alternate: {pattern: '^by-', applyTo: exchanges, priority: 3, definition: {alternate-exchange: unrouted}}
    operatorPolicies:
      small: {pattern: '^orders\\.classic$', applyTo: queues, priority: 2, definition: {max-length: 500}}
    permissions:
      backup: {configure: "", write: "", read: '^orders\\.'}
    topicPermissions:
      backup:
        orders: {write: '^order\\.', read: '^order\\.eu\\.'}
    parameters:
      shovel:
        move: {value: {src-queue: unrouted, dest-queue: orders.plain, src-uri: "amqp:///%2Fshop", ack-mode: on-confirm},
               secrets: {dest-uri: {env: SHOVEL_URI}}}
      federation-upstream:
        other: {value: {expires: 3600000}, secrets: {uri: {env: UPSTREAM_URI}}}
      federation-upstream-set:
        all-others: {value: [{upstream: other}]}
    access:
      email: {user: email, consumes: [orders.email], publishes: [orders]}
"""
STREAM = "rabbit/queues/%2Fshop/orders.log"
LATE = "rabbit/bindings/%2Fshop/exchange=orders,queue=orders.plain,routingKey=order.refunded"
KINDS = {
    "bindings",
    "exchanges",
    "globalParameters",
    "operatorPolicies",
    "parameters",
    "permissions",
    "policies",
    "queues",
    "topicPermissions",
    "users",
    "vhosts",
}


def topology() -> Entries:
    loaded: Entries = yaml.safe_load(TOPOLOGY)
    return loaded


def changed() -> Entries:
    """The same with something changed in every kind that can change, and a binding more."""
    entries = copy.deepcopy(topology())
    vhost = entries["vhosts"][VHOST]
    entries["users"]["email"] |= {"tags": ["shop"], "limits": {"max-connections": 20, "max-channels": None}}
    entries["globalParameters"]["shop"]["value"]["one"] = 1.0
    vhost |= {"description": "", "tags": ["orders"], "limits": {"max-queues": 60, "max-connections": None}}
    vhost["bindings"].append({"exchange": "orders", "queue": "orders.plain", "routingKey": "order.refunded"})
    vhost["policies"]["ttl"]["definition"] = {"message-ttl": "2h", "max-length": 5}
    vhost["policies"]["alternate"]["priority"] = 4
    vhost["operatorPolicies"]["small"]["definition"] = {"max-length": 400}
    vhost["permissions"]["backup"]["read"] = "^orders"
    vhost["topicPermissions"]["backup"]["orders"]["read"] = ""
    vhost["parameters"]["shovel"]["move"]["value"]["ack-mode"] = "on-publish"
    vhost["parameters"]["federation-upstream-set"]["all-others"]["value"] = [{"upstream": "all"}]
    vhost["access"]["email"]["publishes"] = ["orders", "plain"]
    return entries


def drift(server: RabbitServer) -> None:
    """Somebody changes one thing of every kind by hand."""

    def call(method: str, *segments: str, **body: object) -> None:
        server.management.call(method, *segments, body=body or None)

    call("PUT", "users", "email", tags="administrator", password="by-hand")
    call("DELETE", "user-limits", "email", "max-connections")
    call("PUT", "global-parameters", "shop", name="shop", value=[])
    call("PUT", "vhosts", VHOST, description="by hand", tags="hand")
    call("PUT", "vhost-limits", VHOST, "max-queues", value=51)
    # From 4.3 they go with their exchange, and are not there to be deleted after it.
    call("DELETE", "topic-permissions", VHOST, "backup")
    call("DELETE", "exchanges", VHOST, "orders")
    call("DELETE", "queues", VHOST, "orders.log")
    call("DELETE", "queues", VHOST, "orders.email.retry.1.10s")
    call("DELETE", "policies", VHOST, "alternate")
    call("PUT", "policies", VHOST, "ttl", pattern=".*", definition={"message-ttl": 1}, priority=100)
    call("DELETE", "operator-policies", VHOST, "small")
    call("PUT", "permissions", VHOST, "backup", configure=".*", write=".*", read=".*")
    call("DELETE", "permissions", VHOST, "email")
    call("DELETE", "parameters", "federation-upstream-set", VHOST, "all-others")
    upstream = {"uri": "amqp://elsewhere", "expires": 1}
    call("PUT", "parameters", "federation-upstream", VHOST, "other", value=upstream)
    [bound] = server.management.get("bindings", VHOST, "e", "orders", "q", "orders.quorum") or [None]
    assert bound is None, "it went with its exchange"


def definitions(server: RabbitServer) -> Entries:
    """All that the server has, in one order, without records and what a write makes anew, salts of passwords."""
    found: Entries = server.management.get("definitions")
    found["global_parameters"] = [row for row in found["global_parameters"] if not row["name"].startswith("mqinfra.")]
    for user in found["users"]:
        user.pop("password_hash", None)
    return {name: sorted(map(repr, rows)) if isinstance(rows, list) else rows for name, rows in found.items()}


def addresses(project: Project) -> set[str]:
    """Of everything that is declared, as a plan against nothing would have it."""
    plan = project.plan("-o", "json").json()
    return {str(change["address"]) for change in plan["changes"]}


def test_a_topology_of_every_kind_lives_and_each_step_is_written_once(project: Project, cell: set[str]) -> None:
    server = project.server
    project.secret("EMAIL_PASSWORD", "planted-password")
    project.secret("SHOVEL_URI", "amqp://guest:guest@localhost:1/%2Fshop")
    project.secret("UPSTREAM_URI", "amqp://guest:guest@localhost:1")
    project.declare(topology())
    everything = addresses(project)
    assert {address.split("/")[1] for address in everything} == KINDS
    project.converge()
    created = definitions(server)

    project.declare(changed())
    project.converge()
    assert definitions(server) != created

    project.declare(topology(), {LATE: {"reason": "OPS-1"}})
    project.converge()
    assert definitions(server) == created

    drift(server)
    assert definitions(server) != created
    ran = project.plan("--detailed-exitcode", code=2)
    text = " ".join(ran.out.split())
    for name in ("user email", "vhost /shop", "global parameter shop", "exchange /shop orders"):
        assert f" {name} " in text
    project.converge()
    assert definitions(server) == created

    gone: Entries = {address: {"reason": "OPS-1"} for address in sorted(everything)}
    # It was made anew a moment ago, and what a stream holds is told only seconds later.
    gone[STREAM] |= {"evenIf": ["messages", "consumers"], "until": SOON}
    project.declare({}, gone)
    allowances = [f"--max-deletes=rabbit/{kind}=100" for kind in sorted(KINDS)]
    project.converge(*allowances)
    left = server.management.get("definitions")
    assert [vhost["name"] for vhost in left["vhosts"]] == ["/"]
    assert [user["name"] for user in left["users"]] == ["guest"]
    for kind in KINDS:
        cell.add(f"rabbitmq-{server.line}/{kind}/e2e-lifecycle")
