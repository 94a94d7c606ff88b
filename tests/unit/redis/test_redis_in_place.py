"""Canaries in a real stream: it is neither trimmed nor made to expire, and read by nobody's group."""

from collections.abc import Sequence
from typing import Any, cast

from mqinfra.model.operation import Known
from mqinfra.providers.base.verification.message import Message
from mqinfra.providers.redis.api.node import Node
from mqinfra.providers.redis.verification.entry import fields_of
from mqinfra.providers.redis.verification.in_place import CanaryProducer, Reader


class FakeNode:
    """Answers each kind of command from a list, and keeps what it was asked."""

    def __init__(self, *answers: Any) -> None:
        self.answers, self.asked = list(answers), list[tuple[str, ...]]()
        self.where = "here"

    def send(self, calls: Sequence[tuple[str, ...]], timeout: float | None = None) -> list[Any]:  # noqa: ARG002 - as a node's
        self.asked += calls
        return [self.answers.pop(0) if self.answers else None for _ in calls]

    def close(self) -> None:
        """Nothing is open."""


def test_nothing_but_xadd_is_sent_to_a_real_stream() -> None:
    node, uids = FakeNode("5-1"), set[str]()
    (sent,) = CanaryProducer(cast("Node", node), "orders", uids).send([Message("u", "k", b"body")], 1.0)
    assert sent.known is Known.OK
    assert [call[:3] for call in node.asked] == [("XADD", "orders", "*")]
    assert uids == {"u"}


def test_a_reader_goes_on_after_what_others_sent_and_hands_out_canaries_alone() -> None:
    canary = fields_of(Message("u", "k", b"body"))
    node = FakeNode([["orders", [["5-1", ["order", "1"]], ["5-2", canary]]]], None)
    came = Reader(cast("Node", node), "orders", "5-0", {"u"}).receive(2, 0.05)
    assert [one.uid for one in came] == ["u"]
    assert [call[-1] for call in node.asked[:2]] == ["5-0", "5-2"]
    assert {call[0] for call in node.asked} == {"XREAD"}
