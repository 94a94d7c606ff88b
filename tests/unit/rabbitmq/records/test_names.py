"""Names of mqinfra's own on a deployment: no two owners share one, and they are nobody's resources."""

from itertools import product

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mqinfra.model.address import Address
from mqinfra.model.record import Owner
from mqinfra.providers.rabbitmq.kinds.global_parameters import GlobalParameterKind
from mqinfra.providers.rabbitmq.kinds.queues import QueueKind
from mqinfra.providers.rabbitmq.records.names import lock_name, page_name, page_of

TEXTS = st.text(st.characters(exclude_categories=["Cs"]), min_size=1, max_size=8)
DOTTED = ["a", "a.b", "b", "a%2Eb", "b.1", "1", "lock", "A", "é", "a/b"]


def test_dots_in_names_bring_no_two_owners_together() -> None:
    owners = [Owner(project, environment) for project, environment in product(DOTTED, DOTTED)]
    assert len({lock_name(owner) for owner in owners}) == len(owners)
    pages = {page_name(owner, number) for owner in owners for number in (1, 2, 11)}
    assert len(pages) == 3 * len(owners)


@given(TEXTS, TEXTS, st.integers(1, 100_000))
def test_a_page_says_whose_it_is(project: str, environment: str, number: int) -> None:
    owner = Owner(project, environment)
    assert page_of(page_name(owner, number)) == (owner, number)


@pytest.mark.parametrize(
    "name",
    ["mqinfra.shop.prod", "mqinfra.shop.prod.0", "mqinfra.shop.prod.01", "mqinfra.sh%6Fp.prod.1", "mqinfra.a.b.c.1"],
)
def test_what_only_looks_like_a_page_is_nobodys(name: str) -> None:
    assert page_of(name) is None


def test_the_lock_of_a_long_name_is_no_longer_than_a_queues_name_may_be() -> None:
    long = [Owner("é" * 120, "prod"), Owner("é" * 120, "test")]
    assert len({lock_name(owner) for owner in long}) == 2
    assert all(len(lock_name(owner)) <= 255 for owner in long)


def test_records_and_locks_are_no_resources() -> None:
    parameter = Address("rabbit", "globalParameters", (page_name(Owner("a.b", "prod"), 1),))
    assert GlobalParameterKind().internal(parameter)
    lock = Address("rabbit", "queues", ("/", lock_name(Owner("a.b", "prod"))))
    assert QueueKind().internal(lock)
    assert QueueKind().internal(Address("rabbit", "queues", ("/", "mqinfra.orders"))) is None
