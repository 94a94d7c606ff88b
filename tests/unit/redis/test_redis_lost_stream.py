"""A stream whose creation got no answer: the group that it is made by does not stay, however much of it arrived."""

from mqinfra.model.address import Address
from mqinfra.providers.base.request import Lost, Request
from tests.unit.redis.fake import OK, Answer, FakeRedis
from tests.unit.redis.test_redis_hostile import opened

FIRST, LAST = (Address("redis", "streams", (name,)) for name in ("orders", "payments"))


def test_the_passing_groups_are_taken_away_once_more_where_an_answer_is_missing() -> None:
    lost = [b""]

    def destroyed(_: tuple[str, ...]) -> bytes:
        return lost.pop() if lost else b":1\r\n"

    answers: dict[str, Answer] = {
        "MULTI": OK,
        "XGROUP CREATE": b"+QUEUED\r\n",
        "XGROUP DESTROY": destroyed,
        "EXEC": b"*1\r\n+OK\r\n",
    }
    with FakeRedis(answers) as server, opened({"nodes": [server.address]}, timeout=0.3) as session:
        bodies = {address: {"key": address.name} for address in (FIRST, LAST)}
        results = session.send(Request("streams", "XGROUP CREATE MKSTREAM", bodies))
        # The answers after the missing one close up: it was the first stream's, and the last one seems to have none.
        assert [isinstance(results[address], Lost) for address in (FIRST, LAST)] == [False, True]
        again = [words for words in server.heard[server.heard.index(("EXEC",)) :] if words[0] == "XGROUP"]
        assert again[-2:] == [("XGROUP", "DESTROY", name, "mqinfra:made-and-gone") for name in ("orders", "payments")]
