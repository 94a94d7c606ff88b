"""JSON that is safe to look at and to log: what a terminal would obey or hide, or a CI runner obey, is escaped."""

import re

from mqinfra.model.printable import CI_COMMAND, is_shown

_SUSPECT = re.compile(r"[^\x00-\x7e]")


def printable_json(text: str) -> str:
    r"""Escape what is not printable in a JSON text.

    JSON itself escapes C0 controls only; DEL, C1 controls, bidirectional controls and the like may stand raw in it.
    They can only stand inside strings, so each may be replaced by its escape; so may the first character of `##vso[`.
    """
    if "##" in text:  # `::name` is a command at the start of a line only, where no text of somebody else's stands
        text = CI_COMMAND.sub(lambda match: match[0] if match[0] == "::" else _escape("#") + "#", text)
    if text.isascii() and "\x7f" not in text:
        return text
    return _SUSPECT.sub(lambda match: match[0] if is_shown(match[0]) else _escape(match[0]), text)


def _escape(char: str) -> str:
    units = char.encode("utf-16-be", "surrogatepass")
    return "".join(f"\\u{units[i]:02x}{units[i + 1]:02x}" for i in range(0, len(units), 2))
