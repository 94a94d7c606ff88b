"""Ways out of a difference in what queues and exchanges have for good, in words that can be pasted into a manifest.

An argument wins over a policy, so that a policy is a way out for what is *added* to a live queue only; for a value that
has to change it is how to declare the next one.
"""

import json
import re

from pydantic import JsonValue

from mqinfra.model.change import FieldDifference
from mqinfra.model.reading import Live
from mqinfra.model.wording import with_article
from mqinfra.providers.rabbitmq.pattern.regex import exactly
from mqinfra.providers.rabbitmq.settings.queue_arguments import policy_key_of
from mqinfra.providers.rabbitmq.settings.typed import Version

_CHAIN = re.compile(r"\.dlx\.[0-9a-f]{8}\Z")
"""How the name of the exchange ends that retries begin with."""
_PLAIN = re.compile(r"[A-Za-z_][A-Za-z0-9._-]*")
_WORDS = frozenset({"true", "false", "yes", "no", "on", "off", "null", "y", "n"})
"""Plain text that YAML takes for something else."""
_MOVE = (
    "a queue's type can't be changed, not even by a policy: declare a new queue beside it with the same bindings, let "
    "consumers empty this one, and remove it then"
)
_ALTERNATE = "alternate-exchange"
_FIXED_RETRIES = (
    "with `deadLetter: {via: argument}` the queue leads to its present retries for good: keep the `delays`, or declare "
    "a new queue beside it with `via: policy`, whose delays can change at any time, and move to it"
)


def of_queue(difference: FieldDifference, live: Live, version: Version = ()) -> tuple[str, ...]:
    """Ways out of a difference of a queue.

    Args:
        difference: what differs.
        live: the queue, with its name in `private`.
        version: the server's; empty for the newest.
    """
    if difference.path == ("type",):
        return (_MOVE,)
    if difference.path[0] != "arguments" or len(difference.path) != 2:
        return ()
    if _is_chain(difference):
        return (_FIXED_RETRIES,)
    kind = str(live.spec.field(("type",)) or "")
    return _advice("queue", difference, live, policy_key_of(difference.path[1], kind, version))


def _is_chain(difference: FieldDifference) -> bool:
    """Whether a queue shall lead to other retries than those that it leads to by its argument."""
    sides = (difference.before, difference.after)
    return difference.path[1] == "x-dead-letter-exchange" and all(
        isinstance(side, str) and _CHAIN.search(side) is not None for side in sides
    )


def of_exchange(difference: FieldDifference, live: Live) -> tuple[str, ...]:
    """Ways out of a difference of an exchange, with its name in `private`."""
    if difference.path[0] != "arguments" or len(difference.path) != 2:
        return ()
    key = _ALTERNATE if difference.path[1] == _ALTERNATE else None
    return _advice("exchange", difference, live, key)


def policy_text(title: str, name: str, key: str, value: JsonValue) -> str:
    """A policy for one queue or exchange, as an entry of a vhost in a manifest.

    Args:
        title: `queue` or `exchange`.
        name: its name.
        key: what the policy sets.
        value: to what.
    """
    pattern = exactly([name]).replace("'", "''")
    body = f"pattern: '{pattern}', applyTo: {title}s, definition: {{{key}: {_yaml(value)}}}"
    return f"policies: {{{_yaml(f'{name}.limits')}: {{{body}}}}}"


def _advice(title: str, difference: FieldDifference, live: Live, key: str | None) -> tuple[str, ...]:
    argument, before, after = difference.path[1], difference.before, difference.after
    if after is None:
        kept = f"arguments: {{{argument}: {_yaml(before)}}}"
        return (f"the {title} has `{argument}` permanently: declare it as it is, `{kept}`",)
    if key is None:
        return ()
    policy = policy_text(title, live.private if isinstance(live.private, str) else "NAME", key, after)
    if before is None:
        return (f"a policy can set the same on the live {title}; leave the argument out, and declare `{policy}`",)
    free = f"{with_article(title)} that is declared without `{argument}` can have it changed at any time"
    return (f"an argument wins over a policy; {free}, by `{policy}`",)


def _yaml(value: JsonValue) -> str:
    """A value as YAML that stands within braces: JSON, but for plain words."""
    if isinstance(value, str) and _PLAIN.fullmatch(value) and value.lower() not in _WORDS:
        return value
    return json.dumps(value, ensure_ascii=False)
