"""What the server would refuse of a binding, or break over. Pure."""

import json
from collections.abc import Iterator, Mapping

from pydantic import JsonValue

from mqinfra.model.address import Address
from mqinfra.model.setting import Problem
from mqinfra.providers.base.placement import pair_text
from mqinfra.providers.rabbitmq.spec.paths import LONGEST_NAME, name_problem, path_problem

_ENDS = (("exchange", "exchange"), ("queue", "queue"), ("toExchange", "exchange"))
_PARTS = frozenset((*dict(_ENDS), "routingKey", "arguments"))


def problem(address: Address) -> Problem | None:
    """Why a binding of this address can't be, all told by its address; None when it can."""
    wrong = path_problem(address, ("VHOST",), pairs=True)
    if wrong is not None:
        return wrong
    return next(_problems(dict(address.pairs)), None)


def _problems(pairs: Mapping[str, str]) -> Iterator[Problem]:
    if not _PARTS.issuperset(pairs):
        unknown = next(name for name in pairs if name not in _PARTS)
        yield Problem(
            f"`{unknown}` is not a part of a binding",
            "parts: exchange, queue or toExchange, routingKey, arguments",
        )
    if "exchange" not in pairs:
        yield Problem("a binding needs its source `exchange`", "add `exchange`")
    if ("queue" in pairs) == ("toExchange" in pairs):
        yield Problem("a binding has one destination", "set either `queue` or `toExchange`")
    for part, title in _ENDS:
        wrong = name_problem(pairs[part], title, reserved=()) if part in pairs else None
        if wrong is not None:
            yield wrong
    key = pairs.get("routingKey", "")
    size = len(key) if key.isascii() else len(key.encode("utf-8", "surrogatepass"))
    if size > LONGEST_NAME:
        yield Problem(f"the routing key must have at most {LONGEST_NAME} bytes, got {size}", "shorten it")
    if "arguments" in pairs:
        yield from _arguments_problems(pairs["arguments"], key)


def _arguments_problems(text: str, key: str) -> Iterator[Problem]:
    try:
        arguments: JsonValue = json.loads(text)
    except ValueError:
        arguments = None
    if not isinstance(arguments, dict) or not arguments:
        yield Problem(f"`{text}` are not valid arguments of a binding", 'write them as JSON, `{"x-match":"all"}`')
        return
    if pair_text(arguments) != text:
        yield Problem("the arguments are not written as in addresses", f"write `{pair_text(arguments)}`")
    if _holds_null(arguments):
        yield Problem("an argument is null, which RabbitMQ can't handle", "leave it out")
    if "~" in key:
        # The server makes the binding, can't name it, and from then on answers every list of bindings with 500.
        yield Problem(
            "a routing key with `~` and arguments together make RabbitMQ fail to list bindings, for everybody",
            "use another routing key, or no arguments",
        )


def _holds_null(value: JsonValue) -> bool:
    if isinstance(value, dict):
        return any(map(_holds_null, value.values()))
    return any(map(_holds_null, value)) if isinstance(value, list) else value is None
