"""Keeping a claim alive: a thread that says every few seconds that its holder is still there."""

import time
from threading import Event, Thread
from typing import TYPE_CHECKING

from mqinfra.model.frozen import dataclass
from mqinfra.providers.kafka.api.faults import KafkaFault
from mqinfra.providers.kafka.records.claims import EXPIRY_MS, Heartbeat, expired

if TYPE_CHECKING:
    from collections.abc import Callable

    from mqinfra.providers.kafka.api.logs.writer import Answer, LogWriter

EVERY = 3.0
"""Seconds between heartbeats."""
NEAR = EXPIRY_MS / 1_000 - 2.0
"""Seconds after a heartbeat from which its holder does nothing more, as what it sends may be under way for a while."""
_GOODBYE = 3.0


def now() -> float:
    """Seconds that never stop: where the system tells, also not while the machine sleeps."""
    return time.clock_gettime(time.CLOCK_BOOTTIME) if hasattr(time, "CLOCK_BOOTTIME") else time.monotonic()


@dataclass(frozen=True, slots=True)
class Acknowledged:
    """The last heartbeat that a broker has.

    Attributes:
        sent: when it was sent, by our clock, so surely before it was appended.
        moment: when it was appended, in ms by the broker's clock.
        offset: its place.
    """

    sent: float
    moment: int
    offset: int


class Heart:
    """One claim, from its first message to its last.

    Args:
        writer: writes for this claim alone, so that its messages keep their order.
        topic: where the claim is.
        claim: its key.
        holder: who claims, for people.
        clock: our clock, in seconds.
    """

    def __init__(
        self, writer: "LogWriter", topic: str, claim: bytes, holder: str, clock: "Callable[[], float]" = now
    ) -> None:
        self._writer, self._topic, self._claim, self._holder, self._clock = writer, topic, claim, holder, clock
        self._begun: Acknowledged | None = None
        self._last: Acknowledged | None = None
        self._trouble: KafkaFault | None = None
        self._lost = ""
        self._stop = Event()
        self._thread = Thread(target=self._run, name="mqinfra-lock", daemon=True)

    def begin(self, patience: float) -> Acknowledged | KafkaFault:
        """Make the claim and keep it alive from then on.

        Args:
            patience: seconds to wait for the broker's answer.
        """
        self._send()
        self._writer.flush(patience)
        if self._last is None:
            return self._trouble or KafkaFault(f"no answer within {patience:g} s", name="_TIMED_OUT")
        self._begun = self._last
        self._thread.start()
        return self._last

    def lost(self) -> str:
        """Why the claim no longer holds; empty while it does. What is lost stays lost."""
        if not self._lost and self._last is not None:
            silent = self._clock() - self._last.sent
            if silent > NEAR:
                said = f": {self._trouble.message}" if self._trouble is not None else ""
                self._lost = f"the lock in topic `{self._topic}` could not be renewed for {silent:.0f} s{said}"
        return self._lost

    def beat(self) -> None:
        """Send a heartbeat, unless it would come too late: whoever has the lock by then knows that we are dead."""
        if not self.lost():
            self._send()
            self._writer.flush(EVERY)

    def end(self) -> None:
        """Give the claim up. Where the broker can't be told, the claim expires by itself."""
        self._stop.set()
        if self._thread.is_alive():
            self._thread.join()
        self._lost = self._lost or f"the lock in topic `{self._topic}` was released"
        self._writer.send(self._topic, self._claim, None, self._note_trouble)
        self._writer.flush(_GOODBYE)

    def _run(self) -> None:
        while not self._stop.wait(EVERY) and not self.lost():
            self.beat()

    def _send(self) -> None:
        sent, last, begun = self._clock(), self._last, self._begun
        said = Heartbeat(self._holder)
        if last is not None and begun is not None:
            said = Heartbeat(self._holder, begun.offset, last.moment)

        def answered(answer: "Answer") -> None:
            if isinstance(answer, KafkaFault):
                self._note_trouble(answer)
            else:
                self._acknowledge(Acknowledged(sent, answer.moment, answer.offset))

        self._writer.send(self._topic, self._claim, said.to_bytes(), answered)

    def _acknowledge(self, beat: Acknowledged) -> None:
        last = self._last
        if last is not None and expired(last.moment, beat.moment):
            self._lost = self._lost or f"the lock in topic `{self._topic}` expired before it was renewed"
        if last is not None and beat.offset <= last.offset:
            self._lost = self._lost or f"topic `{self._topic}` was deleted and made again, and the lock with it"
        self._last, self._trouble = beat, None

    def _note_trouble(self, answer: "Answer") -> None:
        if isinstance(answer, KafkaFault):
            self._trouble = answer
            if answer.denied or answer.absent:
                self._lost = self._lost or f"the lock in topic `{self._topic}` could not be renewed: {answer.message}"
