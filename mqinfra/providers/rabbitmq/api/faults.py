"""What an answer that is no yes means: refused, to be tried again, lost, or a missing right.

Pure: statuses and the server's words come in as values, so that meanings are tested without a server. How the server
makes them is in deps/rabbitmq_management/src/rabbit_mgmt_util.erl: `not_found` is 404, `access_refused` and
`not_allowed` are 401, every other error of AMQP is 400 with its text.
"""

from collections.abc import Mapping
from dataclasses import replace

from pydantic import JsonValue

from mqinfra.providers.base.connecting.fault import Meaning
from mqinfra.providers.base.request import Accepted, Lost, Refused
from mqinfra.providers.rabbitmq.api.call import Answer, Call, RabbitFault

_BUSY = frozenset({429, 500, 502, 503, 504})
_BY_STATUS = {401: Meaning.DENIED, 403: Meaning.DENIED, 404: Meaning.ABSENT}
_DOWN = (
    "down or inaccessible",
    "nodedown",
    "cluster is in minority",
    "cluster_not_formed",
    "coordinator_unavailable",
)
"""Said of a queue whose node is down, with the status of one that does not exist (rabbit_amqqueue.erl `not_found`), and
of one that can't be made while most nodes are (measured on 3.10 and 4.3)."""
_UNSURE = ("operation timed out", "due to timeout")
"""Said from 4.3 on while most nodes are down: what was asked for may come to pass when they are back."""
_INEQUIVALENT = "inequivalent arg"
"""Said of a queue or exchange that somebody made otherwise (rabbit_misc.erl `assert_args_equivalence1`)."""
_POISONED = (
    "someone created a binding with arguments and a `~` in its routing key, which makes RabbitMQ fail to list bindings",
    "remove it by AMQP (`queue_unbind` with the same routing key and arguments), or delete its queue or exchange",
)
"""Measured on 3.10 and 4.0: from then on every list with it in is answered with 500."""
_WITH_TAG: Mapping[str, str] = {
    "policies": "policymaker",
    "parameters": "policymaker",
    "global-parameters": "policymaker",
    "operator-policies": "administrator",
    "vhosts": "administrator",
    "vhost-limits": "administrator",
    "users": "administrator",
    "user-limits": "administrator",
    "permissions": "administrator",
    "topic-permissions": "administrator",
    "definitions": "administrator",
    "feature-flags": "administrator",
    "nodes": "monitoring",
}
"""The tag that writing wants, by the first part of the path (docs/management.md, "Permissions")."""
_TAG_SAID: Mapping[str, str] = {
    "Not administrator user": "administrator",
    "Not monitor user": "monitoring",
    "Not policymaker": "policymaker",
}
"""The tag that the server says is missing (rabbit_mgmt_util.erl `is_authorized_*`)."""


def fault_of(call: Call, status: int, body: JsonValue, user: str) -> RabbitFault:
    """The fault of an answer of RabbitMQ's that is no yes."""
    words = reason(body) or f"status {status} without a reason"
    if words == "vhost_not_found" and len(call.segments) > 1:
        words = f"there is no vhost `{call.segments[1]}`"
    if status in (401, 403):
        return _denied(call, status, words, user)
    hints: tuple[str, ...] = ()
    if status == 413 or "too large" in words:
        hints = ("raise `management.http.max_body_size` on the server, or send less at once",)
    if status == 500 and call.method == "GET" and "bindings" in call.segments:
        hints = _POISONED
    return answered(words, status, hints, call.method)


def answered(message: str, status: int, help_: tuple[str, ...] = (), method: str = "") -> RabbitFault:
    """The fault of an answer of RabbitMQ's own.

    Args:
        message: what went wrong.
        status: HTTP status.
        help_: what to do now.
        method: method of the call.
    """
    return RabbitFault(message, _meaning(message, status), help_, status=status, method=method)


def closed(message: str, code: int) -> RabbitFault:
    """The fault of a connection or channel that the server closed, by AMQP's reply code."""
    return RabbitFault(message, _meaning(message, code), status=code)


def is_down(message: str) -> bool:
    """Whether the server says that nodes which it needs are down, whatever the status says."""
    return any(sign in message for sign in (*_DOWN, *_UNSURE))


def _meaning(message: str, status: int) -> Meaning:
    if any(sign in message for sign in _UNSURE):
        return Meaning.LOST
    later = status in _BUSY or any(sign in message for sign in _DOWN)
    return Meaning.RETRY if later else _BY_STATUS.get(status, Meaning.REFUSED)


def reason(body: JsonValue) -> str:
    """The server's own words in an error's body: `reason`, which may be a list on old servers, else `error`."""
    if not isinstance(body, dict):
        return ""
    said = body.get("reason") or body.get("error") or ""
    alarms = body.get("alarms")
    if isinstance(alarms, list):  # of a health check
        some = [item for item in alarms if isinstance(item, dict)]
        return f"{said}: " + ", ".join(f"{item.get('resource')} on {item.get('node')}" for item in some)
    if isinstance(said, list):
        return ", ".join(str(part) for part in said)
    # Refused parameters and policies come with a headline and a line per reason.
    headline, *reasons = [line.strip() for line in str(said).splitlines() if line.strip()] or [""]
    return f"{headline}: {'; '.join(reasons)}" if reasons else headline


def is_login(words: str) -> bool:
    """Whether a 401 is about who calls, and not about what the call wants."""
    low = words.lower()
    return "login failed" in low or "not management user" in low or ("login" in low and "can only" in low)


def to_result(answer: Answer | RabbitFault) -> Accepted | Refused | Lost:
    """Say what became of a call that writes."""
    if isinstance(answer, Answer):
        return Accepted()
    if answer.absent and answer.method == "DELETE":
        return Accepted("it was already gone")
    result = answer.result()
    if isinstance(result, Refused) and _INEQUIVALENT in result.message:
        return replace(result, conflict=True)
    return result


def _denied(call: Call, status: int, words: str, user: str) -> RabbitFault:
    if is_login(words):
        message = f"RabbitMQ refused the login of `{user}`: {words}"
        return answered(message, status, ("check `username` and `password` of the cluster",), call.method)
    kind, *names = call.segments or ("",)
    vhost = names[0] if names else ""
    tag = next((tag for sign, tag in _TAG_SAID.items() if sign in words), "")
    if call.method != "GET":
        tag = tag or _WITH_TAG.get(kind, "")
    if tag:
        there = f", and a right on vhost `{vhost}`" if tag == "policymaker" and vhost else ""
        message = f"not allowed: `{user}` needs the tag `{tag}`{there} ({words})"
        return answered(message, status, (tag_advice(user, tag),), call.method)
    if kind in ("queues", "exchanges", "bindings") and vhost:
        message = f"{_right(call, kind, names, user)} ({words})"
        return answered(message, status, grant_advice(vhost, user), call.method)
    message = f"not allowed: `{user}` may not {call} ({words})"
    return answered(message, status, ("ask an administrator for the tag or right",), call.method)


def _right(call: Call, kind: str, names: list[str], user: str) -> str:
    vhost = names[0]
    if call.method == "GET" or len(names) < 2:
        return f"not allowed: `{user}` may not look into vhost `{vhost}`"
    if kind == "bindings" and len(names) >= 5:
        source, target = names[2], names[4]
        return (
            f"not allowed: `{user}` needs `write` on `{target}` and `read` on `{source}`, and access to vhost `{vhost}`"
        )
    if names[1].startswith("amq."):
        return f"not allowed: names that begin with `amq.` are the server's own, and `{names[1]}` is such"
    return f"not allowed: `{user}` needs `configure` on `{names[1]}` in vhost `{vhost}`"


def tag_advice(user: str, tag: str) -> str:
    """How a user gets a tag."""
    return f"an administrator can add it: `rabbitmqctl set_user_tags {user} {tag}`, together with the tags it has"


def grant_advice(vhost: str, user: str) -> tuple[str, ...]:
    """How a user gets more rights in a vhost."""
    return (
        f"see what it has: `rabbitmqctl list_permissions -p {vhost}`",
        f"an administrator can widen it: `rabbitmqctl set_permissions -p {vhost} {user} CONFIGURE WRITE READ`",
    )
