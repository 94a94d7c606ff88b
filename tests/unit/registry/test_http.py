"""One call to a registry: what is waited for, what goes where, and what answers mean."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from mqinfra.model.errors import UserError
from mqinfra.model.secret import SecretRef, SecretValue
from mqinfra.providers.base.catalogue import installed
from mqinfra.providers.base.provider import Cluster
from mqinfra.providers.registry.api.call import Answer, Call, RegistryFault
from mqinfra.providers.registry.api.connection import RegistryConnection
from mqinfra.providers.registry.api.http import Http, Login
from tests.brokers.registry.confluent import Confluent

if TYPE_CHECKING:
    from collections.abc import Iterator


CLIENTS: list[Http] = []


@pytest.fixture
def server() -> Iterator[Confluent]:
    confluent = Confluent()
    yield confluent
    while CLIENTS:
        CLIENTS.pop().close()
    confluent.close()


def http(server: Confluent, login: Login | None = None, timeout: float = 5.0) -> tuple[Http, list[float]]:
    """A client, and the pauses that it makes in place of sleeping."""
    made = Http(server.url, login or Login(), None, width=2, where="it", timeout=timeout)
    pauses: list[float] = []
    made._sleep = pauses.append
    CLIENTS.append(made)
    return made, pauses


@pytest.mark.parametrize("status", [429, 503])
def test_it_waits_as_the_server_asks_for(server: Confluent, status: int) -> None:
    replies = iter([(status, {"Retry-After": "2"}, b""), (status, {"Retry-After": "1"}, b"<html>")])
    server.before = lambda *_: next(replies, None)
    client, pauses = http(server)
    assert isinstance(client.call(Call("GET", ("config",))), Answer)
    assert pauses == [2.0, 1.0]


def test_it_waits_for_writes_too_since_they_were_not_done(server: Confluent) -> None:
    replies: Iterator[tuple[int, dict[str, str], bytes]] = iter([(429, {}, b"")])
    server.before = lambda *_: next(replies, None)
    client, pauses = http(server)
    assert isinstance(client.call(Call("PUT", ("config",), body={"compatibility": "FULL"})), Answer)
    assert pauses == [0.5]


def test_it_waits_no_longer_than_a_call_has_time(server: Confluent) -> None:
    server.before = lambda *_: (503, {"Retry-After": "600"}, b"")
    client, pauses = http(server)
    answer = client.call(Call("GET", ("config",)))
    assert isinstance(answer, RegistryFault)
    assert answer.retry
    assert pauses == []


def test_a_date_is_understood_as_retry_after(server: Confluent) -> None:
    replies = iter([(503, {"Retry-After": "Mon, 01 Jan 2024 00:00:00 GMT"}, b"")])
    server.before = lambda *_: next(replies, None)
    client, pauses = http(server)
    assert isinstance(client.call(Call("GET", ("config",))), Answer)
    assert pauses == [0.1]


@pytest.mark.parametrize("status", [301, 302, 307, 308])
def test_a_redirect_is_not_followed_and_gets_no_credentials(server: Confluent, status: int) -> None:
    other = Confluent()
    try:
        server.before = lambda *_: (status, {"Location": f"{other.url}/config"}, b"")
        client, _ = http(server, Login("me", "secret"))
        answer = client.call(Call("GET", ("config",)))
        assert isinstance(answer, RegistryFault)
        assert "redirects" in answer.message
        assert other.requests == []
    finally:
        other.close()


@pytest.mark.parametrize(
    ("name", "path"),
    [
        ("a/b", "/subjects/a%2Fb"),
        ("../config", "/subjects/..%2Fconfig"),
        ("a b?c#d", "/subjects/a%20b%3Fc%23d"),
        (":.ctx:s", "/subjects/%3A.ctx%3As"),
        ("ü%2F", "/subjects/%C3%BC%252F"),
    ],
)
def test_subjects_are_quoted(server: Confluent, name: str, path: str) -> None:
    client, _ = http(server)
    client.call(Call("DELETE", ("subjects", name)))
    assert [one[1] for one in server.requests] == [path]


@pytest.mark.parametrize("name", [".", "..", "\ud800", ""])
def test_a_name_that_would_mean_something_else_is_not_sent(server: Confluent, name: str) -> None:
    client, _ = http(server)
    assert isinstance(client.call(Call("DELETE", ("subjects", name))), RegistryFault)
    assert server.requests == []


@pytest.mark.parametrize(
    ("login", "header"),
    [(Login("me", "pw"), "Basic bWU6cHc="), (Login(token="abc.def"), "Bearer abc.def"), (Login(), None)],
)
def test_who_calls_stands_in_the_header(server: Confluent, login: Login, header: str | None) -> None:
    client, _ = http(server, login)
    client.call(Call("GET", ("config",)))
    assert server.requests[0][2].get("Authorization") == header


@pytest.mark.parametrize(
    ("status", "body", "word"),
    [
        (409, {"error_code": 409, "message": "m"}, "refused"),
        (409, {"error_code": 40901, "message": "m"}, "refused"),
        (409, {"error_code": 40406, "message": "m"}, "absent"),
        (404, {"error_code": 40406, "message": "m"}, "absent"),
        (404, {"error_code": 40408, "message": "m"}, "absent"),
        (401, {"error_code": 401, "message": "m"}, "denied"),
        (403, b"<html>", "denied"),
        (500, {"error_code": 50001, "message": "m"}, "lost"),
        (504, b"", "lost"),
        (422, {"error_code": 42201, "message": "m"}, "refused"),
        (200, b"<html>hello", "lost"),
        (200, b"[1, 2", "lost"),
    ],
)
def test_answers_mean_what_status_or_code_says(server: Confluent, status: int, body: object, word: str) -> None:
    server.before = lambda *_: (status, {}, body)
    client, _ = http(server)
    answer = client.call(Call("PUT", ("config",), body={}))
    assert isinstance(answer, RegistryFault)
    assert answer.meaning.value == word


def open_session(server: Confluent, **block: object) -> None:
    connection = RegistryConnection.model_validate({"url": server.url, **block})
    provider = installed().providers["registry"]
    secrets = {"PASSWORD": "pw", "TOKEN": "a\nHost: elsewhere"}

    def resolver(reference: SecretRef) -> SecretValue:
        return SecretValue(secrets[str(reference.env)])

    provider.connect(Cluster("it", connection), resolver, 5.0).close()


def test_a_token_that_would_end_its_header_is_refused_before_anything_is_sent(server: Confluent) -> None:
    with pytest.raises(UserError) as error:
        open_session(server, token={"env": "TOKEN"})
    assert "is not a bearer token" in error.value.diagnostics[0].message
    assert server.requests == []


def test_a_refused_login_names_what_to_check(server: Confluent) -> None:
    server.before = lambda *_: (401, {}, {"error_code": 401, "message": "Unauthorized"})
    with pytest.raises(UserError) as error:
        open_session(server, username="me", password={"env": "PASSWORD"})
    found = error.value.diagnostics[0]
    assert found.code == "MQ720"
    assert "PASSWORD" in found.help[0]


def test_what_is_no_registry_is_told(server: Confluent) -> None:
    server.before = lambda *_: (200, {}, {"hello": "world"})
    with pytest.raises(UserError) as error:
        open_session(server)
    assert error.value.diagnostics[0].code == "MQ467"
    server.before = lambda *_: (404, {}, b"<html>not found")
    with pytest.raises(UserError) as error:
        open_session(server)
    assert "check that `url`" in error.value.diagnostics[0].help[0]


def test_another_registry_than_the_one_named_is_refused(server: Confluent) -> None:
    open_session(server, clusterId="k1/sr")
    with pytest.raises(UserError) as error:
        open_session(server, clusterId="k2/sr")
    assert error.value.diagnostics[0].code == "MQ330"


@pytest.mark.parametrize(
    ("block", "words"),
    [
        ({"url": "http://registry:8081", "username": "me", "password": {"env": "P"}}, "where anyone can read it"),
        ({"url": "http://registry:8081", "token": {"env": "P"}}, "where anyone can read it"),
        ({"url": "http://me:pw@registry:8081"}, "credentials don't belong in an address"),
        ({"url": "registry:8081"}, "begins with `https://`"),
        ({"url": "https://r:1/../x"}, "the path of `url` is plain"),
        ({"url": "https://r", "username": "me"}, "must be given together"),
        (
            {"url": "https://r", "username": "me", "password": {"env": "P"}, "token": {"env": "T"}},
            "can't be used together",
        ),
        ({"url": "http://r", "tls": True}, "`tls` needs `https`"),
        ({}, "needs `url`"),
    ],
)
def test_blocks_that_can_not_be_are_refused(block: dict[str, object], words: str) -> None:
    with pytest.raises(ValueError, match=words.replace("(", "\\(")):
        RegistryConnection.model_validate(block)
