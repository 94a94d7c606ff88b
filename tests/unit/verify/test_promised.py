"""What places promise: whose word counts, which line a verdict names, and what is listed because nothing proves it."""

import threading
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from mqinfra.model.address import Address
from mqinfra.model.declaration import Declaration, Origin, Reference
from mqinfra.model.judgement import Judgement, Mode, Result
from mqinfra.model.promises import Promises
from mqinfra.model.reading import Facts, Reading
from mqinfra.model.span import Path, Span
from mqinfra.model.spec import Spec
from mqinfra.providers.base.verification.canary import Run
from mqinfra.providers.base.verification.place import About, Place, Promised
from mqinfra.providers.base.verification.procedure import Amount
from mqinfra.verify.checks.all import CHECKS
from mqinfra.verify.history import History
from mqinfra.verify.lists import Wish
from mqinfra.verify.options import Options
from mqinfra.verify.promises import CHECK, promised_of
from mqinfra.verify.run import Subject, verify
from tests.unit.verify.fake import FakeMessenger, Faults

ORDERS, BILLING = Address("kafka", "topics", ("orders",)), Address("kafka", "groups", ("billing",))
FEW = Amount(messages=40, keys=4, seconds=0.5)
ENTRY = 10


@dataclass(frozen=True)
class Lines:
    """Each promise on a line of its own, after that of the entry."""

    names: Sequence[str]

    def span(self, path: Path) -> Span | None:
        return Span("a.yaml", ENTRY + 1 + self.names.index(path[1]), 1) if len(path) > 1 else Span("a.yaml", ENTRY, 1)

    def key_span(self, path: Path) -> Span | None:
        return self.span(path)

    def line(self, span: Span) -> str | None:
        return str(span)


def declared(references: tuple[Reference, ...] = (), **promises: object) -> Declaration:
    positions = Lines(list(promises))
    origins = (Origin(Span("a.yaml", ENTRY, 1)),)
    return Declaration(Spec(), positions, origins, references=references, promises=Promises.model_validate(promises))


def place(item: Declaration) -> Place:
    return Place(ORDERS, "orders", item, lanes=2)


def verified(
    item: Declaration, faults: Faults | None = None, wishes: Sequence[str] = (), *, sends: bool = True
) -> list[Judgement]:
    facts = Facts(cluster_id="c")
    messenger = FakeMessenger([place(item)], faults or Faults()) if sends else None
    some: Mapping[Address, Declaration] = {ORDERS: item}
    subject = Subject("kafka", facts, messenger, some, Reading("kafka", "kafka", facts), CHECKS)
    options = Options(Mode.CLONE, tuple(map(Wish.parse, wishes)), amount=FEW)
    found = verify([subject], options, Run.new(), History(), lambda *_: None, threading.Event())
    return [one for one in found if one.address == ORDERS]


def lines(found: Sequence[Judgement]) -> dict[str, tuple[str, int]]:
    return {one.check: (one.result.value, one.span.line if one.span is not None else 0) for one in found}


def test_a_check_names_the_line_of_the_promise_that_it_judges() -> None:
    found = lines(verified(declared(delivery="at-least-once", order="key", survives="restart"), faults=Faults(lose=7)))
    assert found["V03"] == ("fail", 11)
    assert found["V08"][1] == 11
    assert found["V11"] == ("pass", 12)
    assert found["V25"] == ("skipped", 13)
    assert found["V07"] == ("pass", ENTRY)


def test_a_promise_that_nothing_proves_is_listed_with_the_reason() -> None:
    found = verified(declared(delivery="exactly-once", maxDelay="5m", canary="accept", batch=True))
    listed = {one.name: (one.result, one.span, one.evidence) for one in found if one.check == CHECK}
    assert {name: (result, span.line if span is not None else 0) for name, (result, span, _) in listed.items()} == {
        "delivery": (Result.SKIPPED, 11),
        "maxDelay": (Result.SKIPPED, 12),
    }
    assert listed["delivery"][2].startswith("this broker does not deliver exactly once")


def test_only_promises_are_listed_that_were_asked_for() -> None:
    item = declared(maxDelay="5m", delivery="exactly-once")
    assert {one.name for one in verified(item, wishes=("promise:orders",))} == {"maxDelay", "delivery"}
    assert {one.name for one in verified(item, wishes=("maxDelay",))} == {"maxDelay"}
    assert verified(item, wishes=("promise:other",)) == []


def test_on_a_model_of_a_broker_every_promise_is_said_to_be_unproven() -> None:
    item = declared(delivery="at-least-once", latency={"p99": "50ms", "p50": "5ms"})
    found = verified(item, sends=False)
    assert {one.name: one.requirement for one in found if one.check == CHECK} == {
        "delivery": "`delivery: at-least-once` is promised",
        "latency": "`latency: p99 50ms, p50 5ms` is promised",
    }
    assert all("it is a sandbox or a snapshot" in one.evidence for one in found if one.check == CHECK)


def test_who_promises_no_order_is_held_to_none() -> None:
    found = lines(verified(declared(order="none")))
    assert "V11" not in found
    assert CHECK not in found


def test_all_messages_are_held_to_one_order_where_that_is_promised() -> None:
    assert lines(verified(declared(order="total")))["V11"] == ("fail", 11)


def test_load_that_is_promised_is_asked_for_and_the_caller_has_the_last_word() -> None:
    item = declared(throughput="100/s", latency={"p99": "50ms"})
    own = promised_of(place(item), {}, Promised())
    assert (own.throughput, own.latency, sorted(own.spans)) == (100, {"p99": 50}, ["latency", "throughput"])
    asked = promised_of(place(item), {}, Promised.asked(7, {}, "true"))
    assert (asked.throughput, asked.latency, sorted(asked.spans)) == (7, {"p99": 50}, ["latency"])
    assert asked.restart == "true"
    assert promised_of(place(item), {}, Promised.asked(0, {}, "")).throughput == 0


def test_a_group_is_held_to_what_its_topics_promise_of_consumers() -> None:
    topic = declared(throughput="5/s", maxLag=100, maxDelay="1m")
    other = declared(maxLag=50)
    more = Address("kafka", "topics", ("more",))
    reads = (Reference((), ORDERS, "its topic"), Reference((), more, "its topic"))
    some = {ORDERS: topic, more: other}
    group = Place(BILLING, "billing", declared(reads, batch=True), about=About.RESOURCE)
    held = promised_of(group, some, Promised.asked(7, {}, ""))
    assert held.promises == Promises(max_lag=50, max_delay="1m", batch=True)
    assert held.spans["maxDelay"] == Span("a.yaml", 13, 1)
    own = Place(BILLING, "billing", declared(reads, maxLag=1_000), about=About.RESOURCE)
    assert promised_of(own, some, Promised()).promises.max_lag == 1_000


def test_without_a_promise_the_field_or_the_entry_is_named() -> None:
    assert lines(verified(declared()))["V03"] == ("pass", ENTRY)
