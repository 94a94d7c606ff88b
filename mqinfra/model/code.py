"""Diagnostic codes: what `mqinfra explain MQ203` and docs/diagnostics.md say. No code without a value here.

Families: MQ1xx text and schema, 2xx destructive, 3xx impossible on this broker, 4xx availability, 5xx references,
6xx naming and policy, 7xx security.
"""

import re

from mqinfra.model.diagnostic import Diagnostic, Related, Severity
from mqinfra.model.frozen import dataclass
from mqinfra.model.span import Span

CODE_ID = re.compile(r"([A-Z]+)[0-9]+")
"""The id of a code: the prefix of the distribution that has it, which is as long as it likes, and a number."""


@dataclass(frozen=True, slots=True)
class Code:
    """One kind of finding.

    Attributes:
        id: the prefix of the distribution that has it, `MQ` for ours, and three digits.
        title: a few words, as a heading.
        explanation: what it means, why it matters and the ways out; Markdown paragraphs.
        severity: severity unless the finding says otherwise.
        bad: an example that gives it; YAML or a command line; may be empty where no text causes it.
        good: the same, mended.
    """

    id: str
    title: str
    explanation: str
    severity: Severity = Severity.ERROR
    bad: str = ""
    good: str = ""

    def at(
        self,
        message: str,
        *,
        span: Span | None = None,
        source: str | None = None,
        label: str = "",
        address: str | None = None,
        related: tuple[Related, ...] = (),
        help: tuple[str, ...] | str = (),  # noqa: A002 - the word that is printed
        severity: Severity | None = None,
        cause: str = "",
    ) -> Diagnostic:
        """Make a diagnostic of this code; see `Diagnostic` for the arguments."""
        return Diagnostic(
            code=self.id,
            severity=severity or self.severity,
            message=message,
            span=span,
            label=label,
            source=source,
            address=address,
            related=related,
            cause=cause,
            help=tuple(text for text in ((help,) if isinstance(help, str) else help) if text),
        )
