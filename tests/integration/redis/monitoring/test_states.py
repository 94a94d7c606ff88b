"""Every state of streams and their groups is brought about on a real Redis, and seen within two intervals."""

from mqinfra.model.health import State
from tests.brokers.redis.deployment import RedisDeployment
from tests.integration.redis.provider.conftest import Shop
from tests.integration.watching import watching


def declared(shop: Shop, single: RedisDeployment, most: int | None = None, **promises: object) -> None:
    shop.on(single)
    more = {} if most is None else {"expectedMaxLength": most}
    group = {"promises": promises} if promises else {}
    shop.declare(streams={"orders": {"deadLetter": True, "groups": {"billing": group}, **more}})
    shop.apply()


class Client:
    """Who adds entries, and reads them as a member of the group."""

    def __init__(self, single: RedisDeployment) -> None:
        self.call = single.nodes[0].admin.call

    def add(self, stream: str, count: int) -> list[str]:
        return [self.call("XADD", stream, "*", "body", str(number)) for number in range(count)]

    def read(self, count: int) -> None:
        """Take the next entries; they are acknowledged at once."""
        words = ("GROUP", "billing", "mailer", "COUNT", str(count), "NOACK", "STREAMS", "orders", ">")
        self.call("XREADGROUP", *words)


def test_groups_of_streams_are_seen_in_every_state(shop: Shop, single: RedisDeployment) -> None:
    declared(shop, single)
    client = Client(single)
    add, read, call = client.add, client.read, client.call
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
    client = Client(single)
    ids = client.add("orders", 10)
    client.read(3)
    client.call("XDEL", "orders", ids[5])
    with watching(every=0.5) as watch:
        seen = watch.sees("billing", State.STALLED)
        assert (seen.series.last.waiting, seen.judged.verdict.reason[:15]) == (None, "something waits")
        assert seen.series.last.age is not None


def test_what_is_trimmed_unread_is_gone(shop: Shop, single: RedisDeployment) -> None:
    declared(shop, single)
    client = Client(single)
    client.add("orders", 10)
    client.read(2)
    client.call("XTRIM", "orders", "MAXLEN", "3")
    with watching(every=0.5) as watch:
        seen = watch.sees("billing", State.AT_RISK_OF_LOSS)
        assert seen.judged.verdict.reason == "5 messages went away before the group read them"


def test_more_than_is_promised_waits_until_it_is_caught_up_with(shop: Shop, single: RedisDeployment) -> None:
    declared(shop, single, maxLag=10)
    client = Client(single)
    client.add("orders", 200)
    client.read(1)
    with watching(every=0.5) as watch:
        watch.look()
        client.read(1)
        seen = watch.sees("billing", State.LAGGING)
        assert "198 messages wait, and at most 10 are promised" in seen.judged.verdict.reason
        for _ in range(6):
            client.read(20)
            watch.look()
        assert watch.sees("billing", State.CATCHING_UP).judged.verdict.rule == "falling"
        client.read(100)
        watch.sees("billing", State.OK)


def test_what_grows_is_seen_without_a_promise(shop: Shop, single: RedisDeployment) -> None:
    declared(shop, single)
    client = Client(single)
    client.add("orders", 600)
    with watching(every=0.5) as watch:
        for _ in range(8):
            client.add("orders", 10)
            client.read(1)
            watch.look()
        assert watch.sees("billing", State.LAGGING).judged.verdict.rule == "growing"


def test_a_batch_that_nobody_runs_now_is_no_fault(shop: Shop, single: RedisDeployment) -> None:
    declared(shop, single, batch=True)
    Client(single).add("orders", 5)
    with watching(every=0.5) as watch:
        watch.sees("billing", State.EMPTY_OK)
        assert {watch.look()["billing"].judged.verdict.state for _ in range(9)} == {State.EMPTY_OK}


def test_a_stream_that_is_nearly_as_long_as_it_should_be_loses_what_is_unread(
    shop: Shop, single: RedisDeployment
) -> None:
    declared(shop, single, most=100)
    client = Client(single)
    client.add("orders", 96)
    client.read(1)
    with watching(every=0.5) as watch:
        seen = watch.sees("billing", State.AT_RISK_OF_LOSS)
        assert seen.judged.verdict.reason == "95 messages unread, and at most 100 are kept"
        client.read(90)
        watch.sees("billing", State.OK)


def test_what_nobody_can_tell_is_not_known(shop: Shop, single: RedisDeployment) -> None:
    declared(shop, single)
    client = Client(single)
    with watching(every=0.5) as watch:
        watch.sees("billing", State.OK)
        client.call("DEL", "orders")
        seen = watch.sees("billing", State.UNKNOWN)
        assert seen.judged.verdict.reason == "it does not exist; `mqinfra apply` makes it"
        shop.apply()
        watch.sees("billing", State.OK)
