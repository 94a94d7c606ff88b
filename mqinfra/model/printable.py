"""What of somebody else's text a terminal would obey or hide, or a CI runner take for a command.

Text for people, JSON and YAML all hold names and values that somebody else wrote, and each has a way of its own to
write such a character; which ones they are is said here once.
"""

import re

# Code points that `str.isprintable` lets pass although nobody sees them.
_INVISIBLE = frozenset("\u034f\u115f\u1160\u17b4\u17b5\u2800\u3164\uffa0")
CI_COMMAND = re.compile(r"##(?=\w*\[)|(?<!\S)::(?=[A-Za-z])(?![0-9A-Fa-f]{1,4}(?:[:\s]|$))")
"""The first two characters of what GitHub, Azure Pipelines or TeamCity take for a command in what they log.

`##[`, `##vso[` and `##teamcity[` are commands anywhere in a line, `::name` at the start of one, and wrapping may put
any word there. An IPv6 address such as `::ffff:10.0.0.1` is none. GitLab's and Travis' markers need control characters.
"""


def is_shown(char: str) -> bool:
    """Tell whether a character can be seen and does nothing.

    Controls, bidirectional and zero-width characters, blanks other than the space and lone surrogates are not.
    """
    return char.isprintable() and char not in _INVISIBLE


def all_shown(text: str) -> bool:
    """Tell whether a whole text is such."""
    return text.isprintable() and (text.isascii() or _INVISIBLE.isdisjoint(text))
