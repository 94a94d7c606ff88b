"""Reading RESP2 replies: flat lists of names and values."""

from typing import Any


def pairs(reply: Any) -> dict[str, Any]:  # noqa: ANN401 - a reply is any nest of lists and texts
    """A flat list `[name, value, ...]` as a mapping."""
    flat = reply if isinstance(reply, list) else []
    return {str(name): value for name, value in zip(flat[::2], flat[1::2], strict=False)}


def texts(reply: Any) -> list[str]:  # noqa: ANN401 - as above
    """A list of texts, or one text with blanks between them."""
    if isinstance(reply, str):
        return reply.split()
    return [str(item) for item in reply] if isinstance(reply, list) else []


def number(reply: Any) -> int | None:  # noqa: ANN401 - as above
    """A whole number; None when the server gives none."""
    return reply if isinstance(reply, int) else None


def sections(info: str) -> dict[str, str]:
    """The lines of INFO."""
    return dict(line.split(":", 1) for line in info.splitlines() if ":" in line and not line.startswith("#"))
