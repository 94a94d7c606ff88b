"""Addresses are taken apart and put together the same way everywhere."""

import pytest

from mqinfra.providers.base.connecting.addresses import joined, split


@pytest.mark.parametrize(
    ("host", "port", "address"), [("::1", 9092, "[::1]:9092"), ("broker-1", 9092, "broker-1:9092")]
)
def test_an_address_of_version_six_has_brackets(host: str, port: int, address: str) -> None:
    assert joined(host, port) == address
    assert split(address) == (host, port)
