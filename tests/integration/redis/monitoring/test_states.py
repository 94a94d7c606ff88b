"""Every state of streams and their groups is brought about on a real Redis, and seen within two intervals."""

from mqinfra.model.health import State
from tests.brokers.redis.deployment import RedisDeployment
from tests.integration.redis.provider.conftest import Shop
from tests.integration.watching import watching


def declared(shop: Shop, single: RedisDeployment) -> None:
    shop.on(single)
    shop.declare(streams={"orders": {"deadLetter": True, "groups": {"billing": {}}}})
    shop.apply()


def test_groups_of_streams_are_seen_in_every_state(shop: Shop, single: RedisDeployment) -> None:
    declared(shop, single)
    call = single.nodes[0].admin.call

    def add(stream: str, count: int) -> None:
        for number in range(count):
            call("XADD", stream, "*", "body", str(number))

    def read(count: int) -> None:
        call("XREADGROUP", "GROUP", "billing", "mailer", "COUNT", str(count), "NOACK", "STREAMS", "orders", ">")

    with watching(every=0.5) as watch:
        watch.look()
        assert watch.look()["billing"].judged.verdict.state is State.OK
        add("orders", 10)
        assert "10 messages wait" in watch.sees("billing", State.NO_MEMBERS).judged.verdict.reason
        read(4)
        assert "6 messages wait" in watch.sees("billing", State.STOPPED, within=2).judged.verdict.reason
        call("XGROUP", "SETID", "orders", "billing", "0")
        watch.sees("billing", State.REWOUND)
        read(100)
        watch.sees("billing", State.OK)
        add("orders", 2)
        call("XREADGROUP", "GROUP", "billing", "mailer", "STREAMS", "orders", ">")
        seen = watch.sees("billing", State.PEL_STUCK)
        assert "2 messages pending" in seen.judged.verdict.reason
        assert watch.look()["orders:dlq"].judged.verdict.state is State.OK
        add("orders:dlq", 3)
        assert "3 messages came" in watch.sees("orders:dlq", State.DLQ_GROWING).judged.verdict.reason


def test_a_lag_that_redis_does_not_know_is_none(shop: Shop, single: RedisDeployment) -> None:
    declared(shop, single)
    call = single.nodes[0].admin.call
    ids = [call("XADD", "orders", "*", "body", str(number)) for number in range(10)]
    call("XREADGROUP", "GROUP", "billing", "mailer", "COUNT", "3", "NOACK", "STREAMS", "orders", ">")
    call("XDEL", "orders", ids[5])
    with watching(every=0.5) as watch:
        seen = watch.sees("billing", State.STALLED)
        assert (seen.series.last.waiting, seen.judged.verdict.reason[:15]) == (None, "something waits")
        assert seen.series.last.age is not None


def test_what_is_trimmed_unread_is_gone(shop: Shop, single: RedisDeployment) -> None:
    declared(shop, single)
    call = single.nodes[0].admin.call
    for number in range(10):
        call("XADD", "orders", "*", "body", str(number))
    call("XREADGROUP", "GROUP", "billing", "mailer", "COUNT", "2", "NOACK", "STREAMS", "orders", ">")
    call("XTRIM", "orders", "MAXLEN", "3")
    with watching(every=0.5) as watch:
        seen = watch.sees("billing", State.AT_RISK_OF_LOSS)
        assert seen.judged.verdict.reason == "5 messages went away before the group read them"
