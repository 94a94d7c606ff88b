"""One stretch of load by an open loop: what is due is sent, however long the broker takes for what went before.

Latencies count from when a message should have been sent. A client that waits for the broker before it sends the next
would leave out just the messages that had to wait (Tene, "How NOT to Measure Latency").
"""

import sys
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field

from mqinfra.model.errors import UserError
from mqinfra.model.operation import Known
from mqinfra.providers.base.verification.ground import Consumer, Producer
from mqinfra.providers.base.verification.message import Message
from mqinfra.verify.load.histogram import Histogram
from mqinfra.verify.load.machine import Machine
from mqinfra.verify.load.seen import BUCKET_SECONDS, Phase

_MOST = 2_000
"""Messages in one call at most: a producer that waits for answers to each call loses its time between them."""
_TICK = 0.002
_PATIENCE = 10.0
_DRAIN = 5.0
_SECOND = 1_000_000_000


@dataclass(frozen=True, slots=True)
class Offer:
    """What is offered.

    Attributes:
        rate: messages per second; 0 for as many as go.
        seconds: for how long.
        body: what each message says.
        keys: by how many keys they are told apart.
        mark: one letter that tells its messages from those of other stretches.
        promised: messages per second that are promised.
    """

    rate: float
    seconds: float
    body: bytes
    keys: int
    mark: str
    promised: int = 0


@dataclass
class _Tally:
    """What is counted, each field by one thread alone."""

    start: int
    rate: float
    delay: Histogram = field(default_factory=Histogram)
    publish: Histogram = field(default_factory=Histogram)
    end_to_end: Histogram = field(default_factory=Histogram)
    sent: int = 0
    acknowledged: int = 0
    error: str = ""
    last_sent: int = 0
    came: int = 0
    last_came: int = 0
    arrived: dict[int, int] = field(default_factory=dict)
    spent: dict[str, float] = field(default_factory=dict)
    failure: UserError | None = None

    def intended(self, number: int) -> int:
        """When a message should be sent; without a rate there is no such time."""
        return self.start + int(number * _SECOND / self.rate) if self.rate else 0


def offered(producer: Producer, consumer: Consumer, offer: Offer, deadline: float) -> Phase:
    """Offer load and take what comes.

    Args:
        producer: who sends.
        consumer: who receives, in a thread of its own.
        offer: how much.
        deadline: when to stop in any case, on the process's monotonic clock in seconds.

    Raises:
        UserError: the broker ended one of the two.
    """
    tally = _Tally(time.monotonic_ns(), offer.rate)
    all_sent, stop, machine = threading.Event(), threading.Event(), Machine()
    with _switching_often():
        threads = [
            threading.Thread(target=_watched, args=(tally, name, work), name=f"load-{name}")
            for name, work in (
                ("send", lambda: _send(producer, offer, tally, deadline)),
                ("take", lambda: _take(consumer, offer, tally, all_sent, stop)),
            )
        ]
        for thread in threads:
            thread.start()
        threads[0].join()
        all_sent.set()
        threads[1].join(max(0.0, min(_DRAIN, deadline - time.monotonic())))
        stop.set()
        threads[1].join()
    if tally.failure is not None:
        raise tally.failure
    return _phase(tally, offer, machine)


def _send(producer: Producer, offer: Offer, tally: _Tally, deadline: float) -> None:
    whole = round(offer.rate * offer.seconds) if offer.rate else sys.maxsize
    # What was due before the end is sent after it where the broker was slow, but not for ever.
    end = min(deadline, tally.start / _SECOND + offer.seconds + (_DRAIN if offer.rate else 0.0))
    while (now := time.monotonic()) < end and tally.sent < whole:
        due = min(whole, int((now - tally.start / _SECOND) * offer.rate) + 1) if offer.rate else tally.sent + _MOST
        number = min(_MOST, due - tally.sent)
        if number <= 0:
            time.sleep(_TICK)
            continue
        messages = [_message(offer, at) for at in range(tally.sent, tally.sent + number)]
        began = time.monotonic_ns()
        outcomes = producer.send(messages, _PATIENCE)
        ended = time.monotonic_ns()
        for at, one in enumerate(outcomes, start=tally.sent):
            if one.known is Known.OK:
                tally.acknowledged += 1
            else:
                tally.error = tally.error or one.error or "no answer"
            if offer.rate:
                tally.delay.record(began - tally.intended(at))
                tally.publish.record((one.ended or ended) - tally.intended(at))
        tally.sent += number
        tally.last_sent = ended


def _take(consumer: Consumer, offer: Offer, tally: _Tally, all_sent: threading.Event, stop: threading.Event) -> None:
    seen = bytearray()
    while not stop.is_set() and not (all_sent.is_set() and tally.came >= tally.acknowledged):
        some = consumer.receive(_MOST, _TICK * 5)
        if not some:
            continue
        consumer.accept(some)
        for one in some:
            number = int(one.uid[1:]) if one.uid[:1] == offer.mark else -1
            if number < 0:
                continue
            if number >= len(seen):
                seen.extend(bytes(number + 1 - len(seen)))
            if seen[number]:
                continue
            seen[number] = 1
            tally.came += 1
            tally.last_came = one.received
            bucket = (one.received - tally.start) // int(BUCKET_SECONDS * _SECOND)
            tally.arrived[bucket] = tally.arrived.get(bucket, 0) + 1
            if offer.rate:
                tally.end_to_end.record(one.received - tally.intended(number))


def _phase(tally: _Tally, offer: Offer, machine: Machine) -> Phase:
    seconds = max((tally.last_sent - tally.start) / _SECOND, 0.001)
    whole = range(int(round(seconds, 1) // BUCKET_SECONDS))
    complete = tally.came >= tally.acknowledged
    late = max(0, tally.last_came - tally.last_sent) / _SECOND
    return Phase(
        offered=offer.rate,
        promised=offer.promised,
        seconds=round(seconds, 3),
        sent=tally.sent,
        acknowledged=tally.acknowledged,
        errors=tally.sent - tally.acknowledged,
        error=tally.error,
        arrived=tuple(tally.arrived.get(at, 0) for at in whole),
        came=tally.came,
        drained=round(late, 3) if complete and tally.came else None,
        client=round(sum(tally.spent.values()) / seconds, 3),
        machine=_rounded(machine.taken()),
        delay=tally.delay.encoded if offer.rate else "",
        publish=tally.publish.encoded if offer.rate else "",
        end_to_end=tally.end_to_end.encoded if offer.rate else "",
    )


def _watched(tally: _Tally, name: str, work: Callable[[], None]) -> None:
    began = time.thread_time()
    try:
        work()
    except UserError as error:
        tally.failure = error
    finally:
        tally.spent[name] = time.thread_time() - began


def _message(offer: Offer, number: int) -> Message:
    return Message(f"{offer.mark}{number:08d}", f"key-{number % offer.keys:04d}", offer.body)


def _rounded(share: float | None) -> float | None:
    return None if share is None else round(share, 3)


@contextmanager
def _switching_often() -> Iterator[None]:
    """Let the two threads take turns often: Python's 5 ms would be what is measured."""
    before = sys.getswitchinterval()
    sys.setswitchinterval(_TICK / 10)
    try:
        yield
    finally:
        sys.setswitchinterval(before)
