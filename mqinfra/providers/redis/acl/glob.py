"""Patterns of keys and channels, read as the server does: by bytes, not by letters (src/util.c: stringmatchlen)."""

import re
from functools import lru_cache

_SPECIAL = "*?["
_ESCAPED = "*?[]\\^"


def matches(glob: str, name: str) -> bool:
    """Tell whether a pattern covers a name."""
    return _compiled(glob).fullmatch(name.encode("utf-8", "surrogateescape")) is not None


def escaped(name: str) -> str:
    """A name as a pattern that covers it alone."""
    return "".join(f"\\{part}" if part in _ESCAPED else part for part in name)


def fixed_part(glob: str) -> str:
    """What a pattern covers, in the words of scopes: a whole name, or a prefix and `*`."""
    part, whole = _fixed(glob)
    return part if whole else part + "*"


def name_of(glob: str) -> str | None:
    """The one name that a pattern covers; None when it may cover others."""
    part, whole = _fixed(glob)
    return part if whole else None


def _fixed(glob: str) -> tuple[str, bool]:
    """The letters before the first sign that stands for others, and whether they are all."""
    part, rest = "", iter(glob)
    for sign in rest:
        if sign in _SPECIAL:
            return part, False
        part += next(rest, sign) if sign == "\\" else sign
    return part, True


@lru_cache(maxsize=1_000)
def _compiled(glob: str) -> re.Pattern[bytes]:
    signs = glob.encode("utf-8", "surrogateescape")
    parts: list[bytes] = []
    at = 0
    while at < len(signs):
        match signs[at : at + 1]:
            case b"*":
                parts.append(b".*")
            case b"?":
                parts.append(b".")
            case b"[":
                part, at = _one_of(signs, at + 1)
                parts.append(part)
            case b"\\" if at + 1 < len(signs):
                at += 1
                parts.append(re.escape(signs[at : at + 1]))
            case sign:
                parts.append(re.escape(sign))
        at += 1
    return re.compile(b"".join(parts), re.DOTALL)


def _one_of(signs: bytes, at: int) -> tuple[bytes, int]:
    """The bytes between brackets as a regular expression, and where the closing one is; it may be missing."""
    others = signs[at : at + 1] == b"^"
    at += others
    some: set[int] = set()
    while at < len(signs) and signs[at : at + 1] != b"]":
        if signs[at : at + 1] == b"\\" and at + 1 < len(signs):
            at += 1
            some.add(signs[at])
        elif signs[at + 1 : at + 2] == b"-" and at + 2 < len(signs):
            # From one to the other, whichever is first; even a closing bracket ends a range, and not the list.
            some.update(range(min(signs[at], signs[at + 2]), max(signs[at], signs[at + 2]) + 1))
            at += 2
        else:
            some.add(signs[at])
        at += 1
    wanted = set(range(256)) - some if others else some
    return b"[" + b"".join(b"\\x%02x" % sign for sign in sorted(wanted)) + b"]" if wanted else b"(?!)", at
