"""What a fault makes of a call, whichever broker's it is; a call that no table lists has advice too."""

import pytest

from mqinfra.providers.base.connecting.fault import Fault, Meaning
from mqinfra.providers.base.request import Lost, Refused
from mqinfra.providers.kafka.api import faults as kafka
from mqinfra.providers.rabbitmq.api import faults as rabbitmq
from mqinfra.providers.rabbitmq.api.call import Call
from mqinfra.providers.redis.api import faults as redis


@pytest.mark.parametrize(
    ("meaning", "result"),
    [
        (Meaning.REFUSED, Refused("no", ("ask",))),
        (Meaning.DENIED, Refused("no", ("ask",))),
        (Meaning.ABSENT, Refused("no", ("ask",))),
        (Meaning.RETRY, Refused("no", ("ask",), retry=True)),
        (Meaning.LOST, Lost("no")),
    ],
)
def test_a_meaning_makes_a_result(meaning: Meaning, result: Refused | Lost) -> None:
    fault = Fault("no", meaning, ("ask",))
    assert fault.result() == result
    flags = [fault.denied, fault.absent, fault.retry, fault.lost]
    assert flags.count(True) == (meaning is not Meaning.REFUSED)
    assert fault.result("other words").message == "other words"


def test_a_read_that_failed_is_a_finding_that_says_what_was_asked_and_what_to_do() -> None:
    found = Fault("timed out", Meaning.LOST).unread("to `GET /x`", "it (a:1)")
    assert (found.code, found.message) == ("MQ418", "no usable answer to `GET /x`: timed out")
    assert (found.address, found.help) == (
        "it (a:1)",
        ("check whether the server is up, or give `--timeout` more seconds",),
    )
    assert Fault("no", help=("ask",)).unread("to it", "x").help == ("ask",)
    assert Fault("no", help=("ask",)).unread("to it", "x", ("look",)).help == ("look",)
    assert Fault("no", finding=found).unread("to it", "x") is found


def test_a_missing_right_for_an_unlisted_call_is_told_with_general_advice() -> None:
    denied = kafka.fault_named("CLUSTER_AUTHORIZATION_FAILED", "no")
    call = Call("PUT", ("shovels", "/shop", "copy"))
    results = [
        kafka.result_of(denied, "ElectLeaders", "orders", ""),
        redis.result_of(redis.fault_from("NOPERM no"), "FUNCTION LOAD on redis-1:6379"),
        rabbitmq.to_result(rabbitmq.fault_of(call, 401, {"error": "not_authorised", "reason": "no"}, "shop")),
    ]
    for result in results:
        assert isinstance(result, Refused)
        assert result.message.startswith("not allowed: ")
        assert "administrator" in result.help[0]
