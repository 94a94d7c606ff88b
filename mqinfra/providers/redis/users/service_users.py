"""No plan cuts off whom the deployment itself logs in as: replicas at their master, and Sentinels at both."""

from collections.abc import Iterable, Sequence

from pydantic import JsonValue

from mqinfra.model.change import Action, Change
from mqinfra.model.setting import Problem
from mqinfra.model.span import Path
from mqinfra.providers.redis.acl.glob import matches
from mqinfra.providers.redis.acl.rules import Table
from mqinfra.providers.redis.api.logins import REPLICATION, SENTINEL
from mqinfra.providers.redis.users.spec import UserSpec

_NEEDED = {
    REPLICATION: ("psync", "replconf", "ping"),
    SENTINEL: (
        *("multi", "exec", "slaveof", "ping", "subscribe", "publish", "config|rewrite", "role", "info"),
        *("client|setname", "client|kill", "script|kill"),
    ),
}
"""What each has to be allowed (Redis documentation of ACLs, "ACL rules for Sentinel and Replicas")."""
_HELLO = "__sentinel__:hello"
UNKNOWN = Problem(
    "can't tell whether replication or a Sentinel logs in as a user",
    "grant `+client|list` and `+config|get`, or make sure that the plan cuts off neither",
)


def objection(change: Change, purpose: str, table: Table) -> tuple[Path, Problem] | None:
    """Say why a change of such a user must not be, and in which field the cause is."""
    user = change.address.name
    if change.action is Action.DELETE or change.after is None:
        return (), _cut_off(user, purpose, "would be deleted")
    if change.before is None:
        return None
    wanted = change.wanted(UserSpec)
    commands, channels = _texts(change.before.get("commands")), _texts(change.before.get("channels"))
    if not wanted.enabled:
        return ("enabled",), _cut_off(user, purpose, "would be disabled")
    if "passwords" in wanted.model_fields_set and not wanted.passwords and not wanted.nopass:
        return ("passwords",), _cut_off(user, purpose, "would have no password")
    kept = table.expand(wanted.commands).commands
    lost = [name for name in _NEEDED[purpose] if name in table.expand(commands).commands - kept]
    if lost:
        return ("commands",), _cut_off(user, purpose, f"would lose {', '.join(f'`{name}`' for name in lost)}")
    if purpose == SENTINEL and _hears(channels) and not _hears(wanted.channels):
        return ("channels",), _cut_off(user, purpose, f"would lose the channel `{_HELLO}`")
    return None


def locks_out(hashes: Sequence[str], present: Iterable[str]) -> bool:
    """Tell whether none of the present passwords would work any more."""
    known = set(present)
    return bool(known) and known.isdisjoint(hashes)


def _cut_off(user: str, purpose: str, what: str) -> Problem:
    return Problem(
        f"{purpose} logs in as `{user}`, which {what}",
        "let it log in as another user first (`masteruser`, `sentinel auth-user`), or leave this one unchanged",
    )


def _hears(channels: Iterable[str]) -> bool:
    return any(matches(pattern.removeprefix("&"), _HELLO) for pattern in channels)


def _texts(value: JsonValue) -> list[str]:
    return [str(item) for item in value] if isinstance(value, list) else []
