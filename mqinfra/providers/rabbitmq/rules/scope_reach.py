"""What patterns reach beyond the project's part of a vhost: a file of its own, since policies and permissions ask."""

from collections.abc import Iterable

from mqinfra.model.address import Address
from mqinfra.providers.base.cluster_view import ClusterView
from mqinfra.providers.rabbitmq.spec.vhost import KIND as VHOSTS

_BROKER = "rabbitmq"
_NAMED = 3


def is_shared(view: ClusterView, address: Address) -> bool:
    """Tell whether the project owns a part of a resource's vhost, and not the vhost itself."""
    return view.scope.shares(_BROKER, Address(address.cluster, VHOSTS, address.path[:1]))


def beyond(view: ClusterView, reached: Iterable[Address]) -> str:
    """Those of the reached names that others own, in words; empty when there are none.

    A name that ends in `*` stands for all that begin so; it is told only where no other name shows the same.
    """
    outside = [address.name for address in reached if not view.scope.owns(_BROKER, address)]
    outside = [name for name in outside if not name.endswith("*")] or outside
    shown = ", ".join(f"`{name}`" for name in outside[:_NAMED])
    return shown + (f" and {len(outside) - _NAMED:,} more" if len(outside) > _NAMED else "")
