"""What a pattern looks like to whoever wrote it: a prefix, or a name that lacks its anchors.

Separate from `patterns`, which evaluates them: here only the text is looked at, to write a better one.
"""

import re

_PARTS = re.compile(r"\\.|\[\^?\]?[^\]]*\]|.", re.DOTALL)
_ANY_END = re.compile(r"(?:\.[*+]|\\?[^\w\s\\$*+?.)\]}|]|\\\.|_)\Z")
"""`.*`, or a delimiter as scopes have it: any character but a letter or digit."""


def is_prefix(text: str) -> bool:
    """Tell whether a pattern is meant for all names that begin so: `^orders-` or `^orders.*`."""
    return text.startswith("^") and not alternatives(text) and _ANY_END.search(text) is not None


def anchored(text: str) -> str:
    """Write a pattern for whole names only; one that ends in a delimiter or in `.*` stays open at its end."""
    inner = text.removeprefix("^")
    closed = inner.endswith("$") and not inner.endswith("\\$")
    inner = inner[:-1] if closed else inner
    if alternatives(inner):
        return f"^(?:{inner})$"
    return f"^{inner}" if not closed and _ANY_END.search(inner) else f"^{inner}$"


def alternatives(text: str) -> bool:
    """Tell whether there is a `|` outside groups: `^a|b$` is anchored on one side each."""
    depth = 0
    for match in _PARTS.finditer(text):
        part = match[0]
        if part == "|" and depth == 0:
            return True
        depth += (part == "(") - (part == ")")
    return False
