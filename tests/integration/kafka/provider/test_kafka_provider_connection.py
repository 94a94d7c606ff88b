from __future__ import annotations

import socket
import threading
import time
from contextlib import contextmanager, suppress
from typing import TYPE_CHECKING, Any

import pytest

from mqinfra.model.errors import UserError
from mqinfra.model.reading import Source
from tests.brokers.kafka.cluster import KafkaCluster
from tests.integration.kafka.provider.conftest import SECRETS, connect, scram
from tests.late import LATE

if TYPE_CHECKING:
    from collections.abc import Iterator

    from mqinfra.model.diagnostic import Diagnostic


@pytest.fixture(scope="module")
def closed_port() -> str:
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        return f"127.0.0.1:{listener.getsockname()[1]}"


@pytest.fixture(scope="module")
def silent_port() -> Iterator[str]:
    """Takes connections and never says a word."""
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        listener.listen(16)
        yield f"127.0.0.1:{listener.getsockname()[1]}"


@contextmanager
def forwarded(host: str, port: int) -> Iterator[str]:
    """Another address of this machine for a port on 127.0.0.1."""
    with socket.create_server((host, 0)) as listener:
        threading.Thread(target=_forward, args=(listener, port), daemon=True).start()
        yield f"{host}:{listener.getsockname()[1]}"


def _forward(listener: socket.socket, port: int) -> None:
    with suppress(OSError):  # the listener was closed: the test is over
        while True:
            near, far = listener.accept()[0], socket.create_connection(("127.0.0.1", port))
            for one, other in ((near, far), (far, near)):
                threading.Thread(target=_pump, args=(one, other), daemon=True).start()


def _pump(source: socket.socket, target: socket.socket) -> None:
    with suppress(OSError), target:  # either side hung up
        while data := source.recv(65_536):
            target.sendall(data)


def failure(bootstrap: str, security: dict[str, Any] | None = None, **rest: Any) -> Diagnostic:
    """Connect in vain: before the time is up, and without a secret in any text."""
    start = time.monotonic()
    with pytest.raises(UserError) as caught:
        connect(bootstrap, security, **({"timeout": 30} | rest))
    limit = rest.get("timeout", 30 - LATE) + LATE
    assert time.monotonic() - start < limit
    (diagnostic,) = caught.value.diagnostics
    assert diagnostic.help
    for secret in SECRETS.values():
        assert secret not in diagnostic.model_dump_json()
        assert secret not in str(caught.value)
    return diagnostic


def test_a_session_knows_its_cluster(kafka: KafkaCluster) -> None:
    with connect(kafka.bootstrap, clusterId=kafka.cluster_id) as session:
        facts = session.facts
    assert (facts.cluster_id, facts.brokers, facts.racks) == (kafka.cluster_id, 1, ())
    assert facts.version == ".".join(kafka.version.split(".")[:2])
    assert not facts.version_is_exact
    assert facts.endpoint == kafka.bootstrap
    assert session.source is Source.LIVE


def test_all_brokers_count(kafka_4_three: KafkaCluster) -> None:
    with connect(kafka_4_three.bootstrap) as session:
        assert session.facts.brokers == 3


@pytest.mark.parametrize("mechanism", ["SCRAM-SHA-256", "SCRAM-SHA-512"])
def test_login_works_over_tls_and_without(kafka_4: KafkaCluster, mechanism: str) -> None:
    with connect(kafka_4.sasl_bootstrap, scram(mechanism=mechanism)) as session:
        assert session.facts.cluster_id == kafka_4.cluster_id
    with connect(kafka_4.tls_bootstrap, {"tls": {"ca": str(kafka_4.ca_file)}, **scram(mechanism=mechanism)}) as session:
        assert session.facts.cluster_id == kafka_4.cluster_id


def test_an_authority_may_be_given_as_text(kafka_4: KafkaCluster) -> None:
    text = kafka_4.ca_file.read_text(encoding="ascii")
    with connect(kafka_4.tls_bootstrap, {"tls": {"caPem": text}, **scram()}) as session:
        assert session.facts.cluster_id == kafka_4.cluster_id


def test_one_dead_bootstrap_address_does_not_matter(kafka_4: KafkaCluster, closed_port: str, silent_port: str) -> None:
    for dead in (closed_port, silent_port, "no-such-host.invalid:9092"):
        with connect(f"{dead},{kafka_4.bootstrap}") as session:
            assert session.facts.cluster_id == kafka_4.cluster_id


def test_a_user_without_rights_can_connect_and_learns_no_version(kafka: KafkaCluster) -> None:
    with connect(kafka.sasl_bootstrap, scram("LIMITED")) as session:
        assert (session.facts.cluster_id, session.facts.version) == (kafka.cluster_id, "")


def test_another_cluster_is_refused(kafka_4: KafkaCluster) -> None:
    found = failure(kafka_4.bootstrap, clusterId="prod")
    assert found.code == "MQ330"
    assert kafka_4.cluster_id in found.message


def test_each_way_to_fail_has_its_own_words(kafka_4: KafkaCluster, closed_port: str, silent_port: str) -> None:
    tls = {"tls": {"ca": str(kafka_4.ca_file)}}
    found = {
        "closed": failure(closed_port),
        "silent": failure(silent_port),
        "host": failure("no-such-host.invalid:9092"),
        "plain to TLS": failure(kafka_4.tls_bootstrap),
        "plain to SASL": failure(kafka_4.sasl_bootstrap),
        "TLS to plain": failure(kafka_4.bootstrap, tls),
        "SASL to plain": failure(kafka_4.bootstrap, scram()),
        "authority": failure(kafka_4.tls_bootstrap, {"tls": True, **scram()}),
        "password": failure(kafka_4.sasl_bootstrap, scram("WRONG")),
        "password over TLS": failure(kafka_4.tls_bootstrap, tls | scram("WRONG", "SCRAM-SHA-256")),
        "mechanism": failure(kafka_4.sasl_bootstrap, scram(mechanism="PLAIN")),
    }
    codes = {name: diagnostic.code for name, diagnostic in found.items()}
    # What the broker says to TLS may be overtaken by the end of the connection, on a busy machine above all.
    assert codes.pop("TLS to plain") in {"MQ454", "MQ416"}
    assert "does not speak TLS" in found["TLS to plain"].message
    assert codes == {
        "closed": "MQ414",
        "silent": "MQ414",
        "host": "MQ415",
        "plain to TLS": "MQ454",
        "plain to SASL": "MQ720",
        "SASL to plain": "MQ720",
        "authority": "MQ416",
        "password": "MQ720",
        "password over TLS": "MQ720",
        "mechanism": "MQ720",
    }
    messages = [diagnostic.message for diagnostic in found.values()]
    assert len(set(messages)) == len(messages)
    assert "SCRAM-SHA-256" in found["mechanism"].help[0]
    assert "env WRONG" in found["password"].help[0]


def test_a_short_timeout_is_kept(silent_port: str) -> None:
    failure(silent_port, timeout=2)


def test_files_that_can_not_be_read_are_told_before_anything_is_sent(kafka_4: KafkaCluster) -> None:
    found = failure(kafka_4.tls_bootstrap, {"tls": {"ca": "/no/such/file"}, **scram()})
    assert found.code == "MQ456"
    assert "ssl.ca.location" in found.message


def test_a_certificate_for_another_name_is_refused(kafka_4: KafkaCluster) -> None:
    with forwarded("127.0.0.2", int(kafka_4.tls_bootstrap.rpartition(":")[2])) as address:
        found = failure(address, {"tls": {"ca": str(kafka_4.ca_file)}, **scram()})
        assert found.code == "MQ416"
        assert "another name" in found.message
        security = {"tls": {"ca": str(kafka_4.ca_file), "endpointIdentification": "none"}, **scram()}
        with connect(address, security) as session:
            assert session.facts.cluster_id == kafka_4.cluster_id


def test_a_token_that_can_not_be_had_is_a_failed_login(kafka_4: KafkaCluster, closed_port: str) -> None:
    oauth = {"tokenEndpoint": f"http://{closed_port}/token", "clientId": "c", "clientSecret": {"env": "WRONG"}}
    found = failure(kafka_4.sasl_bootstrap, {"sasl": {"oauth": oauth}})
    assert found.code == "MQ720"
    assert closed_port in found.message


def test_a_client_without_kerberos_says_so(kafka_4: KafkaCluster) -> None:
    found = failure(kafka_4.sasl_bootstrap, {"sasl": {"kerberos": {"principal": "mqinfra@EXAMPLE"}}})
    assert found.code == "MQ456"
    assert "without Kerberos" in found.message


def test_nothing_goes_to_stderr(kafka_4: KafkaCluster, closed_port: str, capfd: pytest.CaptureFixture[str]) -> None:
    failure(closed_port)
    failure(kafka_4.sasl_bootstrap, scram("WRONG"))
    with connect(f"{closed_port},{kafka_4.bootstrap}"):
        pass
    captured = capfd.readouterr()
    assert (captured.out, captured.err) == ("", "")


def test_connecting_writes_nothing(kafka_4: KafkaCluster) -> None:
    before = kafka_4.metadata_end_offset()
    with connect(kafka_4.proxied_bootstrap):
        pass
    assert kafka_4.proxy.mutating() == []
    assert kafka_4.metadata_end_offset() == before
