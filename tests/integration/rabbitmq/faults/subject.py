"""What faults are played on: resources of most kinds that are made, changed and go."""

from __future__ import annotations

import json

import yaml

from mqinfra.model.address import Address
from tests.brokers.http_protocol import HttpRequest
from tests.brokers.proxy import Proxy
from tests.command import Running
from tests.faults.sweep import State, Subject
from tests.integration.rabbitmq.e2e.project import Project

BEFORE = """\
users: {old: {}, email: {tags: [monitoring]}}
vhosts:
  shop:
    exchanges: {orders: {type: topic}}
    queues: {orders.legacy: {type: classic}, orders.stays: {type: classic}}
    policies:
      length: {pattern: '^new\\.', applyTo: queues, definition: {max-length: 100000}}
    permissions: {email: {configure: "", write: "", read: '^orders\\.'}}
"""
AFTER = """\
users: {email: {tags: [management], password: {env: EMAIL_PASSWORD}}, feed: {}}
globalParameters: {shop: {value: {one: 1}}}
vhosts:
  shop:
    limits: {max-queues: 50}
    exchanges: {orders: {type: topic}, unrouted: {type: fanout}, shards: {type: x-consistent-hash}}
    queues:
      orders.stays: {type: classic}
      orders.email: {type: classic, bindings: [{exchange: orders, routingKey: order.paid}], deadLetter: true}
      orders.feed: {type: quorum, retry: {delays: [10s, 1m]}, bindings: [{exchange: orders, routingKey: "order.#"}]}
    bindings:
      - {exchange: orders, toExchange: shards, routingKey: "order.#"}
    policies:
      length: {pattern: '^new\\.', applyTo: queues, definition: {max-length: 200000}}
      shorter: {pattern: '^unused\\.', applyTo: queues, definition: {max-length: 10}}
    permissions:
      email: {configure: "", write: '^orders$', read: '^orders\\.'}
      feed: {configure: "", write: "", read: '^orders\\.feed$'}
    topicPermissions: {feed: {orders: {write: "", read: '^order\\.'}}}
"""
REMOVED: dict[str, object] = {"rabbit/users/old": {}, "rabbit/queues/shop/orders.legacy": {}}
# Kinds that are named by their vhost and their own name, and what the server calls them.
NAMED = {"exchanges": "exchanges", "queues": "queues", "policies": "policies"}


class Topology(Subject):
    """Resources of most kinds that are made, changed and go."""

    def __init__(self, project: Project) -> None:
        self.root, self._project, self._server = project.root, project, project.server

    @property
    def proxy(self) -> Proxy[HttpRequest]:
        return self._server.proxy

    def begin(self) -> None:
        self._server.wipe()
        self._project.declare(yaml.safe_load(BEFORE))
        self._project.apply()
        self._project.declare(yaml.safe_load(AFTER), removed=REMOVED)

    def start(self, *arguments: str) -> Running:
        return self._project.start(*arguments)

    def live(self) -> State:
        found = self._server.management.get("definitions")
        state: dict[str, object] = {}

        def keep(kind: str, path: tuple[str, ...], what: object, pairs: dict[str, str] | None = None) -> None:
            named = tuple(sorted((key, value) for key, value in (pairs or {}).items() if value))
            state[str(Address("rabbit", kind, path, named))] = what

        for kind, name in NAMED.items():
            for each in found[name]:
                keep(kind, (each["vhost"], each["name"]), each)
        for each in found["bindings"]:
            goal = {"queue": "queue", "exchange": "toExchange"}[each["destination_type"]]
            pairs = {"exchange": each["source"], goal: each["destination"], "routingKey": each["routing_key"]}
            if each["arguments"]:
                pairs["arguments"] = json.dumps(each["arguments"], sort_keys=True, separators=(",", ":"))
            keep("bindings", (each["vhost"],), each, pairs)
        for each in found["users"]:
            # A hash has a salt of its own each time.
            keep("users", (each["name"],), {**each, "password_hash": bool(each["password_hash"])})
        for each in found["permissions"]:
            keep("permissions", (each["vhost"], each["user"]), each)
        for each in found["topic_permissions"]:
            keep("topicPermissions", (each["vhost"], each["user"], each["exchange"]), each)
        for each in found["global_parameters"]:
            if each["name"] == "shop":
                keep("globalParameters", (each["name"],), each)
        limits = {each["vhost"]: each["value"] for each in self._server.management.get("vhost-limits")}
        for each in found["vhosts"]:
            keep("vhosts", (each["name"],), (each, limits.get(each["name"])))
        return state
