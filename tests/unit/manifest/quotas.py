"""A small provider for what no broker of ours has yet: a kind without a path, which pairs alone name."""

# ruff: noqa: ARG002 - a sandbox asks no client

from collections.abc import Iterable, Sequence
from importlib.metadata import EntryPoint
from typing import ClassVar, NoReturn

from mqinfra.model.address import Address
from mqinfra.model.change import Change
from mqinfra.model.reading import Facts
from mqinfra.model.spec import Spec
from mqinfra.providers.base.catalogue import GROUP, Catalogue, Registration
from mqinfra.providers.base.context import ClusterContext
from mqinfra.providers.base.kind import Kind
from mqinfra.providers.base.placement import Placement
from mqinfra.providers.base.provider import Connection, Provider
from mqinfra.providers.base.request import Request


class QuotaSpec(Spec):
    """How fast a client may be.

    Attributes:
        user: whom it is for.
        client_id: which of their clients; all of them unless given.
        bytes_per_second: the rate.
    """

    user: str | None = None
    client_id: str = "all"
    bytes_per_second: int | None = None


class QuotaKind(Kind[None]):
    broker = "meter"
    name = "quotas"
    title = "quota"
    spec: ClassVar[type[Spec]] = QuotaSpec
    entry: ClassVar[type[Spec]] = QuotaSpec
    placement = Placement(named_by=("user", "clientId"), owned_by=("user",))

    def requests(self, changes: Sequence[Change], facts: Facts) -> list[Request]:
        return [Request(self.name, "SetQuota", {change.address: change.after or {} for change in changes})]

    def read(self, client: None, wanted: Iterable[Address] | None, context: ClusterContext) -> NoReturn:
        raise AssertionError("a sandbox reads through no client")

    def run(self, client: None, request: Request, context: ClusterContext) -> NoReturn:
        raise AssertionError("a sandbox sends nothing")


class MeterProvider(Provider):
    connection: ClassVar[type[Connection]] = Connection
    type = "meter"
    newest = "1.0"

    def __init__(self) -> None:
        super().__init__(QuotaKind())

    def open(self, cluster: object, secrets: object, timeout: float) -> NoReturn:
        raise AssertionError("tests have its sandbox alone")


def meter() -> Catalogue:
    """The catalogue with this provider alone."""
    return Catalogue([Registration(EntryPoint("meter", f"{__name__}:MeterProvider", GROUP))])
