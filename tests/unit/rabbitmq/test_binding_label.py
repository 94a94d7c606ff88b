"""What people read of a binding."""

import pytest

from mqinfra.model.address import Address
from mqinfra.providers.rabbitmq.spec.binding_label import label_of

HEADERS = (("arguments", '{"a":1,"x-match":"all"}'), ("exchange", "h"), ("queue", "q"))


@pytest.mark.parametrize(
    ("address", "label"),
    [
        (
            Address.parse("r/bindings/%2F/exchange=orders,queue=q,routingKey=order.%2A"),
            "/ orders --order.*--> q",
        ),
        (Address.parse("r/bindings/shop/exchange=orders,toExchange=all"), "shop orders --> all"),
        (Address("r", "bindings", ("/",), HEADERS), "/ h --a=1, x-match=all--> q"),
        (Address("r", "bindings", ("/",), (("arguments", "{"), ("exchange", "h"), ("queue", "q"))), "/ h --{--> q"),
    ],
)
def test_a_binding_is_called_by_what_it_joins(address: Address, label: str) -> None:
    assert label_of(address) == label
