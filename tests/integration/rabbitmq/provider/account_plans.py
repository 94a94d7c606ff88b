"""Plans and applies of several kinds at once on one server, with secrets from the environment."""

import os
from collections.abc import Callable, Mapping
from contextlib import ExitStack
from typing import Any

import pytest

from mqinfra.engine.planning.options import Options
from mqinfra.engine.planning.planner import make_plan
from mqinfra.engine.survey import survey
from mqinfra.model.address import Address
from mqinfra.model.declaration import Declaration, Desired, Lifecycle, Origin, Tombstone
from mqinfra.model.diagnostic import Severity
from mqinfra.model.errors import UserError
from mqinfra.model.event import Outcome, Report
from mqinfra.model.plan import Plan
from mqinfra.model.reading import Reading
from mqinfra.model.scope import Scope
from mqinfra.model.secret import SecretRef, SecretValue
from mqinfra.model.span import Span
from mqinfra.providers.base.catalogue import installed
from mqinfra.providers.base.connecting.codes import NOT_ALLOWED
from mqinfra.providers.base.provider import Cluster
from mqinfra.providers.base.session import Session
from mqinfra.providers.conformance.driver import Driver
from mqinfra.providers.rabbitmq.api.connection import RabbitConnection
from mqinfra.providers.rabbitmq.samples.accounts import VHOSTS
from tests.brokers.rabbitmq.server import RabbitServer
from tests.places import Places

ALIAS = "it"
LOGIN = "RABBIT_LOGIN"
"""The environment variable with the password that the plans are made with."""
Entries = Mapping[str, Mapping[str, Any]]
"""Entries by address without the alias: `vhosts/%2Fshop`."""


CATALOGUE = installed()
_MANY = Options(max_deletes={f"{ALIAS}/{kind}": 100 for kind in CATALOGUE.providers["rabbitmq"].kinds}, adopt=True)


def from_environment(reference: SecretRef) -> SecretValue:
    """Look a reference up in the environment; the login of the tests is there too."""
    value = os.environ.get(reference.env or "")
    if value is None:
        raise UserError([NOT_ALLOWED.at(f"{reference} is not set")])
    return SecretValue(value)


def opener(server: RabbitServer) -> Callable[[], Session]:
    """Open sessions through the server's proxy, which records what is sent."""
    block = {
        "url": [server.proxied_url],
        "amqp": f"amqp://{server.host}:{server.amqp_port}",
        "username": server.user,
        "password": {"env": LOGIN},
        "allowPlaintextCredentials": True,
    }
    connection = RabbitConnection.model_validate(block)
    return lambda: CATALOGUE.providers["rabbitmq"].connect(Cluster(ALIAS, connection), from_environment, 30.0)


class Accounts:
    """Everything on one server is this project's."""

    def __init__(self, server: RabbitServer, open_session: Callable[[], Session]) -> None:
        self.server, self.open_session = server, open_session
        self.driver = Driver(CATALOGUE, "rabbitmq", open_session, VHOSTS)

    def desired(self, entries: Entries, removed: Mapping[str, frozenset[str]] | None = None) -> Desired:
        declarations = {}
        for text, entry in entries.items():
            address = Address.parse(f"{ALIAS}/{text}")
            kind = CATALOGUE.kind("rabbitmq", address.kind)
            assert kind is not None, text
            spec = kind.spec.model_validate(entry)
            declarations[address] = Declaration(spec, Places(), (Origin(Span(text, 1, 1)),), {}, Lifecycle())
        tombstones = {
            Address.parse(f"{ALIAS}/{text}"): Tombstone(Span(text, 1, 1), even_if)
            for text, even_if in (removed or {}).items()
        }
        scope = Scope(whole=frozenset({"rabbitmq"}))
        return Desired("accounts", "it", declarations, tombstones, {ALIAS: "rabbitmq"}, scope)

    def plan(self, entries: Entries, removed: Mapping[str, frozenset[str]] | None = None) -> Plan:
        desired = self.desired(entries, removed)
        with ExitStack() as stack:
            return make_plan(desired, survey(desired, lambda _: self.open_session(), stack), CATALOGUE, _MANY)

    def apply(self, entries: Entries, removed: Mapping[str, frozenset[str]] | None = None) -> Report:
        plan = self.plan(entries, removed)
        assert not plan.blocked, [found.message for found in plan.diagnostics]
        return self.driver.apply(plan)

    def converge(self, entries: Entries, removed: Mapping[str, frozenset[str]] | None = None) -> list[str]:
        """Apply, and see that a second apply writes nothing. Returns what was sent."""
        self.server.proxy.recorder.clear()
        report = self.apply(entries, removed)
        assert all(result.outcome is Outcome.APPLIED for result in report.results), report.results
        sent = [str(request) for request in self.server.proxy.mutating()]
        again = self.plan(entries, removed)
        assert not again.changes, again.changes
        self.driver.apply(again)
        assert [str(request) for request in self.server.proxy.mutating()] == sent
        return sent

    def changes(self, entries: Entries, removed: Mapping[str, frozenset[str]] | None = None) -> dict[str, list[str]]:
        """The paths that a plan changes, by address without the alias."""
        return {
            str(change.address).removeprefix(f"{ALIAS}/"): [".".join(item.path) for item in change.differences]
            for change in self.plan(entries, removed).changes
        }

    def errors(self, entries: Entries, removed: Mapping[str, frozenset[str]] | None = None) -> list[str]:
        plan = self.plan(entries, removed)
        return [found.message for found in plan.diagnostics if found.severity is Severity.ERROR]

    def read(self, *texts: str) -> Reading:
        addresses = [Address.parse(f"{ALIAS}/{text}") for text in texts]
        with self.open_session() as session:
            return session.read(
                {kind: [a for a in addresses if a.kind == kind] for kind in {a.kind for a in addresses}}
            )


def accounts_on(server: RabbitServer, monkeypatch: pytest.MonkeyPatch) -> Accounts:
    """A server with nothing on it."""
    server.wipe()
    monkeypatch.setenv(LOGIN, server.password)
    return Accounts(server, opener(server))
