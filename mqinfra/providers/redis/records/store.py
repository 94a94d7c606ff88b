"""The records of a project in a hash, read page by page from the server that takes its writes."""

import time
from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from contextlib import AbstractContextManager
from typing import TYPE_CHECKING

from mqinfra.model.errors import UserError
from mqinfra.model.record import Owner
from mqinfra.providers.base.codes import RECORDS
from mqinfra.providers.base.connecting.fault import Fault, Meaning
from mqinfra.providers.base.records import RecordStore, Stored
from mqinfra.providers.redis.api.node import Moved, Node
from mqinfra.providers.redis.api.replies import texts as texts_of
from mqinfra.providers.redis.api.resp import Call, Reply
from mqinfra.providers.redis.records import keeping
from mqinfra.providers.redis.records.names import (
    PROJECTS,
    as_kept,
    as_sent,
    member,
    owner_of,
    record_rights,
    records_key,
)

if TYPE_CHECKING:
    from mqinfra.providers.redis.api.client import RedisClient

_PAGE = "4000"
"""Fields that the server looks through per HSCAN: about a millisecond of its time."""
_PAGES = 100_000
_FIELDS = 500
_SIZE = 2**20
"""Fields and characters per command that writes, so that none keeps the server for long."""
_TRIES = 2
_MOVES = 5
_PAUSE = 0.1


class RedisStore(RecordStore):
    """The records of one owner."""

    def __init__(self, client: "RedisClient", owner: Owner, asking: Callable[[], AbstractContextManager[None]]) -> None:
        """Make a store.

        Args:
            client: the deployment.
            owner: whose records they are.
            asking: what every question is asked within, so that no error has secrets.
        """
        self.owner, self._client, self._asking = owner, client, asking
        self._key = records_key(owner)
        self.place = f"hash `{self._key}`"
        self.rights = record_rights(owner)
        self._is_listed = False

    def load(self) -> Stored:
        """Read the hash with HSCAN.

        Raises:
            UserError: the server does not let us, or does not answer.
        """
        with self._asking():
            found = self._scanned(self._key)
            if isinstance(found, Fault):
                raise self._unread(found)
            return found

    def save(self, texts: Mapping[str, str | None]) -> None:
        """Put the owner on the list of all, then write with HSET and HDEL.

        Raises:
            UserError: not all of it is known to be written.
        """
        with self._asking():
            if not self._is_listed:
                self._write(PROJECTS, [("SADD", PROJECTS, member(self.owner))])
                self._is_listed = True
            kept = [(as_sent(key), as_sent(text)) for key, text in texts.items() if text is not None]
            gone = [(as_sent(key),) for key, text in texts.items() if text is None]
            sets: list[Call] = [("HSET", self._key, *words) for words in _chunks(kept)]
            deletes: list[Call] = [("HDEL", self._key, *words) for words in _chunks(gone)]
            self._write(self._key, [*sets, *deletes])

    def unkept(self) -> str:
        """Ask with ACL DRYRUN about the commands that write.

        Raises:
            UserError: a server does not answer.
        """
        with self._asking():
            return keeping.unkept(self._client, self.owner)

    def others(self, keys: Collection[str]) -> Mapping[Owner, Mapping[str, str]]:
        """Ask the hash of every other owner on the list with HMGET.

        Raises:
            UserError: the list can't be read.
        """
        if not keys:
            return {}
        with self._asking():
            others = self._others()
            wanted = sorted(keys)
            pages = [wanted[start : start + _FIELDS] for start in range(0, len(wanted), _FIELDS)]
            asked = [(key, [("HMGET", key, *map(as_sent, page)) for page in pages]) for key in map(records_key, others)]
            found = {
                owner: _held(pages, answer)
                for owner, answer in zip(others, self._client.keyed(asked), strict=True)
                if not any(isinstance(reply, Fault) for reply in answer)
            }
        return {owner: texts for owner, texts in found.items() if texts}

    def load_others(self) -> Mapping[Owner, Stored]:
        """Read the hash of every other owner on the list with HSCAN.

        Raises:
            UserError: the list can't be read.
        """
        with self._asking():
            found = {owner: self._scanned(records_key(owner)) for owner in self._others()}
        return {
            owner: Stored(exists=True, unavailable=held.message) if isinstance(held, Fault) else held
            for owner, held in found.items()
        }

    def _others(self) -> list[Owner]:
        """All other owners on the list, sorted.

        Raises:
            UserError: it can't be read.
        """
        listed = self._client.keyed([(PROJECTS, (("SMEMBERS", PROJECTS),))])[0][0]
        if isinstance(listed, Fault):
            raise self._unread(listed)
        return sorted({owner for text in texts_of(listed) if (owner := owner_of(text)) not in (None, self.owner)})

    def _scanned(self, key: str) -> Stored | Fault:
        """Read a hash from the server that takes its writes; why it can't be read."""
        for turn in range(_MOVES):
            found = self._scan(self._client.home(key), key)
            if found is not None:
                return found
            # Pages of one server mean nothing to another, so that reading begins anew.
            time.sleep(_PAUSE * turn)
            self._client.relocate()
        return Fault("the slot keeps moving", Meaning.RETRY)

    @staticmethod
    def _scan(node: Node, key: str) -> Stored | Fault | None:
        """Read all pages from one server; None when it is not the one, a fault when it does not let us or answer."""
        cursor, exists = "0", False
        found: dict[str, str] = {}
        for _ in range(_PAGES):
            reply = node.send([("HSCAN", key, cursor, "COUNT", _PAGE)])[0]
            if isinstance(reply, Moved):
                return None
            if isinstance(reply, Fault):
                return reply
            cursor, page = reply
            exists |= bool(page)
            for name, value in zip(page[::2], page[1::2], strict=True):
                record, text = as_kept(name), as_kept(value)
                if record is not None and text is not None:
                    found[record] = text
            if cursor == "0":
                return Stored(exists, found)
        return Fault("the list of records does not end")

    def _write(self, key: str, calls: Sequence[Call]) -> None:
        """Send commands that do no harm when they are sent again, as they are where no answer came."""
        for turn in range(_TRIES):
            replies = self._client.keyed([(key, calls)])[0]
            fault = next((reply for reply in replies if isinstance(reply, Fault)), None)
            if fault is None:
                return
            if not fault.lost or turn == _TRIES - 1:
                raise self._failed("not all of the records are known to be written", fault)

    def _unread(self, fault: Fault) -> UserError:
        return self._failed("the records can't be read", fault)

    def _failed(self, what: str, fault: Fault) -> UserError:
        grant = f"an administrator can grant it: `ACL SETUSER {self._client.user} {' '.join(self.rights)}`"
        found = RECORDS.at(
            f"{what}: {fault.message} ({self.place})",
            address=self._client.where,
            help=grant if fault.denied else fault.help,
        )
        return UserError([found])


def _chunks(entries: Sequence[tuple[str, ...]]) -> Iterator[list[str]]:
    """The words of entries, as many to a command as the server takes in a moment."""
    words: list[str] = []
    count = size = 0
    for entry in entries:
        words += entry
        count, size = count + 1, size + sum(map(len, entry))
        if count >= _FIELDS or size >= _SIZE:
            yield words
            words, count, size = [], 0, 0
    if words:
        yield words


def _held(pages: Sequence[Sequence[str]], answers: Sequence[Reply]) -> dict[str, str]:
    """The texts among the answers to HMGET."""
    found: dict[str, str] = {}
    for page, values in zip(pages, answers, strict=True):
        for key, value in zip(page, values, strict=True):
            text = as_kept(value) if value is not None else None
            if text is not None:
                found[key] = text
    return found
