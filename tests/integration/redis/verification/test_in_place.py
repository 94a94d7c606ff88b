"""Canaries through a real stream that says it accepts them: its group sees each, and nobody's place moves for them."""

from tests.brokers.redis.deployment import RedisDeployment
from tests.integration.redis.provider.conftest import Shop
from tests.integration.redis.verification.verified import keys, verify
from tests.integration.verified import results

STREAMS = {
    "{orders}": {"groups": {"billing": {}}, "promises": {"canary": "accept"}},
    "eu:returns": {"groups": {"billing": {}}},
}
OF_TRAFFIC = ("V02", "V03", "V04", "V06", "V07", "V11")


def test_a_stream_that_accepts_canaries_is_verified_itself_and_others_by_copies(
    shop: Shop, single: RedisDeployment
) -> None:
    shop.on(single)
    shop.declare(streams=STREAMS)
    shop.apply()
    admin = single.nodes[0].admin
    admin.call("XADD", "{orders}", "*", "order", "1")
    before = keys(single)
    wishes = [word for check in OF_TRAFFIC for word in ("--only", check)]
    found = verify(shop, "--mode", "in-place", *wishes)
    assert set(results(found).values()) == {"pass"}
    assert {name: one["mode"] for name, one in found.items() if name.startswith("V03")} == {
        "V03 {orders}": "in-place",
        "V03 eu:returns": "clone",
    }
    assert (admin.call("XLEN", "{orders}"), admin.call("XLEN", "eu:returns")) == (101, 0)
    assert admin.call("TTL", "{orders}") == -1
    (entries,) = admin.call("XREADGROUP", "GROUP", "billing", "me", "COUNT", "500", "STREAMS", "{orders}", ">")
    fields = [flat for _, flat in entries[1]]
    assert fields[0] == ["order", "1"]
    assert all("mqinfra-canary" in flat for flat in fields[1:])
    assert keys(single) == before
