"""Rules about a whole cluster: which clusters they look at, what they see of each, and where their findings point."""

from collections.abc import Iterator
from typing import Any

from mqinfra.model.address import Address
from mqinfra.model.code import Code
from mqinfra.model.declaration import Declaration, Desired, Origin, Tombstone
from mqinfra.model.diagnostic import Severity
from mqinfra.model.reading import Coverage, Facts, Live, Reading
from mqinfra.model.scope import Scope
from mqinfra.model.span import Span
from mqinfra.providers.base.catalogue import installed
from mqinfra.providers.base.cluster_view import ClusterView
from mqinfra.providers.base.kind import Kind
from mqinfra.providers.base.rule import ClusterRule, Context, Finding, Subject
from tests.places import Places

CROWDED = Code("MQ999", "a crowd", "For this test alone.", severity=Severity.WARNING)
QUEUES = installed().providers["rabbitmq"].kinds["queues"]
TOPICS = installed().providers["kafka"].kinds["topics"]
ONE, TWO = (Address(alias, "queues", ("shop", "orders")) for alias in ("one", "two"))
TOPIC = Address("logs", "topics", ("orders",))


class Crowded(ClusterRule):
    """Tells of each declared queue what else is known of its cluster."""

    codes = (CROWDED,)
    kinds = frozenset({"rabbitmq/queues"})

    def __init__(self) -> None:
        self.seen: list[ClusterView] = []

    def look_at(self, view: ClusterView) -> Iterator[Finding]:
        self.seen.append(view)
        for address in view.declared:
            yield Finding(CROWDED, address, "the whole", ("leave",))
            yield Finding(CROWDED, address, "a field", ("leave",), ("durable",), Severity.ERROR)


def declared(kind: Kind[Any], **data: object) -> Declaration:
    return Declaration(
        spec=kind.spec.model_validate(data), positions=Places(), origins=(Origin(Span("entry", 1, 1), None),)
    )


def context(**readings: Reading) -> Context:
    queue = declared(QUEUES, durable=True)
    declarations = {ONE: queue, TWO: queue, TOPIC: declared(TOPICS, partitions=1)}
    desired = Desired(
        project="shop",
        environment="test",
        declarations=declarations,
        tombstones={Address("two", "queues", ("shop", "old")): Tombstone(Span("removed", 1, 1))},
        clusters={"one": "rabbitmq", "two": "rabbitmq", "logs": "kafka"},
        scope=Scope(whole=frozenset({"rabbitmq"})),
    )
    kinds = {"queues": QUEUES, "topics": TOPICS}
    subjects = {
        address: Subject(address, kinds[address.kind], item, item.spec.fields())
        for address, item in declarations.items()
    }
    return Context(desired, subjects, readings)


def test_each_cluster_with_a_resource_of_its_kinds_is_looked_at_by_itself() -> None:
    rule = Crowded()
    list(rule.report(context()))
    assert [list(view.declared) for view in rule.seen] == [[ONE], [TWO]]
    assert [[address.name for address in view.removed] for view in rule.seen] == [[], ["old"]]


def test_a_view_holds_what_was_read_of_its_cluster_and_of_no_other() -> None:
    other = Address("two", "queues", ("shop", "others"))
    reading = Reading(
        alias="two",
        type="rabbitmq",
        facts=Facts(cluster_id="c2", version="4.1.0"),
        coverage={"queues": Coverage.NAMED},
        resources={TWO: Live(QUEUES.spec.model_validate({"durable": False}))},
        neighbours={other: Live(QUEUES.spec.model_validate({}))},
    )
    rule = Crowded()
    list(rule.report(context(two=reading)))
    offline, read = rule.seen
    assert (dict(offline.live), offline.facts) == ({}, None)
    assert set(read.live) == {TWO, other}
    assert read.facts is reading.facts
    assert all(view.scope.owns("rabbitmq", ONE) for view in rule.seen)


def test_findings_point_at_the_field_or_the_entry_and_weigh_what_they_or_their_code_say() -> None:
    found = [item for item in Crowded().report(context()) if item.address == str(ONE)]
    assert [(item.span.file if item.span else "", item.severity) for item in found] == [
        ("entry", Severity.WARNING),
        ("durable", Severity.ERROR),
    ]
    assert {item.help for item in found} == {("leave",)}


def test_what_a_view_works_out_is_worked_out_once() -> None:
    made: list[ClusterView] = []

    def count(view: ClusterView) -> int:
        made.append(view)
        return len(view.declared)

    view = context().views["one"]
    assert [view.once(count), view.once(count)] == [1, 1]
    assert made == [view]
