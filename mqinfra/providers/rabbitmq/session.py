"""A session with a RabbitMQ deployment: its kinds are read side by side.

Separate from what all brokers share, because it takes a client whose calls may be on their way at once. Bindings take
the server the longest to list; the others are listed, and made into resources, meanwhile.
"""

from mqinfra.providers.base.kind import KindReading
from mqinfra.providers.base.session import BrokerSession, Wanted
from mqinfra.providers.rabbitmq.client import RabbitClient
from mqinfra.providers.rabbitmq.workers import side_by_side

_AT_ONCE = 4


class RabbitSession(BrokerSession[RabbitClient]):
    """A session with a real deployment."""

    def read_kinds(self, wanted: Wanted) -> dict[str, KindReading]:
        """Read each kind in bulk, some at once."""
        names = list(wanted)
        found = side_by_side(names, lambda name: self.read_kind(name, wanted[name]), _AT_ONCE)
        return dict(zip(names, found, strict=True))
