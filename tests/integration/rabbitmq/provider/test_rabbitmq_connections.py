"""Every way in which RabbitMQ is not reached has a message of its own and a next step; names and rights survive."""

import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from mqinfra.model.errors import UserError
from mqinfra.model.record import Owner
from mqinfra.providers.rabbitmq.io.client import Answer, Call, Counts, RabbitFault
from mqinfra.providers.rabbitmq.records import lock
from tests.brokers.ports import HOST, free_ports
from tests.brokers.rabbitmq.release import DEFAULT, installed
from tests.brokers.rabbitmq.server import RabbitServer, Settings
from tests.brokers.tls import make_identity
from tests.integration.rabbitmq.provider.opening import SECRET, block_of, client_of, opened
from tests.late import LATE

OTHER_NAME = "127.1"  # leads to loopback, and is in no certificate


@pytest.fixture
def server(rabbitmq: RabbitServer) -> RabbitServer:
    rabbitmq.wipe()
    return rabbitmq


@pytest.fixture(scope="module")
def guarded(tmp_path_factory: pytest.TempPathFactory) -> Iterator[RabbitServer]:
    """A server with TLS ports beside the plain ones, which want a certificate of the client."""
    folder = tmp_path_factory.mktemp("guarded")
    identity = make_identity(folder / "tls")
    http, amqp = free_ports(2)
    files = {"cacertfile": identity.ca_file, "certfile": identity.keystore, "keyfile": identity.keystore}
    config = {"listeners.ssl.1": f"{HOST}:{amqp}", "management.ssl.port": str(http), "management.ssl.ip": HOST}
    for name, path in files.items():
        config |= {f"ssl_options.{name}": str(path), f"management.ssl.{name}": str(path)}
    for prefix in ("ssl_options", "management.ssl"):
        config |= {f"{prefix}.verify": "verify_peer", f"{prefix}.fail_if_no_peer_cert": "true"}
    settings = Settings(plugins=("rabbitmq_management",), config=config)
    made = RabbitServer(installed(DEFAULT), folder / "node", settings)
    try:
        made.start()
        yield made
    finally:
        made.close()


def tls_block(guarded: RabbitServer, host: str = HOST, **tls: object) -> dict[str, Any]:
    config = guarded.settings.config
    own = {"certificate": config["ssl_options.certfile"], "key": config["ssl_options.keyfile"]}
    return {
        "url": f"https://{host}:{config['management.ssl.port']}",
        "amqp": f"amqps://{config['listeners.ssl.1'].replace(HOST, host)}",
        "tls": {"ca": config["ssl_options.cacertfile"], **own, **tls},
    }


def failure(block: dict[str, Any], user: str = "guest", password: str = SECRET) -> tuple[str, str]:
    """Code and message of the one finding about a connection that fails."""
    started = time.monotonic()
    with pytest.raises(UserError) as error:
        opened(block, user, password)
    assert time.monotonic() - started < 10 + LATE
    [found] = error.value.diagnostics
    assert found.help, found
    assert SECRET not in str(found)
    return found.code, found.message


def test_facts(server: RabbitServer) -> None:
    with opened(block_of(server)) as session:
        facts = session.facts
    assert facts.version == server.version
    assert facts.cluster_id.startswith("rabbit")
    assert (facts.brokers, facts.traits["node-count"], facts.traits["user"]) == (1, "1", "guest")
    assert facts.traits["tags"] == "administrator"
    assert "quorum_queue" in facts.traits["feature-flags"].split(",")
    assert {"direct", "x-consistent-hash"} <= set(facts.traits["exchange-types"].split(","))
    assert facts.endpoint == f"{HOST}:{server.http_port}"


def test_facts_for_a_caller_who_sees_little(server: RabbitServer) -> None:
    server.management.call("PUT", "users", "team", body={"password": SECRET, "tags": "management"})
    with opened(block_of(server), "team", SECRET) as session:
        assert session.facts.version == server.version
        assert session.facts.cluster_id
        assert "node-count" not in session.facts.traits
        assert session.facts.traits["tags"] == "management"


def test_closed_port() -> None:
    port = free_ports(1)[0]
    assert failure({"url": f"http://{HOST}:{port}"}) == (
        "MQ414",
        f"`{HOST}:{port}` refused the connection: nothing listens on that port",
    )


def test_unknown_host() -> None:
    assert failure({"url": "https://no-such-host.invalid"}) == (
        "MQ415",
        "host `no-such-host.invalid` can't be resolved",
    )


def test_the_next_address_is_asked_when_the_first_is_closed(server: RabbitServer) -> None:
    with opened({"url": [f"http://{HOST}:{free_ports(1)[0]}", server.http_url]}) as session:
        assert session.facts.endpoint == f"{HOST}:{server.http_port}"


def test_silence(server: RabbitServer) -> None:
    server.pause()
    try:
        code, message = failure(block_of(server))
    finally:
        server.resume()
    assert (code, "does not answer" in message) == ("MQ414", True), message


def test_the_amqp_port(server: RabbitServer) -> None:
    for scheme in ("http", "https"):
        code, message = failure({"url": f"{scheme}://{HOST}:{server.amqp_port}"})
        assert (code, "speaks AMQP" in message) == ("MQ463", True), message


def test_tls_at_the_plain_port(server: RabbitServer) -> None:
    code, message = failure({"url": f"https://{HOST}:{server.http_port}"})
    assert (code, "does not speak TLS" in message) == ("MQ454", True), message


def test_plain_text_at_a_tls_port(guarded: RabbitServer) -> None:
    code, message = failure({"url": tls_block(guarded)["url"].replace("https", "http")})
    assert (code, "it is a TLS port" in message) == ("MQ454", True), message


def test_unknown_authority(guarded: RabbitServer) -> None:
    code, message = failure({"url": tls_block(guarded)["url"]})
    assert (code, "can't be verified" in message) == ("MQ416", True), message


def test_a_missing_file_of_authorities(guarded: RabbitServer, tmp_path: Path) -> None:
    code, message = failure({"url": tls_block(guarded)["url"], "tls": {"ca": str(tmp_path / "none.pem")}})
    assert (code, "`tls.ca` can't be used" in message) == ("MQ456", True), message


def test_another_name(guarded: RabbitServer) -> None:
    code, message = failure(tls_block(guarded, OTHER_NAME))
    assert (code, "is for another name" in message) == ("MQ416", True), message


def test_no_certificate_of_the_client(guarded: RabbitServer) -> None:
    block = tls_block(guarded, certificate=None, key=None)
    code, message = failure(block)
    assert (code, "requires a client certificate" in message) == ("MQ416", True), message
    with opened({**block, "url": guarded.http_url}) as session:
        fault = client_of(session).counts("/", ["q"])["q"]
    assert isinstance(fault, RabbitFault)
    assert "client certificate" in fault.message, fault


def test_a_lock_lives_and_ends_over_tls(guarded: RabbitServer, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(lock, "_HEARTBEAT", 1)
    monkeypatch.setattr(lock, "_BEAT", 0.3)
    with opened(tls_block(guarded)) as session, session.lock(Owner("shop", "prod"), "ann@laptop", 0) as held:
        time.sleep(3.5)
        assert held.lost() == ""
        guarded.management.call("DELETE", "vhosts", "/")
        deadline = time.monotonic() + 30
        while not held.lost() and time.monotonic() < deadline:
            time.sleep(0.05)
        assert held.lost()
    guarded.wipe()


@pytest.mark.parametrize(
    ("host", "tls"),
    [(HOST, {}), (OTHER_NAME, {"checkName": False}), (OTHER_NAME, {"verify": False, "ca": None})],
    ids=["checked", "name unchecked", "unchecked"],
)
def test_tls_works(guarded: RabbitServer, host: str, tls: dict[str, object]) -> None:
    with opened(tls_block(guarded, host, **tls)) as session:
        client = client_of(session)
        [answer] = client.send([Call("PUT", ("queues", "/", "tls"), body={"durable": True})])
        assert isinstance(answer, Answer)
        assert client.counts("/", ["tls"]) == {"tls": Counts(0, 0)}


def test_wrong_password(server: RabbitServer) -> None:
    code, message = failure(block_of(server))
    assert (code, "refused the login of `guest`" in message) == ("MQ720", True), message


def test_no_management_tag(server: RabbitServer) -> None:
    server.management.call("PUT", "users", "app", body={"password": SECRET, "tags": ""})
    code, message = failure(block_of(server), "app")
    assert (code, "lacks the tag `management`" in message) == ("MQ721", True), message


def test_another_cluster(server: RabbitServer) -> None:
    code, message = failure({**block_of(server), "clusterId": "prod"}, password="guest")
    assert (code, "`clusterId` says `prod`" in message) == ("MQ330", True), message


def test_counts_that_can_not_be_had_say_why(server: RabbitServer) -> None:
    cases = {
        f"amqp://{HOST}:{free_ports(1)[0]}": "nothing listens on that port",
        f"amqp://{HOST}:{server.http_port}": "accepts connections, but does not answer",
        f"amqps://{HOST}:{server.amqp_port}": "does not speak TLS",
    }
    for address, words in cases.items():
        with opened({**block_of(server), "amqp": address}, timeout=4) as session:
            fault = client_of(session).counts("/", ["q"])["q"]
        assert isinstance(fault, RabbitFault)
        assert words in fault.message, fault
