"""Findings that share a cause, told once: one line, one variable or one limit may be behind hundreds of resources.

For people only. JSON and saved plans keep every finding with its address.
"""

import re
from collections.abc import Iterable, Sequence
from typing import NamedTuple

from mqinfra.model.address import Address, AddressError
from mqinfra.model.diagnostic import Diagnostic

_NAMED = 3
_QUOTED = re.compile(r"`[^`]*`")
_VARIABLE = re.compile(r"(?<!\$)\$\{[^}]+\}")


class _Cause(NamedTuple):
    """What findings have to have in common besides their code and severity."""

    kind: str
    what: object


def one_per_cause(diagnostics: Iterable[Diagnostic], *, brief: bool = True) -> list[Diagnostic]:
    """Keep the first finding of each cause, and say how many others it has; the order stays.

    Args:
        diagnostics: what was found, in order.
        brief: name only the first of the other resources.
    """
    return [told_once(group, most=_NAMED if brief else len(group)) for group in by_cause(diagnostics)]


def by_cause(diagnostics: Iterable[Diagnostic]) -> list[list[Diagnostic]]:
    """Put findings that share a cause together; the order stays."""
    groups: dict[object, list[Diagnostic]] = {}
    for number, diagnostic in enumerate(diagnostics):
        cause = _cause(diagnostic)
        key = number if cause is None else (diagnostic.code, diagnostic.severity, cause)
        groups.setdefault(key, []).append(diagnostic)
    return list(groups.values())


def _cause(diagnostic: Diagnostic) -> _Cause | None:
    if diagnostic.cause:
        return _Cause("limit", diagnostic.cause)
    span = diagnostic.span
    if span is None:
        return None
    text = (diagnostic.source or "")[span.column - 1 : span.end_column - 1]
    if _VARIABLE.search(text):
        return _Cause("variable", (text, _without_name(diagnostic)))
    return _Cause("line", (span, _without_name(diagnostic))) if diagnostic.address is not None else None


def _without_name(diagnostic: Diagnostic) -> str:
    """The message as it would be for a resource of another name."""
    name = _name(diagnostic)
    return _QUOTED.sub(lambda word: word[0].replace(name, ""), diagnostic.message) if name else diagnostic.message


def _name(diagnostic: Diagnostic) -> str:
    """What to call the resource: its own name; empty where the finding is of none."""
    try:
        return Address.parse(diagnostic.address or "").name
    except AddressError:  # a cluster, `ALIAS (host:port)`
        return diagnostic.address or ""


def told_once(group: Sequence[Diagnostic], *, most: int = _NAMED) -> Diagnostic:
    """The first finding of a cause, saying how many others there are and naming so many of them."""
    first, others = group[0], group[1:]
    if not others:
        return first
    names = dict.fromkeys(name for name in map(_name, others) if name and name != _name(first))
    listed = ", ".join(f"`{name}`" for name in list(names)[:most]) + (", ..." if len(names) > most else "")
    text = f"the same applies to {len(others):,} more" + (f": {listed}" if listed else "")
    return first.model_copy(update={"help": (*first.help, text)})
