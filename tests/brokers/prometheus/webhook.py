"""The receiver behind an Alertmanager: keeps the alerts that it is told of."""

from __future__ import annotations

import json
import threading
from collections.abc import Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import TYPE_CHECKING

from tests.brokers.ports import HOST

if TYPE_CHECKING:
    from collections.abc import Iterator


@dataclass(frozen=True)
class Arrived:
    """An alert, as Alertmanager tells it."""

    labels: Mapping[str, str]
    annotations: Mapping[str, str]


class Webhook:
    """What came.

    Attributes:
        url: where to tell it.
    """

    def __init__(self, url: str) -> None:
        self.url = url
        self._lock = threading.Lock()
        self._alerts: list[Arrived] = []

    @property
    def alerts(self) -> list[Arrived]:
        """All until now, in the order in which they came."""
        with self._lock:
            return list(self._alerts)

    def take(self, body: bytes) -> None:
        """Keep the alerts of a notification."""
        found = [Arrived(one["labels"], one["annotations"]) for one in json.loads(body)["alerts"]]
        with self._lock:
            self._alerts += found


@contextmanager
def listening() -> Iterator[Webhook]:
    """A receiver on a free port."""

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            webhook.take(self.rfile.read(int(self.headers["Content-Length"])))
            self.send_response(200)
            self.end_headers()

        def log_message(self, *_: object) -> None:
            """Say nothing."""

    with ThreadingHTTPServer((HOST, 0), Handler) as server:
        webhook = Webhook(f"http://{HOST}:{server.server_address[1]}/")
        worker = threading.Thread(target=server.serve_forever, name="webhook", daemon=True)
        worker.start()
        try:
            yield webhook
        finally:
            server.shutdown()
            worker.join()
