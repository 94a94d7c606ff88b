"""The call that lets preferred leaders lead is one that the client library takes; whether it is made, brokers show."""

from typing import Any, cast

from confluent_kafka.admin import AdminClient

from mqinfra.providers.kafka.api.replica_calls import ReplicaCalls
from mqinfra.providers.kafka.api.wire import Peer, Throttle, Wire


def test_the_library_takes_the_call() -> None:
    nobody = AdminClient({"bootstrap.servers": "127.0.0.1:1", "socket.timeout.ms": 300, "log_level": 0})
    wire, unused = Wire(nobody, Peer("kafka", "127.0.0.1:1"), 1.0, Throttle()), cast("Any", None)
    fault = ReplicaCalls(wire, unused, unused).elect([("orders", 0), ("orders", 1)])
    assert fault is not None
    assert fault.name == "_TIMED_OUT"
