"""A cluster that is reached by TLS: certificates that are checked or not, and listeners without TLS beside it."""

from __future__ import annotations

from contextlib import closing
from pathlib import Path

import pytest

from tests.brokers.kafka.cluster import KafkaCluster, Settings
from tests.brokers.kafka.node import ADMIN
from tests.brokers.kafka.release import installed
from tests.integration.kafka.e2e.shop import Shop
from tests.integration.kafka.provider.conftest import connect
from tests.integration.kafka.verification.verified import verify
from tests.integration.verified import results

TOPIC = "orders.new: {partitions: 1, replicationFactor: 1}"


def by_tls(shop: Shop, cluster: KafkaCluster, tls: str) -> None:
    sasl = f"{{mechanism: SCRAM-SHA-512, username: {ADMIN.name}, password: {{env: ADMIN}}}}"
    shop.clusters(
        kafka=f'{{type: kafka, bootstrap: "{cluster.tls_bootstrap}", security: {{tls: {tls}, sasl: {sasl}}}}}'
    )
    shop.topics(TOPIC)


def test_v34_passes_with_a_checked_certificate_and_fails_without_a_check(
    live_4: KafkaCluster, shop: Shop, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("ADMIN", ADMIN.password)
    by_tls(shop, live_4, f'{{ca: "{live_4.ca_file}"}}')
    found = verify(shop, "--only", "V34")
    assert results(found) == {"V34 kafka": "pass"}, found
    assert found["V34 kafka"]["evidence"].startswith("1 certificate, ")
    by_tls(shop, live_4, "{verify: false}")
    found = verify(shop, "--only", "V34", code=7)
    assert "does not check certificates" in found["V34 kafka"]["evidence"]


def test_v33_fails_while_listeners_without_tls_are_advertised_beside_the_one_with_it(
    live_4: KafkaCluster, shop: Shop, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("ADMIN", ADMIN.password)
    by_tls(shop, live_4, f'{{ca: "{live_4.ca_file}"}}')
    found = verify(shop, "--only", "V33", code=7)["V33 kafka"]
    door = live_4.tls_bootstrap
    assert f"{door} also listens without TLS on PLAINTEXT://{live_4.bootstrap}" in found["offenders"]
    assert f"{door} also listens without TLS on SASL://{live_4.sasl_bootstrap}" in found["offenders"]
    assert f"answers without TLS: {door}" not in found["offenders"]


@pytest.mark.slow_faults
def test_v33_passes_where_nothing_but_tls_is_listened_on(
    shop: Shop, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("ADMIN", ADMIN.password)
    with closing(KafkaCluster(installed("4"), tmp_path / "broker", Settings(proxied=False, encrypted=True))) as alone:
        alone.start()
        by_tls(shop, alone, f'{{ca: "{alone.ca_file}"}}')
        found = verify(shop, "--only", "V33", "--only", "V34")
    assert results(found) == {"V33 kafka": "pass", "V34 kafka": "pass"}, found
    assert found["V33 kafka"]["evidence"] == "1 server answers with TLS only"


def test_a_broker_tells_how_much_of_its_disk_is_free(kafka_4: KafkaCluster) -> None:
    with connect(kafka_4.bootstrap) as session:
        client = session._client  # type: ignore[attr-defined]
        (disk,) = client.replicas.disks(client.replicas.brokers(), {}).values()
        assert 0 < disk.share < 1
        assert dict(disk.sizes) == {}
