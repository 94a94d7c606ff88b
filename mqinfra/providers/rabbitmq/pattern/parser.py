r"""Read a regular expression of RabbitMQ and write it for Python's `re`, or say why that can't be done.

PCRE and `re` differ in small things that give wrong answers without a word (`\w`, `\Z`, `\h`, `(?i)` inside, what
`.` is). So every character and class is read into a set of bytes, and the pattern written anew from those. What has no
safe counterpart (backreferences, recursion, conditions, Unicode properties, verbs) is refused.
"""

import re
from dataclasses import replace

from mqinfra.model.frozen import dataclass
from mqinfra.providers.rabbitmq.pattern import byte_class
from mqinfra.providers.rabbitmq.pattern.piece import (
    Piece,
    alternatives,
    assertion,
    group,
    literal,
    one_byte,
    repeat,
    sequence,
)

_DEEPEST = 50
"""Groups in groups; more has no use and would exhaust the stack."""
_MOST = 65_535
_FLAGS = re.compile(r"\?([ims]*)(?:-([ims]*))?([:)])")
_NAMED = re.compile(r"\?(?:P?<[A-Za-z_]\w*>|'[A-Za-z_]\w*')", re.ASCII)
_QUANTIFIER = re.compile(r"([*+?]|\{(\d{1,5})(?:(,)(\d{0,5}))?\})([?+]?)", re.ASCII)
_NO_MINIMUM = re.compile(r"\{\s*,\s*\d*\s*\}", re.ASCII)
_POSIX = re.compile(r"\[([:.=])(\^?)([^\]\\]*?)\1\]")
_RUN = re.compile(r"(?:[A-Za-z0-9_:/ @,<>~%&=!;#\"'-]|\\[^A-Za-z0-9])+(?![*+?{])", re.ASCII | re.DOTALL)
_HEX = re.compile(r"\{([0-9A-Fa-f]+)\}|([0-9A-Fa-f]{0,2})")
_QUOTED = re.compile(r"\\Q(.*?)(?:\\E|\Z)|\\E|\\[^QE]", re.DOTALL)
_CONTROL = {"a": 7, "e": 27, "f": 12, "n": 10, "r": 13, "t": 9}
_WORD = byte_class.python_class(byte_class.WORD)
_ASSERTIONS = {
    "b": rb"(?:(?<=%b)(?!%b)|(?<!%b)(?=%b))" % (_WORD, _WORD, _WORD, _WORD),
    "B": rb"(?:(?<=%b)(?=%b)|(?<!%b)(?!%b))" % (_WORD, _WORD, _WORD, _WORD),
}
_NEWLINES = Piece(rb"(?>\r\n|[\n-\r\x85])", 1, 2, byte_class.ESCAPES["v"], byte_class.of(10))


class UnsupportedPatternError(Exception):
    """A pattern that the server may take and we can't evaluate; the text says what it has."""


class WrongPatternError(Exception):
    """A pattern that the server refuses; the text says what it has."""


@dataclass(frozen=True, slots=True)
class _Flags:
    caseless: bool = False
    lines: bool = False
    dot_all: bool = False

    def changed(self, on: str, off: str | None) -> "_Flags":
        flags = self
        for letter, name in (("i", "caseless"), ("m", "lines"), ("s", "dot_all")):
            if letter in on or letter in (off or ""):
                flags = replace(flags, **{name: letter in on and letter not in (off or "")})
        return flags


def parse_pattern(pattern: str) -> Piece:
    """Read a whole pattern.

    Raises:
        UnsupportedPatternError: the server can evaluate it, we can't.
        WrongPatternError: the server can't either.
    """
    if "\0" in pattern:
        raise UnsupportedPatternError("a NUL, at which Erlang ends the pattern")
    text = pattern.encode("utf-8", "surrogatepass").decode("latin-1")
    return _Parser(_QUOTED.sub(_unquoted, text)).whole()


def _unquoted(match: re.Match[str]) -> str:
    if match[1] is not None:
        return "".join(f"\\x{ord(char):02x}" for char in match[1])
    return "" if match[0] == "\\E" else match[0]


class _Parser:
    def __init__(self, text: str) -> None:
        self._text = text
        self._at = 0
        self._depth = 0
        self._names: set[str] = set()

    def whole(self) -> Piece:
        if self._text.startswith("(*"):
            raise UnsupportedPatternError("a verb at its start")
        piece = self._alternatives(_Flags())
        if self._at < len(self._text):
            raise WrongPatternError("a `)` without a `(`")
        return piece

    def _alternatives(self, flags: _Flags) -> Piece:
        branches: list[Piece] = []
        items: list[Piece] = []
        while not self._next(")") and self._at < len(self._text):
            if self._take("|"):
                branches.append(sequence(items))
                items = []
            elif match := self._match(_FLAGS, ahead="(", last=")"):
                flags = flags.changed(match[1], match[2])  # to the end of the group, later branches too
            elif self._take("(?#"):
                self._comment()
            else:
                items.append(self._item(flags))
        return alternatives([*branches, sequence(items)])

    def _next(self, text: str) -> bool:
        return self._text.startswith(text, self._at)

    def _take(self, text: str) -> bool:
        if self._next(text):
            self._at += len(text)
            return True
        return False

    def _match(self, pattern: re.Pattern[str], ahead: str = "", last: str = "") -> re.Match[str] | None:
        if not self._next(ahead):
            return None
        match = pattern.match(self._text, self._at + len(ahead))
        if match is None or not match[0].endswith(last):
            return None
        self._at = match.end()
        return match

    def _comment(self) -> None:
        end = self._text.find(")", self._at)
        if end < 0:
            raise WrongPatternError("a comment without an end")
        self._at = end + 1
        if _QUANTIFIER.match(self._text, self._at):
            raise UnsupportedPatternError("a quantifier after a comment")

    def _item(self, flags: _Flags) -> Piece:
        if not flags.caseless and (run := self._match(_RUN)):
            word = re.sub(r"\\(.)", r"\1", run[0], flags=re.DOTALL).encode("latin-1")
            return literal(word, re.escape(word))
        return self._repeated(self._atom(flags))

    def _repeated(self, body: Piece) -> Piece:
        match = self._match(_QUANTIFIER)
        if match is None:
            if _NO_MINIMUM.match(self._text, self._at):
                raise UnsupportedPatternError("a `{,n}`, which servers read differently")
            return body
        if body.longest == 0:
            raise UnsupportedPatternError("a quantifier on something that matches no characters")
        low, high = {"*": (0, None), "+": (1, None), "?": (0, 1)}.get(match[1], (0, 0))
        if match[2] is not None:
            low = int(match[2])
            high = low if match[3] is None else int(match[4]) if match[4] else None
        if low > _MOST or (high is not None and (high > _MOST or high < low)):
            raise WrongPatternError(f"a quantifier `{match[1]}` out of order or too large")
        if _QUANTIFIER.match(self._text, self._at):
            raise UnsupportedPatternError("a quantifier on a quantifier")
        piece = repeat(body, low, high, match[0].encode())
        if piece is None:
            raise UnsupportedPatternError("a nested repeat, which can take too long")
        return piece

    def _atom(self, flags: _Flags) -> Piece:
        if self._next("{") and (nothing := _QUANTIFIER.match(self._text, self._at)):
            raise WrongPatternError(f"a `{nothing[0]}` with nothing to repeat")
        char = self._text[self._at]
        self._at += 1
        match char:
            case "(":
                return self._group(flags)
            case "[" if not _POSIX.match(self._text, self._at - 1):
                return one_byte(self._class(flags))
            case "\\":
                return self._escape(flags)
            case ".":
                return one_byte(byte_class.ALL if flags.dot_all else byte_class.NOT_NEWLINE)
            case "^":
                return assertion(rb"(?:\A|(?<=\n)(?!\Z))") if flags.lines else assertion(rb"\A", starts=True)
            case "$":
                return assertion(rb"(?=\n|\Z)") if flags.lines else assertion(rb"(?=\n?\Z)", ends=True)
            case "*" | "+" | "?":
                raise WrongPatternError(f"a `{char}` with nothing to repeat")
            case "[":
                raise WrongPatternError("a class such as `[:alpha:]` outside of brackets")
        return self._char(ord(char), flags)

    def _char(self, code: int, flags: _Flags) -> Piece:
        members = byte_class.of(code)
        return one_byte(byte_class.any_case(members) if flags.caseless else members)

    def _group(self, flags: _Flags) -> Piece:
        self._depth += 1
        if self._depth > _DEEPEST:
            raise UnsupportedPatternError(f"more than {_DEEPEST} nested groups")
        look = next((sign for sign in ("?=", "?!", "?<=", "?<!") if self._next(sign)), "")
        opening = b"(?:"
        if look or self._next("?>"):
            opening = f"({look or '?>'}".encode()
            self._at += len(opening) - 1
        elif match := self._match(_FLAGS, last=":"):
            flags = flags.changed(match[1], match[2])
        elif name := self._match(_NAMED):
            if name[0] in self._names:
                raise UnsupportedPatternError("two groups of one name")
            self._names.add(name[0])
        elif self._next("?"):
            raise UnsupportedPatternError(f"a group `({self._text[self._at : self._at + 2]}`")
        elif self._next("*"):
            raise UnsupportedPatternError("a verb")
        body = self._alternatives(flags)
        if not self._take(")"):
            raise WrongPatternError("a `(` without a `)`")
        self._depth -= 1
        if "<" in look and body.longest != body.shortest:
            raise UnsupportedPatternError("a look behind of varying length")
        return assertion(opening + body.source + b")", body.ways) if look else group(opening, body)

    def _escape(self, flags: _Flags) -> Piece:
        char = self._text[self._at : self._at + 1]
        if char in byte_class.ESCAPES:
            self._at += 1
            return one_byte(byte_class.ESCAPES[char])
        simple = {
            "A": assertion(rb"\A", starts=True),
            "z": assertion(rb"\Z", ends=True),
            "Z": assertion(rb"(?=\n?\Z)", ends=True),
            "N": one_byte(byte_class.NOT_NEWLINE),
            "C": one_byte(byte_class.ALL),
            "R": _NEWLINES,
        }.get(char)
        if simple is None and char in _ASSERTIONS:
            simple = assertion(_ASSERTIONS[char])
        if simple is not None and not (char == "N" and self._next("N{")):
            self._at += 1
            return simple
        return self._char(self._code(), flags)

    def _code(self) -> int:
        char = self._text[self._at : self._at + 1]
        self._at += 1
        if not char:
            raise WrongPatternError("a backslash at its end")
        if char in _CONTROL:
            return _CONTROL[char]
        if char == "x" and (match := self._match(_HEX)):
            code = int(match[1] or match[2] or "0", 16)
            if code > 255:
                raise WrongPatternError("a character above 255, while names are matched byte by byte")
            return code
        if char.isascii() and char.isalnum():
            raise UnsupportedPatternError(f"a `\\{char}`")
        return ord(char)

    def _class(self, flags: _Flags) -> int:
        negated = self._take("^")
        members, start = 0, self._at
        while self._at == start or not self._next("]"):
            if self._at >= len(self._text):
                raise WrongPatternError("a `[` without a `]`")
            low, part = self._class_part(flags)
            if low is not None and self._next("-") and not self._next("-]"):
                self._at += 1
                high, _ = self._class_part(flags)
                if high is None or high < low:
                    raise WrongPatternError("a range in brackets that runs backwards")
                part = byte_class.of((low, high))
            members |= part
        self._at += 1
        members = byte_class.any_case(members) if flags.caseless else members
        return byte_class.ALL & ~members if negated else members

    def _class_part(self, flags: _Flags) -> tuple[int | None, int]:
        """Read one member, as its code and a set; the code is None for a class in the class."""
        if match := self._match(_POSIX):
            found = byte_class.posix(match[3], caseless=flags.caseless) if match[1] == ":" else None
            if found is None:
                raise WrongPatternError(f"a class `{match[0]}` that does not exist")
            return None, byte_class.ALL & ~found if match[2] else found
        char = self._text[self._at : self._at + 1]
        self._at += 1
        if char != "\\":
            if not char:
                raise WrongPatternError("a `[` without a `]`")
            return ord(char), byte_class.of(ord(char))
        escaped = self._text[self._at : self._at + 1]
        if escaped in byte_class.ESCAPES:
            self._at += 1
            if self._next("-") and not self._next("-]"):
                raise UnsupportedPatternError("a range that begins with a class")
            return None, byte_class.ESCAPES[escaped]
        if escaped == "b":
            self._at += 1
            return 8, byte_class.of(8)
        code = self._code()
        return code, byte_class.of(code)
