"""Durations and sizes: `7d` to milliseconds, `1GiB` to bytes, and back for people.

`ms s m h d w`; `kB MB GB` are powers of 1000 and `KiB MiB GiB` of 1024, as IEC 80000-13 has them. Arithmetic is
exact, so `1.5h` is, and `0.1ms` is refused rather than rounded.
"""

import re
from fractions import Fraction

_MS = {"ms": 1, "s": 1000, "m": 60_000, "h": 3_600_000, "d": 86_400_000, "w": 604_800_000}
_BYTES = {"B": 1, "kB": 10**3, "MB": 10**6, "GB": 10**9, "TB": 10**12} | {
    "KiB": 2**10,
    "MiB": 2**20,
    "GiB": 2**30,
    "TiB": 2**40,
}
_QUANTITY = re.compile(r"([0-9]{1,15}(?:\.[0-9]{1,9})?)([A-Za-z]+)")


def parse_ms(text: str) -> int | None:
    """Milliseconds in a text such as `7d` or `1h30m`; None when it is none or has a fraction of a millisecond."""
    return _parse(text, _MS)


def parse_bytes(text: str) -> int | None:
    """Bytes in a text such as `1GiB` or `500MB`; None when it is none or has a fraction of a byte."""
    return _parse(text, _BYTES)


def _parse(text: str, units: dict[str, int]) -> int | None:
    rest, total = text.strip(), Fraction(0)
    if not rest or len(rest) > 60:
        return None
    while rest:
        match = _QUANTITY.match(rest)
        if match is None or match[2] not in units:
            return None
        total += Fraction(match[1]) * units[match[2]]
        rest = rest[match.end() :]
    return int(total) if total.denominator == 1 else None


def format_ms(value: int) -> str:
    """Write milliseconds for people in the largest unit that divides them: 604800000 is `7d`."""
    return _format(value, (("d", 86_400_000), ("h", 3_600_000), ("m", 60_000), ("s", 1000)), "ms")


def format_bytes(value: int) -> str:
    """Write bytes for people in the largest unit that divides them: 1073741824 is `1GiB`."""
    steps = [("TiB", 2**40), ("GiB", 2**30), ("MiB", 2**20), ("KiB", 2**10)]
    decimal = [("TB", 10**12), ("GB", 10**9), ("MB", 10**6), ("kB", 10**3)]
    return _format(value, (*steps, *decimal), "B")


def _format(value: int, steps: tuple[tuple[str, int], ...], base: str) -> str:
    if value <= 0:
        return f"{value}{base}" if value == 0 else str(value)
    for name, size in steps:
        if value % size == 0:
            return f"{value // size}{name}"
    return f"{value}{base}"
