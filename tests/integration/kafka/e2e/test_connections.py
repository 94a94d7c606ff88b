"""Each way not to reach a cluster has words of its own, a next step, and an end within seconds."""

from __future__ import annotations

import re
import secrets
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import pytest

from tests.brokers.kafka.cluster import KafkaCluster
from tests.brokers.kafka.release import installed
from tests.brokers.ports import HOST, free_ports
from tests.integration.kafka.e2e.conftest import proxied
from tests.integration.kafka.e2e.shop import Shop

LOGIN = "sasl: {mechanism: SCRAM-SHA-512, username: admin, password: {env: SHOP_KAFKA_PASSWORD}}"


@dataclass(frozen=True)
class Case:
    """A way to fail: the block, the code it is reported as, and what the message says."""

    block: Callable[[KafkaCluster], str]
    code: str
    says: str


def block(bootstrap: str, security: str = "") -> str:
    return f'{{type: kafka, bootstrap: "{bootstrap}", security: {{{security}}}}}'


CASES = {
    "closed port": Case(
        lambda _: block(f"{HOST}:{free_ports(1)[0]}", LOGIN), "MQ414", "refused the connection: nothing listens"
    ),
    "unknown host": Case(
        lambda _: block("nowhere.invalid:9092", f"{LOGIN}, tls: true"),
        "MQ415",
        "host `nowhere.invalid` can't be resolved",
    ),
    "plaintext to a TLS port": Case(lambda cluster: block(cluster.tls_bootstrap), "MQ454", "it is a TLS port"),
    "TLS to a plaintext port": Case(
        lambda cluster: block(cluster.sasl_bootstrap, f"{LOGIN}, tls: true"), "MQ454", "does not speak TLS"
    ),
    "no login to a SASL port": Case(lambda cluster: block(cluster.sasl_bootstrap), "MQ720", "requires a login"),
    "login to a port without": Case(
        lambda cluster: block(cluster.bootstrap, LOGIN), "MQ720", "does not accept a login"
    ),
    "wrong password": Case(lambda cluster: block(cluster.sasl_bootstrap, LOGIN), "MQ720", "wrong user or password"),
    "wrong password over TLS": Case(
        lambda cluster: block(cluster.tls_bootstrap, f'{LOGIN}, tls: {{ca: "{cluster.ca_file}"}}'),
        "MQ720",
        "wrong user or password",
    ),
    "untrusted certificate": Case(
        lambda cluster: block(cluster.tls_bootstrap, f"{LOGIN}, tls: true"), "MQ416", "can't be verified"
    ),
    "black hole": Case(proxied, "MQ414", "does not answer"),
}


@pytest.mark.parametrize("name", CASES)
def test_a_cluster_that_can_not_be_reached_is_told_in_its_own_words(
    name: str, kafka_4: KafkaCluster, shop: Shop
) -> None:
    case, token = CASES[name], secrets.token_urlsafe(18)
    if name == "black hole":
        kafka_4.proxy.faults.black_hole()
    shop.clusters(kafka=case.block(kafka_4))
    shop.topics("orders.created: {}")
    running = shop.start("plan", "-v", "-o", "json=plan.json", env={"SHOP_KAFKA_PASSWORD": token, "MQINFRA_DEBUG": "1"})
    visible = running.arguments
    ran = running.end()
    assert ran.code == 1, ran.text
    assert f"error[{case.code}]" in ran.err, ran.text
    assert case.says in re.sub(r"\s+", " ", ran.err), ran.text
    assert "help: " in ran.err
    assert "kafka (" in ran.err, "the message names the alias and the address"
    everything = ran.text + visible + "".join(path.read_text() for path in shop.root.rglob("*") if path.is_file())
    assert token not in everything


def test_a_missing_password_names_the_variable(kafka_4: KafkaCluster, shop: Shop) -> None:
    shop.clusters(kafka=block(kafka_4.sasl_bootstrap, LOGIN))
    shop.topics("orders.created: {}")
    ran = shop.run("plan")
    assert ran.code == 1, ran.text
    assert "SHOP_KAFKA_PASSWORD" in ran.err


def test_an_advertised_address_that_refuses_is_named_with_the_setting_that_says_it(tmp_path: Path, shop: Shop) -> None:
    cluster = KafkaCluster(installed("4"), tmp_path / "kafka")
    try:
        cluster.start()
        cluster.proxy.close()  # the broker goes on telling whoever comes to this listener to use the proxy's port
        shop.clusters(kafka=block(f"{HOST}:{cluster.nodes[0].ports.proxied}"))
        shop.topics("orders.a: {partitions: 1}")
        ran = shop.run("plan", "--timeout", "8")
        assert ran.code == 1, ran.text
        assert "MQ414" in ran.err
        assert f"the deployment announces `{cluster.proxied_bootstrap}`" in " ".join(ran.err.split())
        assert "advertised.listeners" in ran.err
        assert "check the port under" not in ran.err
    finally:
        cluster.close()
