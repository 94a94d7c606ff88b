"""How many calls it takes to read subjects, and what is told of those that nobody named."""

from collections.abc import Iterator

import pytest

from mqinfra.model.address import Address
from mqinfra.model.reading import Coverage
from mqinfra.providers.registry.api.http import Http, Login
from mqinfra.providers.registry.client import RegistryClient
from mqinfra.providers.registry.dialects import APICURIO, CONFLUENT, Dialect
from mqinfra.providers.registry.subjects.reading import look, read
from tests.brokers.registry.confluent import Confluent

ABSENT = [Address("registry", "subjects", (f"absent{number}",)) for number in range(30)]
THERE = Address("registry", "subjects", ("there",))


@pytest.fixture
def server() -> Iterator[Confluent]:
    made = Confluent()
    made.registry.register("there", {"schema": '"long"'})
    made.registry.register("undeclared", {"schema": '"long"'})
    yield made
    made.close()


@pytest.fixture
def client(server: Confluent) -> Iterator[RegistryClient]:
    http = Http(server.url, Login(), None, width=4, where="it", timeout=5.0)
    yield RegistryClient("it", http, 4, CONFLUENT)
    http.close()


def lookups(server: Confluent) -> int:
    found = sum(path.endswith("/versions/latest") for _, path, _ in server.requests)
    server.requests.clear()
    return found


def test_what_nobody_named_is_listed(client: RegistryClient) -> None:
    found = read(client, [THERE], "registry")
    assert set(found.resources) == {THERE}
    assert found.coverage is Coverage.NAMED
    assert {address.name for address in found.listed or ()} == {"there", "undeclared"}
    assert look(client, [THERE]).listed is None


@pytest.mark.parametrize(("dialect", "asked"), [(APICURIO, 1), (CONFLUENT, 31)])
def test_what_is_not_listed_is_not_looked_up_unless_it_may_be_an_alias(
    server: Confluent, client: RegistryClient, dialect: Dialect, asked: int
) -> None:
    client.dialect = dialect
    for found in (read(client, [*ABSENT, THERE], "registry"), look(client, [*ABSENT, THERE])):
        assert set(found.resources) == {THERE}
        assert (found.denied, found.coverage) == ({}, Coverage.NAMED)
    assert lookups(server) == 2 * asked


def test_where_subjects_can_not_be_listed_the_named_ones_are_read_all_the_same(
    server: Confluent, client: RegistryClient
) -> None:
    client.dialect = APICURIO
    denied: tuple[int, dict[str, str], object] = 403, {}, {"error_code": 403, "message": "no"}
    server.before = lambda _method, path: denied if path.startswith("/subjects?") else None
    found = read(client, [*ABSENT, THERE], "registry")
    assert set(found.resources) == {THERE}
    assert found.listed is None
    assert set(look(client, [*ABSENT, THERE]).resources) == {THERE}
    assert read(client, None, "registry").coverage is Coverage.DENIED
