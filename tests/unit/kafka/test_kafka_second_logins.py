"""What kafka-python is told of a login and of TLS, and what it can't do as librdkafka can."""

import json
import shutil
import socket
import stat
from pathlib import Path
from typing import Any

import pytest

from mqinfra.model.secret import SecretRef, SecretValue
from mqinfra.providers.kafka.api import second_tls
from mqinfra.providers.kafka.api.connection import KafkaConnection
from mqinfra.providers.kafka.api.sasl import OAuth
from mqinfra.providers.kafka.api.second_client import SecondClient, Unavailable
from mqinfra.providers.kafka.api.security import KafkaTls
from mqinfra.providers.kafka.api.tokens import TokenError, Tokens
from tests.brokers.tls import ClientIdentity, client_identity, with_openssl
from tests.loopback import Loopback

SECRET = "secret-of-the-client-81c"


class Endpoint(Loopback):
    """Answers each request with the next of some answers, and keeps what came."""

    def __init__(self, *answers: tuple[int, bytes]) -> None:
        self.answers, self.heard = list(answers), list[bytes]()
        super().__init__(self._serve_http)

    def _serve_http(self, connection: socket.socket) -> None:
        self.heard.append(connection.recv(65_536))
        status, body = self.answers.pop(0)
        head = f"HTTP/1.1 {status} X\r\nContent-Length: {len(body)}\r\nConnection: close\r\n\r\n"
        connection.sendall(head.encode() + body)


def tokens(endpoint: Endpoint, **more: Any) -> Tokens:
    oauth = OAuth.model_validate({"tokenEndpoint": f"http://{endpoint.address}/token?a=1", "clientId": "me", **more})
    return Tokens(oauth, SECRET, 3.0)


def given(token: str, lasting: float = 600) -> tuple[int, bytes]:
    return 200, json.dumps({"access_token": token, "expires_in": lasting}).encode()


def test_a_token_is_asked_for_as_a_client_with_a_secret_and_once_while_it_lasts() -> None:
    with Endpoint(given("one")) as endpoint:
        some = tokens(endpoint, scope="kafka read")
        assert (some.token(), some.token()) == ("one", "one")
    (heard,) = endpoint.heard
    head, _, body = heard.decode().partition("\r\n\r\n")
    assert head.startswith("POST /token?a=1 HTTP/1.1\r\n")
    assert "Authorization: Basic bWU6c2VjcmV0LW9mLXRoZS1jbGllbnQtODFj" in head
    assert body == "grant_type=client_credentials&scope=kafka+read"


def test_a_token_that_is_nearly_over_is_asked_for_again() -> None:
    with Endpoint(given("one", 20), given("two", 20)) as endpoint:
        some = tokens(endpoint)
        assert (some.token(), some.token()) == ("one", "two")


@pytest.mark.parametrize(
    ("answer", "said"),
    [
        ((401, b'{"error": "invalid_client"}'), "gave no token (HTTP 401)"),
        ((200, b"{}"), "gave no token"),
        ((200, b'{"access_token": 7}'), "gave no token"),
        ((200, b"<html>"), "no usable answer"),
        ((200, b"[1]"), "gave no token"),
    ],
)
def test_no_token_says_why_and_shows_no_secret(answer: tuple[int, bytes], said: str) -> None:
    with Endpoint(answer) as endpoint, pytest.raises(TokenError) as caught:
        tokens(endpoint).token()
    assert said in str(caught.value)
    assert SECRET not in str(caught.value)
    assert SECRET not in repr(tokens(endpoint))


def reason(security: dict[str, Any]) -> str:
    block = {"type": "kafka", "bootstrap": "127.0.0.1:1", "security": security}
    client = SecondClient(KafkaConnection.model_validate(block), lambda _: SecretValue(SECRET), 1.0)
    answer = client.ask(lambda _: None)
    assert isinstance(answer, Unavailable)
    return answer.reason


def test_logins_that_it_can_not_do_are_named() -> None:
    tls = {"tls": True}
    assert reason({**tls, "sasl": {"mechanism": "GSSAPI"}}) == "is not possible here with a login by GSSAPI"
    azure = {"oauth": {"metadata": "azure_imds", "config": "query=x"}}
    assert reason({**tls, "sasl": azure}) == "is not possible here with `security.sasl.oauth.metadata`"
    jwt = {"tokenEndpoint": "https://x/t", "assertion": {"file": "/x"}}
    assert reason({**tls, "sasl": {"oauth": jwt}}) == "is not possible here with `security.sasl.oauth.assertion`"
    with Endpoint((401, b"{}")) as endpoint:
        oauth = {"tokenEndpoint": f"http://{endpoint.address}/t", "clientSecret": {"env": "X"}}
        assert reason({"sasl": {"oauth": oauth}}) == "failed: http://127.0.0.1 gave no token (HTTP 401)"
    assert reason({"tls": {"curves": "X25519"}}) == "is not possible here with `security.tls.curves`"


@pytest.fixture(scope="module")
def identity(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, ClientIdentity]:
    if shutil.which("openssl") is None:
        pytest.skip("there is no `openssl`")
    folder = tmp_path_factory.mktemp("tls")
    authority = with_openssl(folder)
    return authority.ca_file, client_identity(authority, folder / "client", "/OU=shop/CN=me", SECRET)


def reveal(value: str | SecretRef | None) -> str | None:
    return SECRET if isinstance(value, SecretRef) else value


def test_a_certificate_may_be_files_text_or_a_keystore(identity: tuple[Path, ClientIdentity], tmp_path: Path) -> None:
    ca, client = identity
    ways: list[dict[str, Any]] = [
        {"certificate": str(client.certificate), "key": str(client.key)},
        {"certificatePem": client.certificate.read_text(), "key": str(client.key)},
        {"certificatePem": client.certificate.read_text(), "keyPem": {"env": "X"}},
        {"keystore": str(client.keystore), "keystorePassword": {"env": "X"}},
    ]
    for way in ways:
        pem = client.key.read_text()
        known = {"X": pem if "keyPem" in way else SECRET}

        def looked_up(value: str | SecretRef | None, known: dict[str, str] = known) -> str | None:
            return known[str(value.env)] if isinstance(value, SecretRef) else value

        context = second_tls.context_of(KafkaTls.model_validate({"ca": str(ca), **way}), looked_up)
        assert not isinstance(context, str), context
    assert not list(tmp_path.iterdir())


@pytest.mark.parametrize(
    ("keystore", "said"),
    [("no-such-file", "can't open `security.tls.keystore`"), ("not-one", "can't open `security.tls.keystore`")],
)
def test_a_keystore_that_can_not_be_opened_says_so(keystore: str, said: str, tmp_path: Path) -> None:
    (tmp_path / "not-one").write_text("x")
    tls = KafkaTls.model_validate({"keystore": str(tmp_path / keystore), "keystorePassword": {"env": "X"}})
    found = second_tls.context_of(tls, reveal)
    assert isinstance(found, str)
    assert said in found


def test_the_password_of_a_keystore_is_no_argument_and_a_missing_openssl_is_said(
    identity: tuple[Path, ClientIdentity], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    tls = KafkaTls.model_validate({"keystore": str(identity[1].keystore), "keystorePassword": {"env": "X"}})
    fake = tmp_path / "openssl"
    fake.write_text(f'#!/bin/sh\necho "$@" >> {tmp_path}/arguments\nexit 1\n')
    fake.chmod(fake.stat().st_mode | stat.S_IEXEC)
    monkeypatch.setenv("PATH", str(tmp_path))
    assert "can't open" in str(second_tls.context_of(tls, reveal))
    assert SECRET not in (tmp_path / "arguments").read_text()
    fake.unlink()
    assert second_tls.context_of(tls, reveal) == "needs the command `openssl` for `security.tls.keystore`"


def test_a_login_with_a_keystore_alone_has_no_principal_of_nobody() -> None:
    assert KafkaTls.model_validate({"keystore": "/x.p12"}).has_certificate
