"""Requests to a registry, as a proxy tells them apart: not each POST writes."""

from __future__ import annotations

from typing import TYPE_CHECKING

from tests.brokers.http_protocol import HttpProtocol, HttpRequest

if TYPE_CHECKING:
    from tests.brokers.incoming import Incoming


class RegistryRequest(HttpRequest):
    """One request. Checks and look-ups are POSTs too, and change nothing."""

    @property
    def mutating(self) -> bool:
        path = self.path.partition("?")[0]
        if self.method == "POST" and ("/compatibility/" in path or not path.endswith("/versions")):
            return False
        return super().mutating


class RegistryProtocol(HttpProtocol):
    """HTTP 1.1, with a registry's requests."""

    def read_request(self, incoming: Incoming) -> RegistryRequest | None:
        found = super().read_request(incoming)
        return None if found is None else RegistryRequest(found.method, found.path, found.head, found.body)
