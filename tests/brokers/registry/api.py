"""The tests' own way into a registry: it arranges and looks, and counts on no client library."""

from __future__ import annotations

import http.client
import json
from dataclasses import dataclass
from typing import Any
from urllib.parse import quote

from tests.brokers.ports import HOST

_TIMEOUT = 60.0


@dataclass(frozen=True)
class Reply:
    """A status and the JSON that came with it; None without any."""

    status: int
    body: Any


class Api:
    """Calls to a registry; a connection each, so that a restart disturbs nothing."""

    def __init__(self, port: int, base: str) -> None:
        self._port, self._base = port, base

    def call(self, method: str, *segments: str, body: object = None, query: str = "") -> Reply:
        """Make a call, with each segment percent-encoded.

        Raises:
            OSError: the server does not answer.
        """
        path = "/".join([self._base, *(quote(segment, safe="") for segment in segments)]) + (query and f"?{query}")
        connection = http.client.HTTPConnection(HOST, self._port, timeout=_TIMEOUT)
        try:
            connection.request(
                method, path, None if body is None else json.dumps(body), {"Content-Type": "application/json"}
            )
            response = connection.getresponse()
            text = response.read()
        except http.client.HTTPException as error:
            raise ConnectionError(f"{method} {path}: {error!r}") from error
        finally:
            connection.close()
        try:
            return Reply(response.status, json.loads(text) if text else None)
        except ValueError:
            return Reply(response.status, None)

    def subjects(self, query: str = "") -> list[str]:
        """All names, page by page."""
        names: list[str] = []
        while True:
            page = self.call("GET", "subjects", query=f"limit=500&offset={len(names)}{query}").body
            names += page
            if len(page) < 500:
                return names

    def register(self, subject: str, schema: str, kind: str = "AVRO", references: object = ()) -> Reply:
        """Register a schema as somebody else would."""
        body = {"schema": schema, "schemaType": kind, "references": references}
        return self.call("POST", "subjects", subject, "versions", body=body)

    def wipe(self) -> None:
        """Delete everything for good, those first to which nobody refers, and go back to what a fresh one has."""
        # What refers to others has to be gone for good before those can go at all.
        for _ in range(20):
            names = self.subjects("&deleted=true")
            for name in names:
                self.call("DELETE", "subjects", name)
                self.call("DELETE", "subjects", name, query="permanent=true")
            if not names:
                break
        self.call("DELETE", "config")
        self.call("PUT", "mode", body={"mode": "READWRITE"})
