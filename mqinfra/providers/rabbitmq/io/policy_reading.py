"""Reading policies and operator policies: one list per vhost, and of neighbours too, because one policy wins whole."""

from collections.abc import Iterable, Iterator
from functools import partial
from typing import TYPE_CHECKING

from mqinfra.model.address import Address
from mqinfra.model.reading import Live
from mqinfra.providers.base.kind import KindReading
from mqinfra.providers.rabbitmq.api.call import Call
from mqinfra.providers.rabbitmq.io.listing import Row, list_vhosts, read_by_vhost
from mqinfra.providers.rabbitmq.spec.policy import KIND, OPERATOR_KIND, OperatorPolicySpec, PolicySpec

if TYPE_CHECKING:
    from mqinfra.providers.rabbitmq.io.client import RabbitClient

_KINDS = ((KIND, "policies", PolicySpec), (OPERATOR_KIND, "operator-policies", OperatorPolicySpec))
_FIELDS = {"pattern", "apply_to", "priority", "definition"}


def read(
    client: "RabbitClient",
    wanted: Iterable[Address] | None,
    alias: str,
    *,
    kind: str,
    resource: str,
    spec: type[PolicySpec],
) -> KindReading:
    """Read the named policies, or all of all vhosts; neighbours that nobody declared are kept for rules.

    Args:
        client: talks to the server.
        wanted: what was asked for; None for all there is.
        alias: the cluster's alias.
        kind: the kind's name.
        resource: what the management API calls it: `policies` or `operator-policies`.
        spec: the kind's spec.

    Raises:
        UserError: the server can't be read.
    """

    def found_in(vhost: str, rows: list[Row]) -> Iterator[tuple[Address, Live]]:
        for row in rows:
            yield Address(alias, kind, (vhost, str(row["name"]))), Live(_spec_of(row, spec))

    return read_by_vhost(client, wanted, partial(_list_call, resource), found_in, with_neighbours=True)


def in_vhosts(client: "RabbitClient", vhosts: Iterable[str], alias: str) -> dict[Address, Live]:
    """All policies of some vhosts, as far as the caller may see them: what is in force on a queue depends on each.

    Raises:
        UserError: the server can't be read.
    """
    names = sorted(set(vhosts))
    found: dict[Address, Live] = {}
    for kind, resource, spec in _KINDS:
        listing = list_vhosts(client, names, partial(_list_call, resource))
        for vhost, rows in listing.rows.items():
            found.update((Address(alias, kind, (vhost, str(row["name"]))), Live(_spec_of(row, spec))) for row in rows)
    return found


def _list_call(resource: str, vhost: str) -> Call:
    return Call("GET", (resource, vhost))


def _spec_of(row: Row, spec: type[PolicySpec]) -> PolicySpec:
    return spec.model_construct(
        _FIELDS,
        pattern=row["pattern"],
        apply_to=row["apply-to"],
        priority=row["priority"],
        definition=row["definition"],
    )
