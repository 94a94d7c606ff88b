"""A cluster that keeps the records and the lock of another one, which has no place for them.

They stand there like those of an owner of its own, so that neither cluster's records nor locks meet the other's.
"""

from collections.abc import Callable, Collection, Iterator, Mapping
from contextlib import contextmanager
from hashlib import sha256
from threading import Lock as Mutex
from typing import TYPE_CHECKING

from typing_extensions import override

from mqinfra.model.errors import UserError
from mqinfra.model.record import Owner
from mqinfra.model.setting import Problem
from mqinfra.providers.base.codes import RECORDS
from mqinfra.providers.base.records import Lock, RecordStore, Stored

if TYPE_CHECKING:
    from mqinfra.providers.base.session import Session

_DIGITS = 12


def kept_name(broker: str, cluster_id: str) -> str:
    """What the keeper calls a cluster, whatever its alias is: its type, and a hash of its id, which may be long."""
    return f"{broker}-{sha256(cluster_id.encode()).hexdigest()[:_DIGITS]}"


class Keeper:
    """The cluster that keeps records and lock of another one. It is connected to when one of them is first asked for.

    Attributes:
        alias: its alias.

    Args:
        alias: its alias.
        opener: opens a session with it. Raises UserError.
        kept: what it calls the cluster whose records it keeps; see `kept_name`.
    """

    def __init__(self, alias: str, opener: Callable[[], "Session"], kept: str) -> None:
        self.alias = alias
        self._opener, self._kept, self._mutex = opener, kept, Mutex()
        self._session: Session | None = None

    def records(self, owner: Owner) -> RecordStore:
        """The records of an owner; nothing is asked of the keeper yet."""
        return _KeptStore(owner, owner.keeping(self._kept), self)

    @contextmanager
    def lock(self, owner: Owner, holder: str, timeout: float) -> Iterator[Lock]:
        """Hold the lock; see `Session.lock`."""
        with self.session().lock(owner.keeping(self._kept), holder, timeout) as lock:
            yield lock

    def lacking_to_keep(self, owner: Owner) -> list[Problem]:
        """Say which rights the caller lacks there; see `Session.lacking_to_keep`."""
        return self.session().lacking_to_keep(owner.keeping(self._kept))

    def store(self, owner: Owner) -> RecordStore:
        """Where the keeper keeps an owner's.

        Raises:
            UserError: it can't be reached, or keeps none.
        """
        store = self.session().records(owner)
        if store is None:
            message = f"`{self.alias}` keeps no records, neither its own nor those of other clusters"
            raise UserError([RECORDS.at(message, address=self.alias, help="name another cluster under `records`")])
        return store

    def session(self) -> "Session":
        """The keeper's session.

        Raises:
            UserError: it can't be reached.
        """
        with self._mutex:
            if self._session is None:
                self._session = self._opener()
            return self._session

    @property
    def connected(self) -> bool:
        """Whether it was asked for anything yet."""
        return self._session is not None

    def close(self) -> None:
        """Give its connection back."""
        with self._mutex:
            if self._session is not None:
                self._session.close()
                self._session = None


class _KeptStore(RecordStore):
    """Records of one cluster on its keeper."""

    def __init__(self, owner: Owner, kept: Owner, keeper: Keeper) -> None:
        self.owner = owner
        self._kept, self._keeper = kept, keeper
        self._inner: RecordStore | None = None

    @property
    def place(self) -> str:  # type: ignore[override]
        """Where they are; in words of the keeper's own once it was asked."""
        if not self._keeper.connected:
            return f"cluster `{self._keeper.alias}`"
        return f"{self._store().place} on `{self._keeper.alias}`"

    @property
    def rights(self) -> tuple[str, ...]:  # type: ignore[override]
        """What the keeper needs for them."""
        return self._store().rights if self._keeper.connected else ()

    @override
    def load(self) -> Stored:
        return self._store().load()

    @override
    def save(self, texts: Mapping[str, str | None]) -> None:
        self._store().save(texts)

    @override
    def unkept(self) -> str:
        return self._store().unkept()

    @override
    def others(self, keys: Collection[str]) -> Mapping[Owner, Mapping[str, str]]:
        found = self._store().others(keys)
        return {owner.within(): texts for owner, texts in found.items() if owner.kept == self._kept.kept}

    @override
    def load_others(self) -> Mapping[Owner, Stored]:
        found = self._store().load_others()
        return {owner.within(): stored for owner, stored in found.items() if owner.kept == self._kept.kept}

    def _store(self) -> RecordStore:
        if self._inner is None:
            self._inner = self._keeper.store(self._kept)
        return self._inner
