"""One thing a person can be told. Every renderer and every exit code derives from these values."""

from collections.abc import Iterable
from enum import StrEnum

from pydantic import BaseModel, ConfigDict

from mqinfra.model.span import Span


class Severity(StrEnum):
    """How much a diagnostic weighs: an error stops the run or blocks its resource, the others inform."""

    ERROR = "error"
    WARNING = "warning"
    INFO = "info"


class Related(BaseModel):
    """A second place that belongs to the same finding, such as the first of two equal keys.

    Attributes:
        span: the other place.
        label: what is there, in a few words.
        source: text of that line; None when it is unknown or may hold a secret.
    """

    model_config = ConfigDict(frozen=True, defer_build=True, extra="ignore")

    span: Span
    label: str
    source: str | None = None


class Diagnostic(BaseModel):
    """A finding: what happened, where, and what to do now.

    Attributes:
        code: id of its `Code`, such as `MQ203`; docs/diagnostics.md lists ours.
        severity: error, warning or info.
        message: one sentence without a full stop; names and values in backticks.
        span: place in a manifest, when the cause is text that somebody wrote.
        label: what to say under the caret, beside the source line.
        source: text of the line at `span`; None when unknown or when it may hold a secret.
        address: formatted address of the resource, or `ALIAS (host:port)` of the cluster, it speaks of.
        related: further places.
        help: next steps, most useful first.
        cause: what findings of the same code may have in common, so that people are told once; empty where it is
            theirs alone, or the same line of a manifest.
    """

    model_config = ConfigDict(frozen=True, defer_build=True, extra="ignore")

    code: str
    severity: Severity = Severity.ERROR
    message: str
    span: Span | None = None
    label: str = ""
    source: str | None = None
    address: str | None = None
    related: tuple[Related, ...] = ()
    help: tuple[str, ...] = ()
    cause: str = ""


def has_errors(diagnostics: Iterable[Diagnostic]) -> bool:
    """Tell whether any of the diagnostics is an error."""
    return any(diagnostic.severity is Severity.ERROR for diagnostic in diagnostics)


def in_order(diagnostics: Iterable[Diagnostic]) -> list[Diagnostic]:
    """Sort for reading: by file and line, then those without a place, by address and code; exact repeats once."""
    unique = dict.fromkeys(diagnostics)
    return sorted(
        unique,
        key=lambda d: (d.span is None, d.span or Span("", 0, 0), d.address or "", d.code, d.message),
    )
