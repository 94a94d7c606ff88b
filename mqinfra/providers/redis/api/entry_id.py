"""Ids of stream entries: `MILLISECONDS-SEQUENCE`, compared as numbers."""

import re

_ID = re.compile(r"(?P<ms>[0-9]{1,20})(?:-(?P<seq>[0-9]{1,20}))?")
_LIMIT = 2**64
FIRST = "0-0"
BEYOND = f"{_LIMIT - 1}-{_LIMIT - 1}"
"""Not below any entry's id."""


def parse(text: str) -> tuple[int, int] | None:
    """Both numbers of an id, `5` being `5-0`; None when it is none."""
    match = _ID.fullmatch(text)
    if match is None:
        return None
    found = int(match["ms"]), int(match["seq"] or 0)
    return found if max(found) < _LIMIT else None


def canonical(text: str) -> str:
    """Write an id in full.

    Raises:
        ValueError: it is none; the message is for people.
    """
    found = parse(text)
    if found is None:
        raise ValueError(
            f"invalid entry id `{text}`; write `0` (from the first entry) or an id such as `1700000000000-0`"
        )
    return f"{found[0]}-{found[1]}"


def below(one: str, other: str) -> bool:
    """Tell whether an id comes before another."""
    return (parse(one) or (0, 0)) < (parse(other) or (0, 0))
