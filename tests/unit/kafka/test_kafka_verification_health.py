"""What keeps a verification from sending, and which listeners of a broker have no TLS."""

from types import SimpleNamespace
from typing import Any, cast

import pytest

from mqinfra.providers.kafka.api.faults import fault_named
from mqinfra.providers.kafka.api.listeners import listeners_of
from mqinfra.providers.kafka.api.replicas import Disk
from mqinfra.providers.kafka.verification.health import trouble


def client(*disks: object) -> Any:
    found = dict(enumerate(disks, start=1))
    return SimpleNamespace(
        topics=SimpleNamespace(not_in_sync=dict),
        replicas=SimpleNamespace(brokers=lambda: dict.fromkeys(found, ""), disks=lambda *_: found),
    )


def test_a_disk_with_less_than_a_fifth_free_is_named_with_its_broker() -> None:
    found = trouble(cast("Any", client(Disk(share=0.2), Disk(share=0.19))))
    assert found == ("a disk of broker 2 has 19% free, which is less than 20%",)


@pytest.mark.parametrize("disk", [Disk(), fault_named("CLUSTER_AUTHORIZATION_FAILED", "not allowed")])
def test_a_broker_that_does_not_tell_of_its_disks_keeps_nobody_from_sending(disk: object) -> None:
    assert trouble(cast("Any", client(disk))) == ()


def test_listeners_are_told_apart_by_their_protocols_and_those_of_controllers_left_out() -> None:
    found = listeners_of(
        {
            "advertised.listeners": "INSIDE://a:1,TLS://a:2,SSL://a:3,SASL_PLAINTEXT://a:4",
            "listeners": "INSIDE://:1,TLS://:2,SSL://:3,SASL_PLAINTEXT://:4,CONTROLLER://:5",
            "listener.security.protocol.map": "INSIDE:PLAINTEXT,TLS:SASL_SSL,CONTROLLER:PLAINTEXT",
            "controller.listener.names": "CONTROLLER",
        }
    )
    assert [one.text for one in found if not one.encrypted] == ["INSIDE://a:1", "SASL_PLAINTEXT://a:4"]
    assert [one.text for one in found if one.encrypted] == ["TLS://a:2", "SSL://a:3"]
    assert listeners_of({"listeners": "PLAINTEXT://:1,CONTROLLER://:2", "controller.listener.names": "CONTROLLER"})[
        0
    ].text == ("PLAINTEXT://:1")
