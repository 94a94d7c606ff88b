"""Whether the server would let the caller make the changes of a plan: its tags, and its permissions in each vhost.

The server checks them change by change while a plan is applied, so that half of it would be done. Tags come with the
login. Permissions can be read by administrators only; of others nobody can tell before.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import TYPE_CHECKING

from mqinfra.model.change import Action, Change
from mqinfra.model.setting import Problem
from mqinfra.providers.base.kind import Objection
from mqinfra.providers.rabbitmq.api.call import RabbitFault
from mqinfra.providers.rabbitmq.api.faults import grant_advice, tag_advice
from mqinfra.providers.rabbitmq.io.list_all import rows_of
from mqinfra.providers.rabbitmq.pattern.regex import Pattern, compile_pattern
from mqinfra.providers.rabbitmq.spec import binding as binding_spec
from mqinfra.providers.rabbitmq.spec import exchange as exchange_spec
from mqinfra.providers.rabbitmq.spec import permission as permission_spec
from mqinfra.providers.rabbitmq.spec import policy as policy_spec
from mqinfra.providers.rabbitmq.spec import queue as queue_spec
from mqinfra.providers.rabbitmq.spec import user as user_spec
from mqinfra.providers.rabbitmq.spec import vhost as vhost_spec

if TYPE_CHECKING:
    from mqinfra.providers.rabbitmq.io.client import RabbitClient

_ADMINISTRATOR, _POLICYMAKER = "administrator", "policymaker"
_TAGS: Mapping[str, str] = {
    vhost_spec.KIND: _ADMINISTRATOR,
    user_spec.KIND: _ADMINISTRATOR,
    permission_spec.KIND: _ADMINISTRATOR,
    permission_spec.TOPIC_KIND: _ADMINISTRATOR,
    policy_spec.OPERATOR_KIND: _ADMINISTRATOR,
    policy_spec.KIND: _POLICYMAKER,
    "parameters": _POLICYMAKER,
    "globalParameters": _POLICYMAKER,
}
"""The tag that writing a kind wants (docs/management.md, "Permissions"); an administrator is a policymaker too."""
_OBJECTS = frozenset({queue_spec.KIND, exchange_spec.KIND, binding_spec.KIND})
_RIGHTS = ("configure", "write", "read")
_DEFAULT_EXCHANGE = "amq.default"
"""What permissions call the exchange without a name (rabbit_access_control.erl)."""

Granted = Mapping[str, Mapping[str, str]]
"""Patterns by right, by vhost."""


def objections(client: "RabbitClient", changes: Sequence[Change]) -> list[Objection]:
    """Say what the server would refuse the caller, and what nobody could tell.

    Raises:
        UserError: the server can't be read.
    """
    found = [Objection(change.address, problem) for change in changes if (problem := _tag_problem(client, change))]
    made = {change.address.path[0] for change in changes if _is_new_vhost(change)}
    objects = [c for c in changes if c.address.kind in _OBJECTS and c.address.path[0] not in made]
    if not objects:
        return found
    granted = _granted(client, changes)
    if granted is None:
        unknown = Problem(
            f"whether `{client.user}` may do this can't be read: RabbitMQ shows permissions to administrators only",
            "plan as an administrator to check it, or see `rabbitmqctl list_user_permissions`",
        )
        return [*found, *(Objection(change.address, unknown, unchecked=True) for change in objects)]
    return [*found, *(Objection(c.address, p) for c in objects for p in _missing(client, c, granted))]


def _tag_problem(client: "RabbitClient", change: Change) -> Problem | None:
    tag = _TAGS.get(change.address.kind)
    if tag is None or client.tags & {tag, _ADMINISTRATOR}:
        return None
    return Problem(f"not allowed: `{client.user}` needs the tag `{tag}`", tag_advice(client.user, tag))


def _is_new_vhost(change: Change) -> bool:
    """Whoever makes a vhost gets all rights in it (rabbit_mgmt_wm_vhost.erl `maybe_grant_full_permissions`)."""
    return change.address.kind == vhost_spec.KIND and change.action is Action.CREATE


def _granted(client: "RabbitClient", changes: Iterable[Change]) -> Granted | None:
    """The caller's permissions as they are when queues are made; None where they can't be read."""
    if _ADMINISTRATOR not in client.tags:
        return None
    rows = client.get("users", client.user, "permissions")
    if isinstance(rows, RabbitFault):
        return None
    granted = {str(row["vhost"]): {right: str(row.get(right) or "") for right in _RIGHTS} for row in rows_of(rows)}
    for change in changes:
        own = change.address.kind == permission_spec.KIND and change.address.name == client.user
        if own and change.after is not None:
            granted[change.address.path[0]] = {right: str(change.after.get(right) or "") for right in _RIGHTS}
    return granted


def _missing(client: "RabbitClient", change: Change, granted: Granted) -> Iterator[Problem]:
    vhost = change.address.path[0]
    for right, name in _needed(change):
        pattern = granted.get(vhost, {}).get(right, "")
        compiled = compile_pattern(pattern) if pattern else None
        if isinstance(compiled, Problem) or (isinstance(compiled, Pattern) and compiled.matches(name)):
            continue
        yield Problem(
            f"not allowed: `{client.user}` needs `{right}` on `{name}` in vhost `{vhost}`",
            "; ".join(grant_advice(vhost, client.user)),
        )


def _needed(change: Change) -> Iterator[tuple[str, str]]:
    """Rights and the names that they are needed on (docs/access-control.md, rabbit_channel.erl)."""
    address = change.address
    if address.kind == binding_spec.KIND:
        pairs = dict(address.pairs)
        yield "write", pairs.get("queue") or pairs.get("toExchange", "")
        yield "read", pairs.get("exchange", "")
        return
    yield "configure", address.name
    said = (change.after or {}).get("arguments")
    arguments = said if isinstance(said, dict) else {}
    key = "x-dead-letter-exchange" if address.kind == queue_spec.KIND else "alternate-exchange"
    if arguments.get(key) is not None:
        yield "read", address.name
        yield "write", str(arguments[key]) or _DEFAULT_EXCHANGE
