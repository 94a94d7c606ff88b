"""A session with a Redis deployment, which keeps records and a lock in it."""

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from typing import TYPE_CHECKING

from mqinfra.model.record import Owner
from mqinfra.model.secret import SecretResolver
from mqinfra.model.setting import Problem
from mqinfra.providers.base.broker_session import BrokerSession
from mqinfra.providers.base.kind import Kind
from mqinfra.providers.base.provider import Cluster
from mqinfra.providers.base.records import Lock, RecordStore
from mqinfra.providers.redis.api.client import RedisClient
from mqinfra.providers.redis.api.connect import connect
from mqinfra.providers.redis.api.connection import RedisConnection
from mqinfra.providers.redis.records.keeping import lacking_to_keep
from mqinfra.providers.redis.records.lock import take
from mqinfra.providers.redis.records.store import RedisStore

if TYPE_CHECKING:
    from mqinfra.providers.base.monitoring.sample import Sampler
    from mqinfra.providers.base.verification.messenger import Messenger


class RedisSession(BrokerSession[RedisClient]):
    """A session with a Redis deployment."""

    @classmethod
    def open(
        cls, cluster: Cluster, kinds: Mapping[str, Kind[RedisClient]], secrets: SecretResolver, timeout: float
    ) -> "RedisSession":
        """Open a session; see `Provider.connect`.

        Raises:
            UserError: no connection came about.
        """
        client, facts = connect(cluster.block(RedisConnection), cluster.where, secrets, timeout)
        return cls(cluster.alias, "redis", kinds, client, facts, secrets, client.close)

    def records(self, owner: Owner) -> RecordStore | None:
        """Keep records in a hash of the deployment's own."""
        return RedisStore(self._client, owner, self._asking)

    def messenger(self) -> "Messenger":
        """Send through connections of their own; see `Session.messenger`."""
        from mqinfra.providers.redis.verification.messenger import (  # noqa: PLC0415 - a plan sends no messages
            RedisMessenger,
        )

        return RedisMessenger(self._client)

    def sampler(self) -> "Sampler":
        """Look at streams and groups; see `Session.sample`."""
        from mqinfra.providers.redis.monitoring.sampler import RedisSampler  # noqa: PLC0415 - a plan looks at no traffic

        return RedisSampler(self._client)

    def lacking_to_keep(self, owner: Owner) -> list[Problem]:
        """Ask with ACL DRYRUN about the commands of the records and the lock."""
        with self._asking():
            return lacking_to_keep(self._client, owner)

    @contextmanager
    def lock(self, owner: Owner, holder: str, timeout: float) -> Iterator[Lock]:
        """Hold a key that expires unless it is renewed; see `Session.lock`.

        Raises:
            UserError: somebody else keeps it, or it can't be taken.
        """
        with self._asking():
            lock = take(self._client, owner, holder, timeout, scrub=self._secrets.scrub)
        try:
            yield lock
        finally:
            lock.release()
