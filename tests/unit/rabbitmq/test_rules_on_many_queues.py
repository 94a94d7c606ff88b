"""Rules about thousands of queues: each setting is looked at once, however many queues share it."""

import time
from typing import Any

from mqinfra.checks.rulebook import run
from mqinfra.providers.rabbitmq.rules.registry import RULES
from tests.unit.checks.case import Case

QUEUES, TEAMS = 5000, 100
LONGEST = 4.0  # seconds, many times what it takes; 5,000 x 5,000 looks would take longer


def test_queues_that_share_an_exchange_for_dead_letters_take_no_longer() -> None:
    shop: dict[str, Any] = {
        "exchanges": {"dlx": {"type": "topic"}},
        "queues": {f"team{number % TEAMS}.q{number}": {"type": "quorum"} for number in range(QUEUES)}
        | {"failed": {"arguments": {"x-max-length": 9}, "bindings": [{"exchange": "dlx"}]}},
        "policies": {
            f"p{number}": {
                "pattern": rf"^team{number}\.",
                "definition": {"dead-letter-exchange": "dlx", "max-length": 9},
            }
            for number in range(TEAMS)
        },
        "bindings": [{"exchange": "dlx", "queue": f"team{number % TEAMS}.q{number}"} for number in range(QUEUES)],
    }
    context = Case("MQ432", "many", {"rabbitmq": {"vhosts": {"shop": shop}}}).context
    start = time.perf_counter()
    found = run(context, RULES)
    assert time.perf_counter() - start < LONGEST
    assert [item.code for item in found] == ["MQ432"]
