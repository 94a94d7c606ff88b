"""The choke point of the page: every text goes through here, which makes it harmless and escapes it."""

import re
from html import escape

from mqinfra.render.terminal import clean


def text(raw: str) -> str:
    """A text as it is, in an element or between the quotes of an attribute."""
    return escape(clean(raw), quote=True)


def prose(raw: str) -> str:
    """A sentence, with what stands in backticks as code."""
    return re.sub("`([^`]+)`", r"<code>\1</code>", text(raw))
