r"""Sets of bytes as RabbitMQ's regular expressions see them: PCRE without UTF, with Erlang's Latin-1 tables.

A set is an int with a bit per byte. Names reach the server's matcher as UTF-8 bytes, so `é` is two characters to it,
`.` is one byte, and `\w` holds bytes above 127. The sets were read off Erlang/OTP 25 and 27, which agree.
"""

from collections.abc import Iterable

ALL = (1 << 256) - 1


def of(*ranges: int | tuple[int, int]) -> int:
    """Make a set of single bytes and closed ranges."""
    found = 0
    for part in ranges:
        low, high = (part, part) if isinstance(part, int) else part
        found |= (1 << (high + 1)) - (1 << low)
    return found


_DIGIT = of((48, 57))
_UPPER = of((65, 90), (192, 214), (216, 222))
_LOWER = of((97, 122), 170, 181, 186, (223, 246), (248, 255))
_ALPHA = _UPPER | _LOWER
_WORD = _ALPHA | _DIGIT | of(95)
_SPACE = of((9, 13), 32)
_HORIZONTAL = of(9, 32, 160)
_VERTICAL = of((10, 13), 133)
_FOLDING = of((65, 90), (192, 214), (216, 222))
_FOLDED = of((97, 122), (224, 246), (248, 254))

NOT_NEWLINE = ALL & ~of(10)
ESCAPES = {
    "d": _DIGIT,
    "D": ALL & ~_DIGIT,
    "w": _WORD,
    "W": ALL & ~_WORD,
    "s": _SPACE,
    "S": ALL & ~_SPACE,
    "h": _HORIZONTAL,
    "H": ALL & ~_HORIZONTAL,
    "v": _VERTICAL,
    "V": ALL & ~_VERTICAL,
}
"""What `\\d` and the like stand for, in and out of brackets."""
WORD = _WORD
POSIX = {
    "alnum": _ALPHA | _DIGIT,
    "alpha": _ALPHA,
    "ascii": ALL,  # all 256 in Erlang's tables
    "blank": of(9, 32),
    "cntrl": of((0, 31), (127, 159)),
    "digit": _DIGIT,
    "graph": of((33, 126), (160, 255)),
    "lower": _LOWER,
    "print": of((32, 126), (160, 255)),
    "punct": of((33, 47), (58, 64), (91, 96), (123, 126), (160, 169), (171, 180), (182, 185), (187, 191), 215, 247),
    "space": _SPACE,
    "upper": _UPPER,
    "word": _WORD,
    "xdigit": of((48, 57), (65, 70), (97, 102)),
}
"""What `[:alpha:]` and the like stand for."""


def any_case(members: int) -> int:
    """Add the other case of every letter."""
    return members | (members & _FOLDING) << 32 | (members & _FOLDED) >> 32


def posix(name: str, *, caseless: bool) -> int | None:
    """Look a POSIX class up; ignoring case makes `lower` and `upper` into `alpha`."""
    return POSIX.get("alpha" if caseless and name in ("lower", "upper") else name)


def only_member(members: int) -> int | None:
    """The byte of a set with one member; None for another set."""
    return members.bit_length() - 1 if members and not members & (members - 1) else None


def python_class(members: int) -> bytes:
    """Write a set for Python's `re` over bytes."""
    single = only_member(members)
    if single is not None:
        return b"\\x%02x" % single
    if members == ALL:
        return b"[\\x00-\\xff]"
    if not members:
        return b"(?!)"
    return b"[" + b"".join(_ranges(members)) + b"]"


def _ranges(members: int) -> Iterable[bytes]:
    byte = 0
    while byte < 256:
        if members >> byte & 1:
            last = byte
            while last < 255 and members >> (last + 1) & 1:
                last += 1
            yield b"\\x%02x-\\x%02x" % (byte, last)
            byte = last
        byte += 1
