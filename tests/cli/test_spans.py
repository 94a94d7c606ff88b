"""Spans for OpenTelemetry: what a collector on loopback gets of a run, and that one which is down changes nothing."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import pytest
from opentelemetry.proto.collector.trace.v1.trace_service_pb2 import ExportTraceServiceRequest
from opentelemetry.proto.trace.v1.trace_pb2 import Span, Status

from tests.cli.conftest import Project
from tests.loopback import Loopback

ENDPOINT = "OTEL_EXPORTER_OTLP_ENDPOINT"
TRACE = "0af7651916cd43dd8448eb211c80319c"


class Collector(ThreadingHTTPServer):
    """Keeps the spans that it gets."""

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), _Handler)
        self.spans: list[Span] = []

    def named(self, name: str) -> list[Span]:
        return [span for span in self.spans if span.name == name]


class _Handler(BaseHTTPRequestHandler):
    def do_POST(self) -> None:
        body = self.rfile.read(int(self.headers["Content-Length"]))
        if self.headers.get("Content-Encoding") == "gzip":
            raise AssertionError("not asked for")
        request = ExportTraceServiceRequest.FromString(body)
        assert isinstance(self.server, Collector)
        for resource in request.resource_spans:
            for scope in resource.scope_spans:
                self.server.spans += scope.spans
        self.send_response(200)
        self.end_headers()

    def log_message(self, format: str, *args: object) -> None:  # noqa: A002 - its own signature
        """Say nothing."""


@contextmanager
def running(monkeypatch: pytest.MonkeyPatch) -> Iterator[Collector]:
    server = Collector()
    threading.Thread(target=server.serve_forever, daemon=True).start()
    monkeypatch.setenv(ENDPOINT, f"http://127.0.0.1:{server.server_port}")
    try:
        yield server
    finally:
        server.shutdown()
        server.server_close()


def told(span: Span) -> dict[str, str | int]:
    return {one.key: one.value.string_value or one.value.int_value for one in span.attributes}


def test_an_apply_is_a_span_with_one_of_each_change(project: Project, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TRACEPARENT", f"00-{TRACE}-b7ad6b7169203331-01")
    with running(monkeypatch) as collector:
        assert project.mq("apply", "--auto-approve").code == 0
    (root,) = collector.named("mqinfra apply")
    changes = collector.named("create topics")
    assert len(changes) == len(project.live()) > 0
    assert {span.parent_span_id for span in changes} == {root.span_id}
    assert {span.trace_id.hex() for span in collector.spans} == {TRACE}
    assert all(told(span)["mqinfra.outcome"] == "applied" and span.end_time_unix_nano > 0 for span in changes)
    assert told(root).items() >= {"mqinfra.environment": "local", "mqinfra.command": "apply"}.items()
    assert root.start_time_unix_nano <= min(span.start_time_unix_nano for span in changes)
    assert root.status.code == Status.STATUS_CODE_UNSET


def test_a_run_that_fails_is_an_error(project: Project, monkeypatch: pytest.MonkeyPatch) -> None:
    with running(monkeypatch) as collector:
        project.topics("    orders.created: {partitons: 12}\n")
        assert project.mq("plan").code == 1
    (root,) = collector.spans
    assert (root.status.code, root.status.message) == (Status.STATUS_CODE_ERROR, "ended with 1")


@pytest.mark.parametrize("disabled", [True, False], ids=["disabled", "no-collector"])
def test_nothing_is_sent_unasked(project: Project, monkeypatch: pytest.MonkeyPatch, *, disabled: bool) -> None:
    with running(monkeypatch) as collector:
        if disabled:
            monkeypatch.setenv("OTEL_SDK_DISABLED", "true")
        else:
            monkeypatch.delenv(ENDPOINT)
        assert project.mq("plan").code == 0
    assert collector.spans == []


def test_a_collector_that_refuses_is_said_and_changes_nothing(
    project: Project, monkeypatch: pytest.MonkeyPatch
) -> None:
    with Loopback(
        lambda connection: connection.sendall(b"HTTP/1.1 400 Bad Request\r\nContent-Length: 0\r\n\r\n")
    ) as door:
        monkeypatch.setenv(ENDPOINT, f"http://{door.address}")
        ran = project.mq("apply", "--auto-approve")
    assert ran.code == 0
    assert "spans were not sent: " in ran.err
    assert project.live()
