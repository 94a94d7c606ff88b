"""Canaries in a real topic: their keys are the run's own, and what comes out is told as what went in."""

from dataclasses import dataclass, field
from typing import cast

from confluent_kafka import Message as Record

from mqinfra.providers.base.verification.message import Message
from mqinfra.providers.kafka.verification.entry import headers_of
from mqinfra.providers.kafka.verification.in_place import Canaries

MARK = "__mqinfra_canary.20261129T000000Z-abc123."


@dataclass
class FakeRecord:
    """A record as a client has it."""

    written: bytes | None
    body: bytes | None
    told: list[tuple[str, str | bytes | None]] = field(default_factory=list)

    def key(self) -> bytes | None:
        return self.written

    def value(self) -> bytes | None:
        return self.body

    def headers(self) -> list[tuple[str, str | bytes | None]]:
        return self.told

    def partition(self) -> int:
        return 0

    def offset(self) -> int:
        return 7


def record(key: bytes | None, body: bytes | None, told: list[tuple[str, str | bytes | None]]) -> Record:
    return cast("Record", FakeRecord(key, body, told))


def test_a_canary_never_has_the_key_of_a_record_in_use_and_comes_out_as_it_went_in() -> None:
    canaries, message = Canaries(MARK), Message("u", "customer-7", b"body", {"h": b"1"}, 3)
    sent = canaries.marked(message)
    assert sent.key == f"{MARK}customer-7"
    found = canaries.own(record(sent.key.encode(), sent.body, headers_of(sent)))
    assert found is not None
    assert (found.uid, found.key, found.number, found.digest) == ("u", "customer-7", 3, message.digest)


def test_what_others_send_is_not_handed_out() -> None:
    canaries = Canaries(MARK)
    canaries.marked(Message("u", "k", b""))
    assert canaries.own(record(b"k", b"real", [])) is None
    assert canaries.own(record(None, b"real", [("mqinfra-canary", b"of another run")])) is None


def test_a_dead_letter_of_which_only_the_key_was_kept_is_a_canarys() -> None:
    canaries = Canaries(MARK)
    canaries.marked(Message("u", "k", b""))
    found = canaries.own(record(f"{MARK}k".encode(), b"", []))
    assert found is not None
    assert found.key == "k"
