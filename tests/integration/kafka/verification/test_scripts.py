"""Scripts of a topic against a real cluster."""

from __future__ import annotations

import pytest

from tests.integration.kafka.e2e.shop import Shop
from tests.scripts import Scripts


@pytest.mark.usefixtures("live_4")
def test_scripts_send_work_bury_send_again_and_measure(shop: Shop) -> None:
    shop.topics("orders.new: {partitions: 2, replicationFactor: 1, deadLetter: true}")
    assert shop.apply().code == 0
    assert shop.run("verify", "--scripts", "scripts").code == 0
    scripts = Scripts(shop.root / "scripts" / "kafka" / "orders.new")
    scripts.drill("order", "dead letters", "sent again", idle="6")
    told = scripts.run("load", "--go", "--rate", "50", "--seconds", "2")
    assert told.startswith("read after: p50 ")
    assert told.endswith("of 100")
