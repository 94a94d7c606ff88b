"""Diagnoses of groups on a real Redis: what is done wrong is named first."""

from __future__ import annotations

import threading
from collections.abc import Callable

import pytest

from tests.brokers.redis.admin import Admin
from tests.brokers.redis.deployment import RedisDeployment
from tests.integration.redis.provider.conftest import Shop

READ = ("XREADGROUP", "GROUP", "billing", "mailer-1", "COUNT")


def filled(shop: Shop, single: RedisDeployment) -> Admin:
    shop.on(single)
    shop.declare(streams={"orders": {"deadLetter": True, "groups": {"billing": {}}}})
    shop.apply()
    admin: Admin = single.nodes[0].admin
    for number in range(20):
        admin.call("XADD", "orders", "*", "id", str(number))
    return admin


def diagnosed(shop: Shop, name: str = "billing", code: int = 7) -> dict[str, list[str]]:
    ran = shop.mq("verify", "-q", "--diagnose", name, "-o", "json")
    assert ran.code == code, ran.text
    return {
        one["consumer"]: [f"{cause['suspect']} ({cause['likelihood']})" for cause in one["causes"]]
        for one in ran.json()["diagnoses"]
    }


def nobody(admin: Admin) -> None:
    """Nobody has ever read."""


def stopped(admin: Admin) -> None:
    admin.call(*READ, "2", "STREAMS", "orders", ">")


def left(admin: Admin) -> None:
    admin.call(*READ, "3", "STREAMS", "orders", ">")
    first = admin.call("XRANGE", "orders", "-", "+", "COUNT", "1")[0][0]
    admin.call("XCLAIM", "orders", "billing", "mailer-1", "0", first, "IDLE", "600000", "JUSTID")


def poison(admin: Admin) -> None:
    first = admin.call(*READ, "1", "STREAMS", "orders", ">")[0][1][0][0]
    for _ in range(6):
        admin.call("XCLAIM", "orders", "billing", "mailer-1", "0", first)


def sent_again(admin: Admin) -> None:
    for entry, _ in admin.call(*READ, "100", "STREAMS", "orders", ">")[0][1]:
        admin.call("XACK", "orders", "billing", entry)
    for _ in range(2):
        last = admin.call("XADD", "orders", "*", "id", "21")
        admin.call(*READ, "1", "STREAMS", "orders", ">")
        admin.call("XACK", "orders", "billing", last)


def letters(admin: Admin) -> None:
    sent_again(admin)
    for number in range(3):
        admin.call("XADD", "orders:dlq", "*", "error", "no such customer", "source", "orders", "id", str(number))


@pytest.mark.parametrize(
    ("do", "first", "others"),
    [
        (nobody, "nobody reads (seen)", set()),
        (stopped, "nothing is finished (probable)", set()),
        (left, "left by a reader that is away (seen)", {"nothing is finished (probable)"}),
        (poison, "a message that always fails (seen)", {"delivered more than once (probable)"}),
        (sent_again, "sent more than once (probable)", set()),
        (letters, "an error of the consumer (seen)", {"sent more than once (probable)"}),
    ],
)
def test_what_is_wrong_is_named_first(
    do: Callable[[Admin], None], first: str, others: set[str], shop: Shop, single: RedisDeployment
) -> None:
    do(filled(shop, single))
    causes = diagnosed(shop)["billing"]
    assert causes[0] == first
    assert others <= set(causes)


def test_a_group_that_gets_on_has_nothing_wrong_and_of_a_stream_all_groups_are_looked_at(
    shop: Shop, single: RedisDeployment
) -> None:
    admin = filled(shop, single)
    admin.call("XGROUP", "CREATE", "orders", "audit", "0")
    done = threading.Event()

    def work() -> None:
        while not done.wait(0.1):
            for _, some in admin.call(*READ, "2", "STREAMS", "orders", ">") or ():
                for entry, _ in some:
                    admin.call("XACK", "orders", "billing", entry)

    worker = threading.Thread(target=work)
    worker.start()
    try:
        assert diagnosed(shop, "orders") == {"billing": [], "audit": ["nobody reads (seen)"]}
    finally:
        done.set()
        worker.join()
