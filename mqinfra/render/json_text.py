"""JSON that is safe to look at: what a terminal would obey or hide is escaped, the rest stays readable."""

import re

_SUSPECT = re.compile(r"[^\x00-\x7e]")


def printable_json(text: str) -> str:
    r"""Escape what is not printable in a JSON text.

    JSON itself escapes C0 controls only; DEL, C1 controls, bidirectional controls and the like may stand raw in it.
    They can only stand inside strings, so each may be replaced by its escape.
    """
    if text.isascii() and "\x7f" not in text:
        return text
    return _SUSPECT.sub(lambda match: match[0] if match[0].isprintable() else _escape(match[0]), text)


def _escape(char: str) -> str:
    units = char.encode("utf-16-be", "surrogatepass")
    return "".join(f"\\u{units[i]:02x}{units[i + 1]:02x}" for i in range(0, len(units), 2))
