"""The driver of the conformance suite: how it names things, and what it makes before them."""

from dataclasses import replace
from pathlib import Path

import pytest
from pydantic import ValidationError

from mqinfra.model.address import Address
from mqinfra.providers.base.catalogue import installed
from mqinfra.providers.base.provider import SandboxOptions
from mqinfra.providers.base.sample import Need, Sample
from mqinfra.providers.conformance.driver import ConformanceError, Driver
from mqinfra.providers.rabbitmq.samples.accounts import PERMISSIONS
from mqinfra.providers.rabbitmq.samples.topology import BINDINGS, QUEUE, VHOST
from mqinfra.providers.sandbox.session import SandboxSession

CATALOGUE = installed()


def driver(sample: Sample, folder: Path) -> Driver:
    facts = CATALOGUE.providers["rabbitmq"].sandbox_facts(Driver.alias, "test", SandboxOptions(brokers=1))
    file = folder / "it.json"
    return Driver(
        CATALOGUE, "rabbitmq", lambda: SandboxSession.open(file, Driver.alias, "rabbitmq", facts, CATALOGUE), sample
    )


def test_a_thing_without_a_name_is_named_by_its_field_inside_another_or_nowhere(tmp_path: Path) -> None:
    pairs = (("exchange", "amq.topic"), ("queue", QUEUE), ("routingKey", "a"))
    assert driver(BINDINGS, tmp_path).address("a") == Address("it", "bindings", (VHOST,), pairs)
    assert driver(replace(BINDINGS, under=()), tmp_path).address("a") == Address("it", "bindings", (), pairs)


def test_an_entry_of_a_thing_without_a_name_binds_only_with_what_names_it(tmp_path: Path) -> None:
    sample = replace(BINDINGS, named_by="exchange", minimal={"queue": QUEUE}, full={"queue": QUEUE})
    made = driver(sample, tmp_path)
    with pytest.raises(ValidationError):
        made.bind(sample.full)
    assert made.bind(made.named("a", sample.full)).field(("exchange",)) == "a"


def test_what_a_sample_needs_is_made_one_for_each_of_its_names_where_it_says_so(tmp_path: Path) -> None:
    made = driver(PERMISSIONS, tmp_path)
    made.prepare(3)
    with made._open() as session:
        found = session.read({"vhosts": None, "users": None}).resources
    assert {address.path for address in found if address.kind == "users"} == {(made.sample.name(n),) for n in range(3)}
    assert [address.path for address in found if address.kind == "vhosts"] == [(VHOST,)]


def test_a_need_of_a_kind_that_the_broker_does_not_have_is_said(tmp_path: Path) -> None:
    with pytest.raises(ConformanceError, match="rabbitmq has no kind topics"):
        driver(replace(PERMISSIONS, needs=(Need("topics", ("a",)),)), tmp_path).prepare(1)
