"""What is told of what was found: in order, each thing once, and nothing that only echoes another finding.

Separate from the steps that find things, so that none of them has to know what the others said.
"""

from collections.abc import Iterable

from mqinfra.manifest import codes
from mqinfra.model.diagnostic import Diagnostic, in_order
from mqinfra.model.span import Span

_CAUSES = frozenset(code.id for code in (codes.ALIAS, codes.TAG, codes.NUMBER, codes.VARIABLE, codes.MERGE))
_ECHOES = frozenset(code.id for code in (codes.WRONG_VALUE, codes.MISSING_FIELD))


def told(found: Iterable[Diagnostic]) -> tuple[Diagnostic, ...]:
    """Sort findings and leave out repetitions.

    A value that could not be read is not also said to have the wrong type, and an error in defaults is told once and
    not for every resource that takes them.
    """
    findings = in_order(found)
    unread = {item.span for item in findings if item.code in _CAUSES}
    groups: dict[tuple[str, Span | None, str], list[Diagnostic]] = {}
    for item in findings:
        if item.code in _ECHOES and item.span in unread:
            continue
        groups.setdefault((item.code, item.span, item.message), []).append(item)
    return tuple(_one(group) for group in groups.values())


def _one(group: list[Diagnostic]) -> Diagnostic:
    first, more = group[0], len(group) - 1
    if not more or first.span is None:
        return first
    text = f"the same applies to {more:,} more resource{'s' if more > 1 else ''}"
    return first.model_copy(update={"help": (*first.help, text)})
