"""Spans of a run for OpenTelemetry: one of the command, and below it one of each change, from request to read-back.

They are sent where the environment names a collector in OpenTelemetry's own variables and its SDK is installed
(`mqinfra[traces]`); W3C's TRACEPARENT, as pipelines pass it on, makes the run a part of theirs. Source of the names:
OpenTelemetry's pages on the SDK's configuration, on environment variables as carriers of context, and on CLI programs.
"""

import logging
import os
import time
from typing import TYPE_CHECKING

from mqinfra.cli.invocation import DONE

if TYPE_CHECKING:
    from opentelemetry.sdk.trace import TracerProvider
    from opentelemetry.trace import Span, Tracer

    from mqinfra.cli.invocation import Invocation
    from mqinfra.model.address import Address
    from mqinfra.model.event import Event

_COLLECTORS = ("OTEL_EXPORTER_OTLP_TRACES_ENDPOINT", "OTEL_EXPORTER_OTLP_ENDPOINT")
_TIMEOUTS = ("OTEL_EXPORTER_OTLP_TRACES_TIMEOUT", "OTEL_EXPORTER_OTLP_TIMEOUT")
_PATIENCE = 3.0
"""Seconds that a collector may take, retries included, where the environment says nothing."""


class _Troubles(logging.Handler):
    """What the exporter complains of, which it would print between our lines.

    Attributes:
        first: the first complaint.
    """

    def __init__(self) -> None:
        super().__init__(logging.WARNING)
        self.first = ""

    def emit(self, record: logging.LogRecord) -> None:
        """Keep the first."""
        self.first = self.first or record.getMessage()


class Spans:
    """The spans of one run."""

    def __init__(self, invocation: "Invocation", provider: "TracerProvider") -> None:
        """Begin the span of the command.

        Args:
            invocation: the run.
            provider: makes spans, and sends them on.
        """
        from opentelemetry import trace  # noqa: PLC0415 - only where spans are asked for
        from opentelemetry.trace.propagation.tracecontext import TraceContextTextMapPropagator  # noqa: PLC0415

        self._troubles = _Troubles()
        logger = logging.getLogger("opentelemetry")
        logger.handlers, logger.propagate = [self._troubles], False
        self._provider = provider
        self._tracer: Tracer = provider.get_tracer("mqinfra")
        carried = {name: os.environ.get(name.upper(), "") for name in ("traceparent", "tracestate")}
        self._root: Span = self._tracer.start_span(
            f"mqinfra {invocation.command}".strip(),
            TraceContextTextMapPropagator().extract(carried),
            start_time=invocation.began_at,
            attributes={"mqinfra.run.id": invocation.run, "mqinfra.command": invocation.command},
        )
        self._inside = trace.set_span_in_context(self._root)
        self._sent: dict[Address, int] = {}

    def event(self, event: "Event") -> None:
        """Note what happened during an apply; a change whose end is known becomes a span."""
        from opentelemetry.trace import Status, StatusCode  # noqa: PLC0415 - as above

        from mqinfra.model.event import Ended, Outcome, Sent, Started  # noqa: PLC0415 - as above

        now = time.time_ns()
        if isinstance(event, Started):
            self._root.set_attribute("mqinfra.project", event.project)
            self._root.set_attribute("mqinfra.environment", event.environment)
            self._root.set_attribute("mqinfra.digest", event.digest)
        elif isinstance(event, Sent):
            self._sent.update(dict.fromkeys(event.addresses, now))
        elif isinstance(event, Ended):
            span = self._tracer.start_span(
                f"{event.action.value} {event.address.kind}",
                self._inside,
                start_time=self._sent.pop(event.address, now),
                attributes={
                    "mqinfra.address": str(event.address),
                    "mqinfra.cluster": event.address.cluster,
                    "mqinfra.outcome": event.outcome.value,
                },
            )
            if event.outcome is not Outcome.APPLIED:
                span.set_status(Status(StatusCode.ERROR, event.message or event.outcome.value))
            span.end(now)

    def ended(self, code: int) -> str:
        """End the span of the command, and send what is left.

        Returns:
            why not all could be sent, which changes nothing of how the run ended; empty where all was.
        """
        from opentelemetry.trace import Status, StatusCode  # noqa: PLC0415 - as above

        self._root.set_attribute("process.exit.code", code)
        if code not in DONE:
            self._root.set_status(Status(StatusCode.ERROR, f"ended with {code}"))
        self._root.end()
        # Nobody waits for a collector that does not answer: the process ends with its threads.
        done = self._provider.force_flush()
        return self._troubles.first or ("" if done else "the collector does not answer")


_spans: list[Spans] = []
"""The spans of this process, where they are asked for."""


def begin(invocation: "Invocation") -> None:
    """Begin spans, where a collector is named and OpenTelemetry is installed."""
    _spans.clear()
    if not any(map(os.environ.get, _COLLECTORS)) or os.environ.get("OTEL_SDK_DISABLED", "").lower() == "true":
        return
    try:
        from opentelemetry.exporter.otlp.proto.http.trace_exporter import OTLPSpanExporter  # noqa: PLC0415
        from opentelemetry.sdk.resources import Resource  # noqa: PLC0415 - as above
        from opentelemetry.sdk.trace import TracerProvider  # noqa: PLC0415 - as above
        from opentelemetry.sdk.trace.export import BatchSpanProcessor  # noqa: PLC0415 - as above
    except ModuleNotFoundError:
        return  # the variables are everybody's: a machine that has them for others asks nothing of us
    from mqinfra import __version__  # noqa: PLC0415 - as above

    patience = None if any(map(os.environ.get, _TIMEOUTS)) else _PATIENCE
    resource = Resource.create({"service.name": "mqinfra", "service.version": __version__})
    provider = TracerProvider(resource=resource, shutdown_on_exit=False)
    provider.add_span_processor(BatchSpanProcessor(OTLPSpanExporter(timeout=patience)))
    _spans.append(Spans(invocation, provider))


def current() -> Spans | None:
    """The spans, where they are asked for."""
    return _spans[-1] if _spans else None
