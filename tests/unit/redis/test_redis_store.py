"""The store of records against a server that is played: what is sent again, and what is said of it."""

import pytest

from mqinfra.model.errors import UserError
from mqinfra.model.record import Owner
from mqinfra.providers.base.records import RecordStore
from mqinfra.providers.base.session import Session
from tests.unit.redis.fake import FakeRedis
from tests.unit.redis.test_redis_hostile import opened

ONE = b":1\r\n"


class Deaf(FakeRedis):
    """A server that has no answer to the first HSETs."""

    def __init__(self, times: int) -> None:
        self._left = times
        super().__init__({"SADD": ONE, "HSET": self._hset, "HSCAN": b"*2\r\n$1\r\n7\r\n*0\r\n"})

    def _hset(self, _: tuple[str, ...]) -> bytes:
        self._left -= 1
        return b"" if self._left >= 0 else ONE

    @property
    def written(self) -> int:
        return sum(words[0] == "HSET" for words in self.heard)


def store_of(session: Session) -> RecordStore:
    store = session.records(Owner("shop", "it"))
    assert store is not None
    return store


def test_a_write_whose_answer_is_lost_is_sent_again() -> None:
    with Deaf(1) as server, opened({"nodes": [server.address]}, timeout=0.3) as session:
        store_of(session).save({"a": "1"})
        assert server.written == 2


def test_a_server_that_never_answers_is_no_server_that_has_the_records() -> None:
    with (
        Deaf(9) as server,
        opened({"nodes": [server.address]}, timeout=0.3) as session,
        pytest.raises(UserError, match="not all of the records are known to be written"),
    ):
        store_of(session).save({"a": "1"})


def test_a_list_of_records_that_does_not_end_is_given_up(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("mqinfra.providers.redis.records.store._PAGES", 20)
    with (
        Deaf(0) as server,
        opened({"nodes": [server.address]}) as session,
        pytest.raises(UserError, match="the list of records does not end"),
    ):
        store_of(session).load()
