"""Load by an open loop: what is counted, from when, and what stops it."""

import time
from collections.abc import Sequence
from dataclasses import dataclass, field

import pytest

from mqinfra.model.errors import UserError
from mqinfra.model.operation import Known
from mqinfra.providers.base.connecting.codes import NOT_READ
from mqinfra.providers.base.verification.ground import Consumer, Producer
from mqinfra.providers.base.verification.message import Delivery, Message, Sent
from mqinfra.verify.load.histogram import Histogram, needed_for, share_of, told
from mqinfra.verify.load.offer import Offer, offered


@dataclass
class Line:
    """A broker of one list, which stands still for a while and refuses or loses what it is told to."""

    waiting: list[str] = field(default_factory=list)
    still: float = 0.0
    refuses: bool = False
    loses: bool = False
    fails: bool = False


class Sends(Producer):
    def __init__(self, line: Line) -> None:
        self.line = line

    def send(self, messages: Sequence[Message], timeout: float) -> Sequence[Sent]:  # noqa: ARG002
        if self.line.still:
            time.sleep(self.line.still)
            self.line.still = 0.0
        if self.line.refuses:
            return [Sent(Known.FAILED, error="full")] * len(messages)
        if not self.line.loses:
            self.line.waiting += [message.uid for message in messages]
        return [Sent(Known.OK)] * len(messages)

    def close(self) -> None:
        """Nothing is open."""


class Takes(Consumer):
    def __init__(self, line: Line) -> None:
        self.line = line

    def receive(self, most: int, timeout: float) -> Sequence[Delivery]:
        if self.line.fails:
            raise UserError([NOT_READ.at("gone", address="x")])
        if not self.line.waiting:
            time.sleep(timeout)
        taken, self.line.waiting = self.line.waiting[:most], self.line.waiting[most:]
        return [Delivery(uid, "", -1, "", None, "", received=time.monotonic_ns()) for uid in taken]

    def accept(self, deliveries: Sequence[Delivery]) -> None: ...

    def reject(self, delivery: Delivery) -> None: ...

    def requeue(self, delivery: Delivery) -> None: ...

    def crash(self) -> None: ...

    def close(self) -> None: ...


def test_a_broker_that_stands_still_delays_all_that_was_due_meanwhile() -> None:
    phase = offered(Sends(line := Line(still=0.2)), Takes(line), Offer(1_000, 0.4, b"x", 5, "t"), time.monotonic() + 10)
    assert phase.sent == phase.acknowledged == phase.came == 400
    waited = Histogram(phase.end_to_end)
    # Half of them were due while it stood still: a loop that waits would have counted one.
    assert waited.largest > 190
    assert waited.quantile("p50") is not None
    assert (waited.quantile("p50") or 0) > 1
    assert Histogram(phase.publish).count == 400


def test_what_is_refused_and_what_never_comes_is_counted() -> None:
    how = Offer(500, 0.2, b"x", 5, "t")
    refused = offered(Sends(line := Line(refuses=True)), Takes(line), how, time.monotonic() + 10)
    assert (refused.sent, refused.acknowledged, refused.errors, refused.error) == (100, 0, 100, "full")
    lost = offered(Sends(line := Line(loses=True)), Takes(line), how, time.monotonic() + 0.5)
    assert (lost.acknowledged, lost.came, lost.drained) == (100, 0, None)


def test_without_a_rate_as_many_go_as_can() -> None:
    phase = offered(Sends(line := Line()), Takes(line), Offer(0, 0.2, b"x", 5, "c"), time.monotonic() + 10)
    assert phase.sent > 1_000
    assert (phase.delay, phase.end_to_end) == ("", "")
    assert phase.client > 0


def test_what_ends_the_consumer_ends_the_load() -> None:
    with pytest.raises(UserError):
        offered(Sends(line := Line(fails=True)), Takes(line), Offer(500, 0.1, b"x", 5, "t"), time.monotonic() + 10)


def test_messages_of_other_stretches_are_not_counted() -> None:
    line = Line(waiting=["w00000000", "", "w00000001"])
    phase = offered(Sends(line), Takes(line), Offer(500, 0.1, b"x", 5, "t"), time.monotonic() + 10)
    assert phase.came == 50


@pytest.mark.parametrize(("name", "number"), [("p50", 200), ("p99", 10_000), ("p99.9", 100_000)])
def test_a_quantile_is_told_only_with_enough_values_above_it(name: str, number: int) -> None:
    histogram = Histogram()
    for _ in range(number - 1):
        histogram.record(1_000_000)
    assert histogram.quantile(name) is None
    histogram.record(1_000_000)
    assert histogram.quantile(name) == pytest.approx(1.0, rel=0.01)
    assert needed_for(name) == number


def test_histograms_are_read_back() -> None:
    histogram = Histogram()
    for ms in range(1, 201):
        histogram.record(ms * 1_000_000)
    again = Histogram(histogram.encoded)
    assert (again.count, told(again), again.largest) == (200, told(histogram), histogram.largest)
    assert sum(number for _, number in again.buckets()) == 200
    assert again.buckets()[0][0] >= 1


@pytest.mark.parametrize("name", ["99", "p0", "p100", "px", ""])
def test_what_is_no_quantile_is_refused(name: str) -> None:
    with pytest.raises(ValueError, match=r"could not convert|invalid quantile"):
        share_of(name)
