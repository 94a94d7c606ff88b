"""Queues, exchanges, bindings and policies on a real server, planned and applied by the engine."""

import threading
from collections.abc import Iterator, Mapping, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field, replace
from typing import Any

import pika
import pytest
from pika.adapters.blocking_connection import BlockingChannel
from pydantic import JsonValue

from mqinfra.engine.applier import apply
from mqinfra.engine.examine import examine
from mqinfra.engine.planning.options import Options
from mqinfra.engine.planning.planner import make_plan
from mqinfra.engine.survey import survey
from mqinfra.model.address import Address
from mqinfra.model.change import Change
from mqinfra.model.declaration import Allowance, Declaration, Desired, Lifecycle, Origin, Reference, Tombstone
from mqinfra.model.event import Outcome, Report, fold
from mqinfra.model.plan import Plan
from mqinfra.model.scope import Scope
from mqinfra.model.secret import SecretRef, SecretValue
from mqinfra.model.setting import Problem
from mqinfra.model.span import Span
from mqinfra.model.spec import Spec
from mqinfra.providers.base.capabilities import rests_on
from mqinfra.providers.base.catalogue import installed
from mqinfra.providers.base.provider import Cluster
from mqinfra.providers.base.session import Session
from mqinfra.providers.rabbitmq.api.connection import RabbitConnection
from mqinfra.providers.rabbitmq.spec.binding import address_of
from tests.brokers.rabbitmq.server import RabbitServer
from tests.days import TODAY
from tests.places import Places

Entry = Mapping[str, Any]
Named = Mapping[str, Entry]
ALIAS, VHOST = "rabbit", "/shop"
POLICIES = ("policies", "operatorPolicies")
_LONGER = Options(
    max_deletes={f"{ALIAS}/{kind}": 10_000 for kind in ("queues", "bindings", "exchanges", *POLICIES)}, adopt=True
)


CATALOGUE = installed().of(["rabbitmq"])


@dataclass
class Topology:
    """What is declared in the vhost `/shop` of a server, and what the engine makes of it."""

    server: RabbitServer
    vhost: str = VHOST
    declared: dict[Address, Declaration] = field(default_factory=dict)
    tombstones: dict[Address, Tombstone] = field(default_factory=dict)
    allowed: dict[Address, Allowance] = field(default_factory=dict)
    options: Options = _LONGER

    def address(self, kind: str, name: str) -> Address:
        return Address(ALIAS, kind, (self.vhost, name))

    def binding(self, **data: Any) -> Address:
        return address_of(ALIAS, self.vhost, data)

    def declare(
        self, *, bindings: Sequence[Entry] = (), lifecycle: Lifecycle | None = None, **kinds: Named
    ) -> "Topology":
        """Declare these, and nothing else."""
        return self.declare_kinds(kinds, bindings, lifecycle)

    def declare_kinds(
        self, kinds: Mapping[str, Named], bindings: Sequence[Entry] = (), lifecycle: Lifecycle | None = None
    ) -> "Topology":
        """The same with the kinds as values."""
        entries = {self.address(kind, name): entry for kind, some in kinds.items() for name, entry in some.items()}
        entries |= {self.binding(**entry): entry for entry in bindings}
        self.tombstones, self.allowed = {}, {}
        self.declared = {
            address: Declaration(
                bound(address, entry),
                Places(),
                (Origin(Span("x", 1, 1)),),
                {},
                lifecycle or Lifecycle(),
                needs(address),
            )
            for address, entry in sorted(entries.items())
        }
        return self

    def remove(self, *addresses: Address, even_if: Sequence[str] = ()) -> "Topology":
        """Delete these, and declare nothing."""
        self.declared, self.allowed = {}, {}
        self.tombstones = {address: Tombstone(Span("x", 1, 1), frozenset(even_if)) for address in addresses}
        return self

    def allow(self, address: Address, by: Mapping[str, JsonValue]) -> "Topology":
        """Consent to the loss of messages by a change that gives these values to its fields."""
        self.allowed[address] = Allowance(Span("x", 1, 1), frozenset({"messages"}), until=TODAY, by=by)
        return self

    def consent(self, tombstone: Tombstone) -> Tombstone:
        """The same tombstone with consent to the loss of messages."""
        return replace(tombstone, even_if=frozenset({"messages"}), until=TODAY)

    def session(self, *, proxied: bool = False, alias: str = ALIAS) -> Session:
        url = self.server.proxied_url if proxied else self.server.http_url
        block = {
            "url": url,
            "amqp": f"amqp://{self.server.host}:{self.server.amqp_port}",
            "username": self.server.user,
            "password": {"env": "PASSWORD"},
        }
        cluster = Cluster(alias, RabbitConnection.model_validate(block))
        return CATALOGUE.providers["rabbitmq"].connect(cluster, self._secret, 30.0)

    def _secret(self, reference: SecretRef) -> SecretValue:
        assert reference.env == "PASSWORD"
        return SecretValue(self.server.password)

    def plan(self, *, proxied: bool = False) -> Plan:
        scope = Scope(whole=frozenset({"rabbitmq"}))
        desired = Desired(
            "shop", "it", self.declared, self.tombstones, {ALIAS: "rabbitmq"}, scope, allowed=self.allowed
        )
        with ExitStack() as stack:
            seen = survey(desired, lambda _: self.session(proxied=proxied), stack)
            return make_plan(desired, seen, CATALOGUE, self.options)

    def change(self) -> Change:
        """The one change of the plan."""
        [change] = self.plan().changes
        return change

    def apply(self, plan: Plan) -> Report:
        with self.session() as session:
            sessions = {ALIAS: session}
            return fold(apply(plan, sessions, examine(plan, sessions), threading.Event()))

    def converge(self) -> Plan:
        """Plan and apply without a hitch; a second plan has nothing to do, and nothing is written for it."""
        plan = self.plan()
        assert not plan.blocked, [found.message for found in plan.diagnostics]
        failed = [result for result in self.apply(plan).results if result.outcome is not Outcome.APPLIED]
        assert failed == []
        again = self.plan(proxied=True)
        assert again.changes == ()
        assert self.server.proxy.mutating() == []
        return plan

    def get(self, *segments: str, query: str = "") -> Any:
        """What the server has under `/api/KIND/VHOST/...`."""
        return self.server.management.get(segments[0], self.vhost, *segments[1:], query=query)

    def put(self, kind: str, *names: str, **body: Any) -> None:
        """Make or change something behind the engine's back."""
        self.server.management.call("PUT", kind, self.vhost, *names, body=body)

    @contextmanager
    def channel(self, name: str = "by-hand") -> Iterator[BlockingChannel]:
        """An AMQP channel of a program that calls its connection `name`."""
        parameters = pika.ConnectionParameters(
            self.server.host,
            self.server.amqp_port,
            self.vhost,
            pika.PlainCredentials(self.server.user, self.server.password),
            client_properties={"connection_name": name},
        )
        connection = pika.BlockingConnection(parameters)
        try:
            yield connection.channel()
        finally:
            if connection.is_open:
                connection.close()


def needs(address: Address) -> tuple[Reference, ...]:
    """What a resource can't be without, as the manifests have it, less the vhost, which is the test's."""
    kind = CATALOGUE.kind("rabbitmq", address.kind)
    assert kind is not None
    return tuple(Reference((), target, "") for target in rests_on(kind, address) if target.kind != "vhosts")


def bound(address: Address, entry: Entry) -> Spec:
    """An entry as the manifests bind it: settings in canonical form, then the kind's own rules."""
    kind = CATALOGUE.kind("rabbitmq", address.kind)
    assert kind is not None
    data: dict[str, Any] = dict(entry)
    for name, table in kind.settings.items():
        values = data.get(name)
        if isinstance(values, dict):
            parsed = {key: setting.parse(value) for key, value in values.items() if (setting := table.get(key))}
            assert not [value for value in parsed.values() if isinstance(value, Problem)]
            data[name] = {**values, **parsed}
    return kind.spec.model_validate(data)


@pytest.fixture
def shop(rabbitmq: RabbitServer) -> Topology:
    rabbitmq.wipe()
    rabbitmq.management.call("PUT", "vhosts", VHOST, body={})
    return Topology(rabbitmq)
