"""Promises of a stream that its own declaration contradicts."""

from collections.abc import Iterator

from mqinfra.model.diagnostic import Diagnostic
from mqinfra.model.promises import FIELD
from mqinfra.providers.base.codes import PROMISE_CONTRADICTED
from mqinfra.providers.base.rule import Context, ResourceRule, Rule, Subject
from mqinfra.providers.redis.rules.deployment import EXPECTED, STREAMS
from mqinfra.providers.redis.streams.spec import DEAD_LETTERS


class PromiseContradicted(ResourceRule):
    """What can be told from the entry."""

    kinds = frozenset({STREAMS})
    codes = (PROMISE_CONTRADICTED,)

    def look_at(self, subject: Subject, _context: Context) -> Iterator[Diagnostic]:
        """Hold each promise against the entry."""
        for name, why, fix in _contradictions(subject):
            message = f"`{subject.address.name}` can't keep `{name}` as promised: {why}"
            yield subject.at(PROMISE_CONTRADICTED, (FIELD, name), message, help=fix)


def _contradictions(subject: Subject) -> Iterator[tuple[str, str, str]]:
    promises, most = subject.declaration.promises, subject.fields.get(EXPECTED)
    if promises.dead_letter_after is not None and not any(
        one.role == DEAD_LETTERS for one in subject.declaration.references
    ):
        yield "deadLetterAfter", "nothing says where dead letters go", "add `deadLetter: true`"
    if promises.max_lag is not None and isinstance(most, int) and most < promises.max_lag:
        why = f"at most {most:,} entries are expected in it, so that older ones are gone before they are read"
        yield "maxLag", why, "raise `expectedMaxLength`, or promise less"


RULES: tuple[Rule, ...] = (PromiseContradicted(),)
