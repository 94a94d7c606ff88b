"""Bytes to text. UTF-8 only; whatever is not readable is said with its byte offset and a guess at the cause.

Separate from the reader so that a parser only ever sees characters that YAML allows.
"""

import re
from functools import cache

from mqinfra.manifest.codes import ENCODING
from mqinfra.manifest.text.source import Place, Source, place
from mqinfra.model.diagnostic import Diagnostic

_BOMS = (
    (b"\xff\xfe\x00\x00", "UTF-32"),
    (b"\x00\x00\xfe\xff", "UTF-32"),
    (b"\xff\xfe", "UTF-16"),
    (b"\xfe\xff", "UTF-16"),
)
_UTF8_BOM = b"\xef\xbb\xbf"
_FORBIDDEN_IN_ASCII = re.compile(r"[^\t\n\r\x20-\x7e]")
_SAVE = "save the file as UTF-8 without a byte order mark"


def decode(file: str, content: bytes) -> tuple[Source, Diagnostic | None]:
    """Decode a file.

    Returns:
        the source, and what is wrong with it; then its text ends before the first bad character.
    """
    wide = next((name for mark, name in _BOMS if content.startswith(mark)), None) or _wide_without_mark(content)
    if wide is not None:
        return Source(file, ""), _at(Source(file, ""), 0, 0, f"the file is {wide}, not UTF-8", _SAVE)
    if content.startswith(_UTF8_BOM):
        source = Source(file, content.decode("utf-8", "replace").removeprefix("\ufeff"))
        return source, _at(source, 0, 0, "the file starts with a byte order mark", _SAVE)
    try:
        text = content.decode("utf-8")
    except UnicodeDecodeError as error:
        source = Source(file, content[: error.start].decode("utf-8"))
        return source, _bad_byte(source, content, error.start)
    bad = (_FORBIDDEN_IN_ASCII if text.isascii() else _forbidden()).search(text)
    if bad is None:
        return Source(file, text), None
    source = Source(file, text[: bad.start()])
    offset = len(source.text.encode("utf-8"))
    name = "a NUL" if bad[0] == "\0" else f"the control character U+{ord(bad[0]):04X}"
    help_ = "is this a binary file?" if bad[0] == "\0" else "remove it, or write it as an escape in double quotes"
    return source, _at(source, len(source.text), offset, f"{name} is not allowed in YAML", help_)


@cache
def _forbidden() -> re.Pattern[str]:
    """What YAML forbids of all characters. Compiling it takes longer than reading the files of most projects."""
    return re.compile("[^\t\n\r\x20-\x7e\x85\xa0-\ud7ff\ue000-\ufefe\uff00-\ufffd\U00010000-\U0010ffff]")


def _wide_without_mark(content: bytes) -> str | None:
    """UTF-16 without a mark shows as a NUL beside each ASCII letter."""
    head = content[:64]
    if len(head) < 4 or head.count(0) * 3 < len(head):
        return None
    return "UTF-32" if head.count(0) * 3 >= len(head) * 2 else "UTF-16"


def _bad_byte(source: Source, content: bytes, offset: int) -> Diagnostic:
    byte = content[offset]
    if content[offset : offset + 1] == b"\xed" and 0xA0 <= (content + b"\0\0")[offset + 1] <= 0xBF:
        message, guess = "a lone surrogate is not a character", "the text was cut inside a character, or is CESU-8"
    elif byte >= 0xC2 and offset + 4 > len(content):
        message, guess = "the last character is cut off", "was the file written completely?"
    else:
        letter = bytes([byte]).decode("cp1252", "replace")
        message = f"byte 0x{byte:02X} is not UTF-8"
        guess = f"it looks like Windows-1252 or Latin-1 (`{letter}`); save the file as UTF-8"
    return _at(source, len(source.text), offset, message, guess)


def _at(source: Source, character: int, offset: int, message: str, guess: str) -> Diagnostic:
    before = source.text[:character]
    line = before.count("\n")
    at = Place(source, place(line, len(before) - (before.rfind("\n") + 1)))
    return at.report(ENCODING, f"{message} (byte {offset})", help=guess)
