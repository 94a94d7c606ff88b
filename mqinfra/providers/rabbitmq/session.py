"""A session with a RabbitMQ deployment: its kinds are read side by side.

Separate from what all brokers share, because it takes a client whose calls may be on their way at once. Bindings take
the server the longest to list; the others are listed, and made into resources, meanwhile.
"""

from collections.abc import Callable, Iterable

from mqinfra.model.address import Address
from mqinfra.model.reading import Reading
from mqinfra.providers.base.kind import KindReading
from mqinfra.providers.base.session import BrokerSession, Wanted
from mqinfra.providers.rabbitmq.client import RabbitClient
from mqinfra.providers.rabbitmq.workers import side_by_side

_AT_ONCE = 4


class RabbitSession(BrokerSession[RabbitClient]):
    """A session with a real deployment."""

    def read(self, wanted: Wanted) -> Reading:
        """Read kinds, and first see that the names which are asked for can arrive."""
        asked = (address for addresses in wanted.values() for address in addresses or ())
        self._client.need_slashes(part for address in asked for part in _names(address))
        return super().read(wanted)

    def by_kind(self, names: Iterable[str], read: Callable[[str], KindReading]) -> dict[str, KindReading]:
        """Read some kinds at once."""
        some = list(names)
        return dict(zip(some, side_by_side(some, read, _AT_ONCE), strict=True))


def _names(address: Address) -> Iterable[str]:
    return (*address.path, *(value for _, value in address.pairs if value != address.path[0]))
