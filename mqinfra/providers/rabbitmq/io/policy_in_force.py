"""Whether policies that lead dead letters somewhere are in force: a server takes them at once, and its queues follow.

What is deleted after such a change must not get dead letters any more, so that an apply waits until the queues show it.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import TYPE_CHECKING

from mqinfra.model.address import Address
from mqinfra.model.change import Action, Change
from mqinfra.model.frozen import dataclass
from mqinfra.providers.rabbitmq.api.call import Answer, Call
from mqinfra.providers.rabbitmq.io.listing import Row, list_vhosts
from mqinfra.providers.rabbitmq.io.policy_reading import in_vhosts
from mqinfra.providers.rabbitmq.policy.match import Policy, PolicySet, Target
from mqinfra.providers.rabbitmq.spec import policy as policy_spec
from mqinfra.providers.rabbitmq.spec.policy import PolicySpec

if TYPE_CHECKING:
    from mqinfra.providers.rabbitmq.io.client import RabbitClient

_DEAD = "dead-letter-exchange"
_KEYS = (_DEAD, "dead-letter-routing-key", "dead-letter-strategy")
_SHAPE = (("pattern",), ("applyTo",), ("priority",))
_EFFECTIVE = "effective_policy_definition"
"""Of a queue; in lists without statistics from 4.2.9 on, else of one queue alone."""


@dataclass(frozen=True, slots=True)
class _Expected:
    """What a queue has to show.

    Attributes:
        queue: its address.
        policy: name of the policy that it gets; empty for none.
        settings: the policy's settings about dead letters.
        row: the queue as it was listed.
    """

    queue: Address
    policy: str
    settings: Mapping[str, object]
    row: Row

    @property
    def shown(self) -> str:
        """Name of the policy that the queue shows."""
        return str(self.row.get("policy") or "")


def not_in_force(client: "RabbitClient", changes: Sequence[Change]) -> dict[Address, str]:
    """Say which changes of policies are not in force yet, each with a queue that shows it.

    Queues of which nobody can tell here which policy they get are left out.

    Raises:
        UserError: the server can't be read.
    """
    leading = {change.address for change in changes if _leads(change)}
    if not leading:
        return {}
    pending: dict[Address, str] = {}
    unknown: list[tuple[Address, _Expected]] = []
    for item in _expected(client, leading):
        for policy in _policies(item, leading):
            if item.policy != item.shown:
                shown = f"policy `{item.shown}`" if item.shown else "no policy"
                pending[policy] = f"queue `{item.queue.name}` still shows {shown}"
            elif _EFFECTIVE not in item.row:
                unknown.append((policy, item))
            elif _differs(item, item.row):
                pending[policy] = _stale(item)
    calls = [Call("GET", ("queues", *item.queue.path)) for _, item in unknown]
    for (policy, item), answer in zip(unknown, client.lists(calls), strict=True):
        if isinstance(answer, Answer) and isinstance(answer.body, dict) and _differs(item, answer.body):
            pending[policy] = _stale(item)
    return pending


def _leads(change: Change) -> bool:
    """Whether a change decides where dead letters go."""
    settings = [(side or {}).get("definition") for side in (change.before, change.after)]
    if not any(isinstance(some, dict) and _DEAD in some for some in settings):
        return False
    if change.action is not Action.UPDATE:
        return True
    return any(item.path in _SHAPE or item.path[-1] in _KEYS for item in change.differences)


def _expected(client: "RabbitClient", policies: Iterable[Address]) -> Iterator[_Expected]:
    some = sorted(policies)
    alias, vhosts = some[0].cluster, sorted({address.path[0] for address in some})
    specs = {
        address: live.spec
        for address, live in in_vhosts(client, vhosts, alias).items()
        if address.kind == policy_spec.KIND
    }
    listed = list_vhosts(client, vhosts, lambda vhost: Call("GET", ("queues", vhost), {"disable_stats": "true"}))
    for vhost, rows in listed.rows.items():
        here = {
            address.name: Policy(address.name, spec.pattern, spec.apply_to, spec.priority, spec.definition)
            for address, spec in specs.items()
            if address.path[0] == vhost and isinstance(spec, PolicySpec)
        }
        rules = PolicySet(here.values(), client.version_tuple)
        for row in rows:
            name = str(row["name"])
            found = rules.effective(Target(name, "queue", str(row.get("type") or "classic")))
            if not found.tied and not found.unknown:
                settings = found.policy.definition if found.policy is not None else {}
                policy = found.policy.name if found.policy is not None else ""
                yield _Expected(Address(alias, "queues", (vhost, name)), policy, settings, row)


def _policies(item: _Expected, policies: Iterable[Address]) -> list[Address]:
    """The changed policies that a queue gets or shows."""
    vhost = item.queue.path[0]
    return [policy for policy in policies if policy.path[0] == vhost and policy.name in (item.policy, item.shown)]


def _differs(item: _Expected, row: Row) -> bool:
    effective = row.get(_EFFECTIVE)
    if not isinstance(effective, dict):
        effective = {}
    return any(effective.get(key) != item.settings.get(key) for key in _KEYS)


def _stale(item: _Expected) -> str:
    return f"queue `{item.queue.name}` still shows the settings that policy `{item.policy}` had before"
