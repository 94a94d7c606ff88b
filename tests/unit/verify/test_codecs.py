"""Bodies of declared schemas in the canaries of a run: one cluster holds the schemas, messages go through another."""

import random
import threading
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import replace

import pytest

from mqinfra.model.address import Address
from mqinfra.model.declaration import Declaration
from mqinfra.model.judgement import Judgement, Mode, Result
from mqinfra.model.operation import Known
from mqinfra.model.reading import Facts, Reading
from mqinfra.providers.base.verification.canary import Run
from mqinfra.providers.base.verification.codec import Codec, PayloadError
from mqinfra.providers.base.verification.ground import Ground, Producer
from mqinfra.providers.base.verification.message import Message, Sent
from mqinfra.providers.base.verification.messenger import Messenger
from mqinfra.providers.base.verification.payload import messages
from mqinfra.providers.base.verification.place import Place, SchemaOf
from mqinfra.providers.base.verification.procedure import Amount
from mqinfra.verify.history import History
from mqinfra.verify.lists import Wish, checks_of
from mqinfra.verify.options import Options
from mqinfra.verify.run import Subject, verify
from tests.unit.verify.fake import FakeGround, FakeMessenger, FakeProducer
from tests.unit.verify.test_run import FEW, ORDERS

VALUE, KEY = (Address("registry", "subjects", (f"orders-{part}",)) for part in ("value", "key"))
WITH_SCHEMAS = replace(ORDERS, schemas=(SchemaOf(KEY, key=True), SchemaOf(VALUE)))


class Named(Codec):
    """Writes the subject's name and a number."""

    def __init__(self, subject: Address, known: Known = Known.OK, *, barren: bool = False) -> None:
        self.subject, self.known, self.barren = subject, known, barren

    def look_up(self) -> tuple[Known, str]:
        return self.known, "schema 1"

    def written(self, chance: random.Random) -> bytes:
        if self.barren:
            raise PayloadError("none can be made")
        return f"{self.subject.name} {chance.randrange(10**9)}".encode()

    def refusal(self, chance: random.Random) -> str | None:  # noqa: ARG002 - nothing is refused
        return None

    def spoilt(self, chance: random.Random) -> Mapping[str, bytes]:  # noqa: ARG002 - nothing is spoilt
        return {}

    def read_again(self, payload: bytes) -> bytes:
        return payload


class Holding(FakeMessenger):
    """A cluster of schemas, that counts how often it is asked."""

    def __init__(self, *codecs: Codec) -> None:
        super().__init__([])
        self.codecs, self.asked = {one.subject: one for one in codecs}, list[Address]()

    def codec(self, subject: Address, declared: Mapping[Address, Declaration]) -> Codec | None:  # noqa: ARG002
        self.asked.append(subject)
        return self.codecs.get(subject)


class KeepingProducer(FakeProducer):
    """Keeps what is sent."""

    kept: list[Message]

    def send(self, messages: Sequence[Message], timeout: float) -> Sequence[Sent]:
        self.kept.extend(messages)
        return super().send(messages, timeout)


class KeepingGround(FakeGround):
    """Its producers keep what is sent."""

    kept: list[Message]

    def producer(self) -> Producer:
        producer = KeepingProducer(self.log, self.faults)
        producer.kept = self.kept
        return producer


class Keeping(FakeMessenger):
    """A cluster with one topic, whose messages are kept."""

    def __init__(self) -> None:
        super().__init__([WITH_SCHEMAS])
        self.kept: list[Message] = []

    @contextmanager
    def ground(self, place: Place, mode: Mode, run: Run) -> Iterator[Ground[Place]]:
        ground = KeepingGround(place, mode, run.name(place.name), self.faults)
        ground.kept = self.kept
        yield ground


def verified(holder: Messenger | None) -> tuple[list[Message], Judgement]:
    """What is sent for V07, and what it concluded."""
    keeping, facts = Keeping(), Facts(cluster_id="c", version="4.3")
    subjects = [
        Subject(alias, facts, messenger, {}, Reading(alias, alias, facts), checks_of([]))
        for alias, messenger in (("kafka", keeping), ("registry", holder))
    ]
    options = Options(Mode.CLONE, amount=FEW, wishes=(Wish("V07"),))
    (found,) = verify(subjects, options, Run.new(), History(), lambda *_: None, threading.Event())
    return keeping.kept, found


def test_bodies_are_of_the_declared_schema_and_the_verdict_says_so() -> None:
    sent, found = verified(holder := Holding(Named(VALUE), Named(KEY)))
    assert (found.result, found.evidence) == (Result.PASS, "60 messages unchanged, with bodies of `orders-value`")
    assert all((one.body or b"").startswith(b"orders-value ") for one in sent)
    assert sorted(one.name for one in holder.asked) == ["orders-key", "orders-value"]
    assert {one.headers["encryption"] for one in sent} == {b"none"}
    assert any("binary" in one.headers for one in sent)


@pytest.mark.parametrize(
    "holder",
    [None, Holding(), Holding(Named(VALUE, Known.FAILED)), Holding(Named(VALUE, barren=True)), Holding(Named(KEY))],
    ids=["a sandbox", "no such subject", "not registered", "no message can be made", "of keys alone"],
)
def test_without_a_schema_that_can_be_written_by_bodies_are_of_all_shapes(holder: Messenger | None) -> None:
    sent, found = verified(holder)
    assert (found.result, found.evidence) == (Result.PASS, "60 messages unchanged")
    assert [one.body for one in sent[:3:2]] == [b"", bytes(range(256))]


def test_messages_are_known_again_and_say_how_they_are_sealed() -> None:
    amount = Amount(messages=6, keys=2)
    first, again, later = (
        messages(amount, random.Random(7), run=run)  # noqa: S311 - chance for tests
        for run in ("one", "one", "two")
    )
    assert first == again
    assert [one.uid for one in first] == [one.uid for one in later]
    keys = [one.headers["idempotency-key"] for some in (first, later) for one in some]
    assert len(set(keys)) == 12
    assert [one.headers["encryption"] for one in first] == [*[b"none"] * 3, b"AES-256-GCM", *[b"none"] * 2]
    assert len(first[3].headers["encryption-nonce"]) == 12
