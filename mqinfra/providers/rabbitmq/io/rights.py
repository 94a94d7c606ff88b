"""Whether the server would let the caller make the changes of a plan: its tags, and its permissions in each vhost.

The server checks them change by change while a plan is applied, so that half of it would be done. Tags come with the
login. Permissions can be read by administrators only; of others nobody can tell before.
"""

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import TYPE_CHECKING

from mqinfra.model.address import Address
from mqinfra.model.change import Action, Change
from mqinfra.model.frozen import dataclass
from mqinfra.model.setting import Problem
from mqinfra.providers.base.kind import Objection
from mqinfra.providers.rabbitmq.api.call import RabbitFault
from mqinfra.providers.rabbitmq.api.faults import tag_advice
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

_LONGEST = 1_000
"""Letters of patterns that somebody may be asked to paste."""

Granted = Mapping[str, Mapping[str, str]]
"""Patterns by right, by vhost."""


def objections(client: "RabbitClient", changes: Sequence[Change]) -> list[Objection]:
    """Say what the server would refuse the caller, and what nobody could tell.

    Raises:
        UserError: the server can't be read.
    """
    found = [item for change in changes if change.address.kind in _TAGS for item in _without_tag(client, change)]
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
    lacking = [item for change in objects for item in _missing(change, granted)]
    by_vhost: dict[str, list[_Lack]] = {}
    for item in lacking:
        by_vhost.setdefault(item.vhost, []).append(item)
    grants = {vhost: _grant(client.user, vhost, granted.get(vhost, {}), some) for vhost, some in by_vhost.items()}
    return [*found, *(_without_permission(client.user, item, grants[item.vhost]) for item in lacking)]


def against_the_lock(client: "RabbitClient", queue: str) -> list[Problem]:
    """Say what the caller lacks to hold the lock, or that it can't be told.

    Raises:
        UserError: the server can't be read.
    """
    vhost, user = client.broker.lock_vhost, client.user
    granted = _granted(client, ())
    needed = f"the lock of an apply needs `configure` and `read` on `{queue}` in vhost `{vhost}`"
    grant = f"rabbitmqctl set_permissions -p {vhost} {user} '^mqinfra\\.lock\\.' '^$' '^mqinfra\\.lock\\.'"
    advice = (
        f"an administrator can add them to what `rabbitmqctl list_permissions -p {vhost}` shows, or grant nothing "
        f"else: `{grant}`"
    )
    if granted is None:
        return [Problem(f"not checked: {needed}", f"RabbitMQ shows permissions to administrators only; {advice}")]
    mine = granted.get(vhost, {})
    if all(_covers(mine.get(right, ""), queue) for right in ("configure", "read")):
        return []
    return [Problem(f"{needed}, which `{user}` lacks: an apply is refused without `--no-lock`", advice)]


def _without_tag(client: "RabbitClient", change: Change) -> Iterator[Objection]:
    tag = _TAGS[change.address.kind]
    if client.tags & {tag, _ADMINISTRATOR}:
        return
    problem = Problem(f"not allowed: `{client.user}` needs the tag `{tag}`", tag_advice(client.user, tag))
    yield Objection(change.address, problem, lacking=f"the tag `{tag}`")


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


@dataclass(frozen=True, slots=True)
class _Lack:
    """A permission in a vhost that a change needs."""

    address: Address
    vhost: str
    right: str
    name: str


def _missing(change: Change, granted: Granted) -> Iterator[_Lack]:
    vhost = change.address.path[0]
    for right, name in _needed(change):
        if not _covers(granted.get(vhost, {}).get(right, ""), name):
            yield _Lack(change.address, vhost, right, name)


def _without_permission(user: str, lack: _Lack, grant: str) -> Objection:
    problem = Problem(
        f"not allowed: `{user}` needs `{lack.right}` on `{lack.name}` in vhost `{lack.vhost}`",
        f"an administrator can grant it: {grant}",
    )
    return Objection(lack.address, problem, lacking=f"`{lack.right}` in vhost `{lack.vhost}`")


def _grant(user: str, vhost: str, mine: Mapping[str, str], lacking: Iterable[_Lack]) -> str:
    """The command that gives a user all that it lacks in a vhost, and leaves what it has."""
    patterns = []
    for right in _RIGHTS:
        names = sorted({item.name for item in lacking if item.right == right})
        some = "|".join(re.escape(name) for name in names)
        more = "" if not names else f"^{some}$" if len(names) == 1 else f"^({some})$"
        patterns.append("|".join(part for part in (mine.get(right, ""), more) if part) or "^$")
    if any("'" in pattern for pattern in patterns) or sum(map(len, patterns)) > _LONGEST:
        patterns = ["CONFIGURE", "WRITE", "READ"]
    words = " ".join(f"'{pattern}'" for pattern in patterns)
    return f"`rabbitmqctl set_permissions -p {vhost} {user} {words}`"


def _covers(pattern: str, name: str) -> bool:
    """Whether a permission covers a name, or can't be understood here, so that the server has to say."""
    compiled = compile_pattern(pattern) if pattern else None
    return isinstance(compiled, Problem) or (isinstance(compiled, Pattern) and compiled.matches(name))


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
