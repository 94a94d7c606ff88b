"""A stream whose creation got no answer: the group that it is made by does not stay, however much of it arrived."""

from mqinfra.model.address import Address
from mqinfra.providers.base.request import Lost, Request
from tests.unit.redis.fake import OK, Answer, FakeRedis
from tests.unit.redis.test_redis_hostile import opened

STREAM = Address("redis", "streams", ("orders",))


def test_the_passing_group_is_taken_away_once_more_where_no_answer_came() -> None:
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
        request = Request("streams", "XGROUP CREATE MKSTREAM", {STREAM: {"key": "orders"}})
        assert isinstance(session.send(request)[STREAM], Lost)
        assert server.heard[-2:] == [("EXEC",), ("XGROUP", "DESTROY", "orders", "mqinfra:made-and-gone")]
