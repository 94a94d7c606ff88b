"""Where entries of a registry hold names of subjects; a context before one, `:.lab:orders-value`, is no part of it."""

import re
from collections.abc import Iterator, Mapping
from typing import Any

from mqinfra.model.frozen import dataclass
from mqinfra.model.names import PLAIN, Affix, NameAt, NameForm
from mqinfra.model.setting import Problem
from mqinfra.providers.base.naming import names_at

SUBJECTS = "subjects"
_QUALIFIED = re.compile(r"(:\.[^:]*:)?(.*)", re.DOTALL)


@dataclass(frozen=True, slots=True)
class _Subject(NameForm):
    def with_affix(self, text: str, affix: Affix, *, begins: bool) -> str | Problem:
        context, name = _parted(text)
        real = PLAIN.with_affix(name, affix, begins=begins)
        return real if isinstance(real, Problem) else context + real

    def without_affix(self, text: str, affix: Affix, *, begins: bool) -> str:
        context, name = _parted(text)
        return context + PLAIN.without_affix(name, affix, begins=begins)


def _parted(text: str) -> tuple[str, str]:
    match = _QUALIFIED.fullmatch(text)
    return (match[1] or "", match[2]) if match is not None else ("", text)


SUBJECT = _Subject()


def in_subject(data: Mapping[str, Any]) -> Iterator[NameAt]:
    """The subjects that its schema refers to."""
    some = data.get("references")
    for index, one in enumerate(some if isinstance(some, list | tuple) else ()):
        yield from names_at(one, ("references", str(index), "subject"), SUBJECTS, form=SUBJECT)
