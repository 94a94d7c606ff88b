"""Ways out of a difference in something that a queue has for good, in words that can be pasted into a manifest."""

import json
import re

from pydantic import JsonValue

from mqinfra.model.change import FieldDifference, Undo
from mqinfra.model.reading import Live
from mqinfra.providers.base.verdict import Verdict, Way
from mqinfra.providers.rabbitmq.patterns import exactly
from mqinfra.providers.rabbitmq.queue_arguments import policy_key_of
from mqinfra.providers.rabbitmq.typed_setting import Version

_PLAIN = re.compile(r"[A-Za-z_][A-Za-z0-9._-]*")
_MOVE = (
    "a queue keeps its type, and no policy changes it: declare a new queue beside it with the same bindings, let "
    "consumers empty this one, and remove it then"
)


def verdict(difference: FieldDifference, live: Live, version: Version = ()) -> Verdict:
    """Say that a queue has to be made again for a difference, and what else there is."""
    return Verdict(Way.REPLACE, undo=Undo.NO, advice=tuple(_advice(difference, live, version)))


def _advice(difference: FieldDifference, live: Live, version: Version) -> list[str]:
    path, before, after = difference.path, difference.before, difference.after
    if path == ("type",):
        return [_MOVE]
    if path[0] != "arguments" or len(path) != 2:
        return []
    argument = path[1]
    if after is None:
        return [
            f"the queue has `{argument}` for good: declare it as it is, `arguments: {{{argument}: {_yaml(before)}}}`"
        ]
    key = policy_key_of(argument, str(live.spec.field(("type",)) or ""), version)
    if key is None:
        return []
    policy = policy_text(live.private if isinstance(live.private, str) else "NAME", key, after)
    if before is None:
        return [f"a policy can do the same to the live queue; leave the argument out, and declare `{policy}`"]
    text = (
        f"an argument wins over a policy; a queue that is declared without `{argument}` can have it changed at any time"
    )
    return [f"{text}, by `{policy}`"]


def policy_text(queue: str, key: str, value: JsonValue) -> str:
    """A policy for one queue, as an entry of a vhost in a manifest."""
    name, quoted = _key(f"{queue}.limits"), exactly([queue]).replace("'", "''")
    return f"policies: {{{name}: {{pattern: '{quoted}', applyTo: queues, definition: {{{key}: {_yaml(value)}}}}}}}"


def _key(name: str) -> str:
    return name if _PLAIN.fullmatch(name) else json.dumps(name, ensure_ascii=False)


def _yaml(value: JsonValue) -> str:
    if isinstance(value, str) and _PLAIN.fullmatch(value) and value not in ("true", "false", "null", "yes", "no"):
        return value
    return json.dumps(value, ensure_ascii=False)
