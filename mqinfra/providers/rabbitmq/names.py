"""Where entries of RabbitMQ hold names: of vhosts, users, exchanges and queues, and in the patterns of rights."""

from collections.abc import Iterator, Mapping
from typing import Any

from mqinfra.model.frozen import dataclass
from mqinfra.model.names import Affix, NameAt, NameForm, PlainName, without
from mqinfra.model.setting import Problem
from mqinfra.providers.base.naming import names_at, part
from mqinfra.providers.rabbitmq.pattern.regex import Pattern, compile_pattern, escaped, exactly, names_in
from mqinfra.providers.rabbitmq.pattern.shape import alternatives

QUEUES, EXCHANGES, VHOSTS, USERS = "queues", "exchanges", "vhosts", "users"
NAME = PlainName(own=("amq.*",))
_LETTERS, _KEY = "dead-letter-exchange", "dead-letter-routing-key"


@dataclass(frozen=True, slots=True)
class _Pattern(NameForm):
    """A regular expression: of one that lists names each is rewritten, else what is fixed at its beginning."""

    def with_affix(self, text: str, affix: Affix, *, begins: bool) -> str | Problem:
        listed = names_in(text)
        if listed is not None:
            some = [NAME.with_affix(name, affix, begins=begins) for name in listed]
            return exactly(name for name in some if isinstance(name, str)) if some else text
        compiled = compile_pattern(text)
        begun = isinstance(compiled, Pattern) and bool(compiled.prefix) and _anchored(text)
        if not begun or affix.suffix:
            also = " and end" if affix.suffix else ""
            return Problem(
                f"`{text}` matches names of other environments too: this one gives names a "
                f"{'suffix' if affix.suffix else 'prefix'}, and only a pattern that lists names"
                f"{'' if affix.suffix else ', or has a fixed beginning,'} can get it",
                "write `^(?:NAME|NAME)$`" if also else "begin it with `^` and what the names begin with: `^orders\\.`",
            )
        if isinstance(compiled, Pattern) and compiled.prefix.startswith(b"amq."):
            return text
        return f"^{escaped(affix.prefix)}{text[1:]}"

    def without_affix(self, text: str, affix: Affix, *, begins: bool) -> str:
        listed = names_in(text)
        if listed is not None:
            return exactly(NAME.without_affix(name, affix, begins=begins) for name in listed) if listed else text
        inner = without(text[1:], Affix(escaped(affix.prefix)))
        return f"^{inner}" if text.startswith("^") else text


def _anchored(text: str) -> bool:
    return text.startswith("^") and not alternatives(text)


PATTERN = _Pattern()


def in_arguments(data: Mapping[str, Any], *path: str, lead: str = "x-") -> Iterator[NameAt]:
    """Where dead letters go; by the default exchange the routing key is the name of a queue."""
    held: Mapping[str, Any] = data
    for step in path:
        held = part(held, step)
    yield from names_at(held, (*path, lead + _LETTERS), EXCHANGES, form=NAME)
    if held.get(lead + _LETTERS) == "":
        yield from names_at(held, (*path, lead + _KEY), QUEUES, form=NAME)
    yield from names_at(held, (*path, "alternate-exchange"), EXCHANGES, form=NAME)


def in_queue(data: Mapping[str, Any]) -> Iterator[NameAt]:
    """What its sugar and arguments lead to."""
    bindings = data.get("bindings")
    for index, one in enumerate(bindings if isinstance(bindings, list | tuple) else ()):
        yield from names_at(one, ("bindings", str(index), "exchange"), EXCHANGES, form=NAME)
    letters = part(data, "deadLetter")
    for field, kind in (("name", QUEUES), ("queue", QUEUES), ("exchange", EXCHANGES)):
        yield from names_at(letters, ("deadLetter", field), kind, form=NAME)
    yield from in_arguments(data, "arguments")
    yield from in_arguments(data, "deadLetter", "arguments")


def in_binding(data: Mapping[str, Any]) -> Iterator[NameAt]:
    """Its ends."""
    for field, kind in (("exchange", EXCHANGES), ("queue", QUEUES), ("toExchange", EXCHANGES)):
        yield from names_at(data, (field,), kind, form=NAME)


_APPLIES = {"exchanges": (EXCHANGES,), "all": (QUEUES, EXCHANGES)}


def in_policy(data: Mapping[str, Any]) -> Iterator[NameAt]:
    """What it reaches, and where it leads dead letters."""
    said = data.get("applyTo", "all")
    kinds = _APPLIES.get(said, (QUEUES,)) if isinstance(said, str) else (QUEUES,)
    yield from names_at(data, ("pattern",), *kinds, form=PATTERN)
    yield from in_arguments(data, "definition", lead="")


def in_permission(data: Mapping[str, Any]) -> Iterator[NameAt]:
    """What somebody may configure, write and read."""
    for field in ("configure", "write", "read"):
        yield from names_at(data, (field,), QUEUES, EXCHANGES, form=PATTERN)


def in_access(data: Mapping[str, Any]) -> Iterator[NameAt]:
    """Whom it is for, and all that it names; what others own is a mapping."""
    yield from names_at(data, ("user",), USERS)
    yield from names_at(data, ("consumes",), QUEUES, form=NAME)
    yield from names_at(data, ("publishes",), EXCHANGES, form=NAME)
    yield from names_at(data, ("configures",), QUEUES, EXCHANGES, form=NAME)
