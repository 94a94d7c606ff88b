"""Queues of a cluster that nobody can use now, because the nodes that they live on are down.

Their settings are known; what they hold is not. Measured on clusters of three nodes:

- 3.10 lists a classic queue of a node that is down as `down`, and a quorum queue as `live` whatever its members are. It
  answers 404 to whoever asks for one that is down, deletes it or declares it, and leaves bindings to it out of all
  lists. All of that is there again with the node.
- 4.3 lists them as `down` and `minority`, and a quorum queue whose leader has just gone as `down` for a moment. It
  deletes one that is down with all that it holds, though nobody can count that.
"""

from collections.abc import Iterable, Mapping, Sequence
from typing import TYPE_CHECKING

from mqinfra.providers.rabbitmq.api.call import Call
from mqinfra.providers.rabbitmq.io.listing import Row, list_vhosts

if TYPE_CHECKING:
    from mqinfra.providers.rabbitmq.io.client import RabbitClient

_COLUMNS = "name,type,node,state"
_WHOLE = {"disable_stats": "true"}
"""With all columns, since those that name members are not among the cheap ones."""
_MINORITY = "minority"
_STATES: Mapping[str, str] = {
    "down": "its node {node} is down",
    "stopped": "its vhost is stopped on its node {node}",
    _MINORITY: "most of the nodes that hold it are down",
}


def unusable(client: "RabbitClient", vhost: str, rows: Iterable[Row]) -> dict[str, str]:
    """Say of each listed queue that can't be used why, by its name.

    Args:
        client: talks to the server, and knows which nodes are down.
        vhost: where the queues are.
        rows: the queues as they were listed, with `state` and `node`.
    """
    found: dict[str, str] = {}
    untold: dict[str, str] = {}
    for row in rows:
        name, state = str(row["name"]), str(row.get("state"))
        why = _STATES.get(state, "").format(node=f"`{row.get('node')}`")
        if row.get("type") in (None, "classic") or state == _MINORITY:
            found[name] = why
        else:
            # Its node is the one that leads it, and another takes over within seconds where most are up.
            untold[name] = why
    if client.down and untold:
        for row in list_vhosts(client, [vhost], _whole).rows.get(vhost, ()):
            if (name := str(row["name"])) in untold:
                untold[name] = _without_majority(row, client.down, untold[name])
    return {name: why for name, why in (found | untold).items() if why}


def in_vhosts(client: "RabbitClient", vhosts: Iterable[str]) -> dict[tuple[str, str], str]:
    """The same for all queues of some vhosts, by vhost and name.

    Raises:
        UserError: the server can't be read.
    """
    query = {**_WHOLE, "columns": _COLUMNS}
    listed = list_vhosts(client, vhosts, lambda vhost: Call("GET", ("queues", vhost), query))
    return {
        (vhost, name): why for vhost, rows in listed.rows.items() for name, why in unusable(client, vhost, rows).items()
    }


def _whole(vhost: str) -> Call:
    return Call("GET", ("queues", vhost), _WHOLE)


def _without_majority(row: Row, down: frozenset[str], otherwise: str) -> str:
    members = row.get("members")
    if isinstance(members, Sequence) and members:
        gone = sum(str(member) in down for member in members)
        return f"{gone} of the {len(members)} nodes that hold it are down" if gone * 2 >= len(members) else ""
    # Servers that tell no members of a stream tell which node leads it, or did at last.
    node = str(row.get("node") or row.get("leader") or "")
    return f"its node `{node}` is down" if node in down else otherwise
