"""The regular expressions of policies and permissions, as the server evaluates them.

RabbitMQ searches the UTF-8 bytes of a name with Erlang's `re` (PCRE without UTF): unanchored, byte by byte. A pattern
that can't be evaluated here with the same answer, or not in bounded time, is a Problem rather than a guess.
"""

import re
from collections.abc import Iterable
from functools import lru_cache

from mqinfra.model.frozen import dataclass
from mqinfra.model.setting import Problem
from mqinfra.providers.rabbitmq.pattern.parser import UnsupportedPatternError, WrongPatternError, parse_pattern
from mqinfra.providers.rabbitmq.pattern.piece import LONGEST_NAME, Piece
from mqinfra.providers.rabbitmq.settings.typed import Version, within

LONGEST_PATTERN = 1024
"""Bytes that newer servers take (`rabbit_re:compile/1`), from 4.2.8 and 4.3.2."""
_LIMITED = (((4, 2, 8), (4, 3)), ((4, 3, 2), ()))
_MOST_WAYS = 2e7
"""About three repeats without a bound that can overlap, over a name of 255 bytes: some 30 ms at worst."""
_SPECIAL = re.compile(r"[\\^$.|?*+()\[\]{}]")
_CONTROLS = re.compile("[\x00-\x1f\x7f]")
_LINE_START = rb"(?:\A|(?<=\n))"


@dataclass(frozen=True, slots=True)
class Pattern:
    """A pattern that can be evaluated.

    Attributes:
        text: as the manifest or the server says it.
        literals: the names that it matches, when it is an anchored list of literals; else None.
        prefix: bytes that every matching name begins with; empty when there are none or it is not anchored.
        anchored: whether it only matches whole names.
    """

    text: str
    literals: frozenset[bytes] | None
    prefix: bytes
    anchored: bool
    regex: re.Pattern[bytes] | None

    def matches(self, name: str) -> bool:
        """Tell whether the server finds the pattern in a name."""
        return self.matches_bytes(name.encode("utf-8", "surrogatepass"))

    def matches_bytes(self, name: bytes) -> bool:
        """As `matches`, for a name in UTF-8."""
        if self.literals is not None and not name.endswith(b"\n"):
            return name in self.literals
        if len(name) > LONGEST_NAME:  # no name of RabbitMQ, and out of the bound on time
            return False
        regex = self.regex or _regex(parse_pattern(self.text))
        return regex.search(name) is not None


@lru_cache(maxsize=4096)
def compile_pattern(text: str) -> Pattern | Problem:
    """Make a pattern ready to be matched.

    Nested repeats are taken only where the next byte tells how to go on (`([a-z]+/)*`), and at most three repeats
    without a bound may overlap, so that no name takes longer than some 30 ms.

    Returns:
        the pattern, or a Problem: the server would refuse it, or we can't tell what it matches.
    """
    try:
        piece = parse_pattern(text)
    except WrongPatternError as error:
        return Problem(f"the pattern `{text}` has {error}", "correct the pattern; RabbitMQ refuses it")
    except UnsupportedPatternError as error:
        return _not_evaluated(text, str(error))
    searched = 1 if piece.starts or piece.opens or piece.ways == 1 else LONGEST_NAME
    if piece.last_ways * searched > _MOST_WAYS:
        return _not_evaluated(text, "too many repeats that overlap, which can take too long")
    whole = piece.starts and piece.ends
    literals = piece.words if whole else None
    regex = None if literals is not None else _regex(piece)
    return Pattern(text, literals, piece.prefix if piece.starts else b"", whole, regex)


def reach(text: str) -> tuple[str, ...]:
    """Names that a pattern may match: all of them where it lists them, else `PREFIX*` for all that begin so.

    Of one that can't be evaluated it is `*`: nobody can tell that it stays within anything.
    """
    compiled = compile_pattern(text)
    if isinstance(compiled, Problem):
        return ("*",)
    if compiled.literals is not None:
        return tuple(sorted(name.decode("utf-8", "replace") for name in compiled.literals))
    return (compiled.prefix.decode("utf-8", "ignore") + "*",)


def pattern_problem(text: str, version: Version = ()) -> Problem | None:
    """Say why a server of a version would refuse a pattern; None when it takes it, or when we can't tell.

    Args:
        text: the pattern.
        version: the server's; empty for the newest.
    """
    length = len(text.encode("utf-8", "surrogatepass"))
    if length > LONGEST_PATTERN and within(version, _LIMITED):
        return Problem(
            f"the pattern has {length} bytes, and RabbitMQ takes {LONGEST_PATTERN}",
            "split it into several policies, or match by a common prefix",
        )
    try:
        parse_pattern(text)
    except WrongPatternError as error:
        return Problem(f"the pattern `{text}` has {error}", "correct the pattern; RabbitMQ refuses it")
    except UnsupportedPatternError:
        return None
    return None


_SEVERAL = re.compile(r"\^\(\?:(.*)\)\$", re.DOTALL)
_PARTS = re.compile(r"(?:[^|\\]|\\.)+", re.DOTALL)
_ESCAPED = re.compile(r"\\(?:x([0-9a-f]{2})|(.))", re.DOTALL)


def exactly(names: Iterable[str]) -> str:
    """Write the pattern that matches exactly these names, sorted.

    `$` would also match before a newline at a name's end, which no name has: the server takes CR and LF out of names.

    Raises:
        ValueError: there are no names; a pattern that matches none is of no use.
    """
    some = sorted({escaped(name) for name in names})
    if not some:
        raise ValueError("no names to match")
    return f"^{some[0]}$" if len(some) == 1 else f"^(?:{'|'.join(some)})$"


def names_in(pattern: str) -> frozenset[str] | None:
    """The names that a pattern matches where `exactly` wrote it; none for an empty one, None for any other pattern."""
    if not pattern:
        return frozenset()
    several = _SEVERAL.fullmatch(pattern)
    inside = several[1] if several is not None else pattern[1:-1]
    names = frozenset(_ESCAPED.sub(_unescaped, part) for part in _PARTS.findall(inside))
    return names if names and exactly(names) == pattern else None


def _unescaped(match: re.Match[str]) -> str:
    return chr(int(match[1], 16)) if match[1] is not None else match[2]


def exactly_within(names: Iterable[str], longest: int = LONGEST_PATTERN) -> tuple[str, ...]:
    """Write patterns of at most so many bytes which together match exactly these names.

    Args:
        names: the names; none give no pattern.
        longest: bytes per pattern; a single name may need more, four times its own length at worst.
    """
    patterns: list[str] = []
    batch: list[str] = []
    room = longest - len("^(?:)$")
    for name in sorted(set(names)):
        cost = len(escaped(name).encode("utf-8", "surrogatepass")) + 1
        if batch and cost > room + 1:
            patterns.append(exactly(batch))
            batch, room = [], longest - len("^(?:)$")
        batch.append(name)
        room -= cost
    return (*patterns, exactly(batch)) if batch else tuple(patterns)


def escaped(name: str) -> str:
    """A name as a pattern that matches it, without its anchors."""
    plain = _SPECIAL.sub(r"\\\g<0>", name)
    return _CONTROLS.sub(lambda match: f"\\x{ord(match[0]):02x}", plain)


def _regex(piece: Piece) -> re.Pattern[bytes]:
    return re.compile(_LINE_START + b"(?:" + piece.source + b")" if piece.opens and not piece.starts else piece.source)


def _not_evaluated(text: str, why: str) -> Problem:
    return Problem(
        f"the pattern `{text}` can't be evaluated here: it has {why}",
        "write it more simply, so a plan can tell what it matches",
    )
