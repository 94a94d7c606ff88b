"""A connection that is led to the server which takes a key's writes, also after a failover."""

from collections.abc import Sequence

from mqinfra.providers.base.connecting.fault import Fault
from mqinfra.providers.redis.api.client import RedisClient
from mqinfra.providers.redis.api.node import Moved, Node
from mqinfra.providers.redis.api.resp import Call, Reply
from mqinfra.providers.redis.verification.mastery import master_of


class Following(Node):
    """A connection that leads to where a key's writes are taken.

    Where there is more than one server it asks who that is when it is first used, and again after an answer that was
    lost or that another server should have given. What was asked for is not sent again: nobody knows what became of it.

    Args:
        client: the deployment.
        key: the key.
        timeout: seconds for each answer.
    """

    def __init__(self, client: RedisClient, key: str, timeout: float) -> None:
        self._client, self._key = client, key
        self._astray = len(client.nodes) > 1
        home = client.home(key)
        super().__init__(home.name, home.unmade(), home.where, min(timeout, home.patience))

    def send(self, calls: Sequence[Call], timeout: float | None = None) -> list[Reply]:
        """Send commands in order; see `Node.send`."""
        if self._astray and (found := master_of(self._client, self._key)) is not None and found.name != self.name:
            self.close()
            self.name, self._raw = found.name, found.unmade()
        replies = super().send(calls, timeout)
        self._astray = any(
            isinstance(one, Moved) or (isinstance(one, Fault) and (one.lost or one.retry)) for one in replies
        )
        return replies
