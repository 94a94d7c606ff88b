"""Positions of entries that no file holds."""

from dataclasses import dataclass

from mqinfra.model.span import Path, Span


@dataclass(frozen=True)
class Places:
    """Gives every field a place whose file says which field it is, so that tests can name it."""

    def span(self, path: Path) -> Span | None:
        return Span(".".join(path) or "entry", 1, 1)

    def key_span(self, path: Path) -> Span | None:
        return Span(f"key {'.'.join(path)}", 1, 1)

    def line(self, span: Span) -> str | None:
        return f"text of {span.file}"
