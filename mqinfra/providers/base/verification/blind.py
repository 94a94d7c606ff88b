"""Messages of which the answer is never read, since the connection is cut first, and which are then sent again.

So does an application whose connection breaks at the worst moment: the broker may have them, and nobody was told.
"""

from abc import abstractmethod
from collections import defaultdict
from collections.abc import Sequence
from dataclasses import replace
from typing import ClassVar

from mqinfra.model.judgement import Result
from mqinfra.model.operation import Act, Known
from mqinfra.providers.base.verification.check import Asked, Case, Check, Conclusion
from mqinfra.providers.base.verification.evidence import counted, many, none_or, nothing_seen
from mqinfra.providers.base.verification.ground import Producer
from mqinfra.providers.base.verification.message import Message, Sent
from mqinfra.providers.base.verification.payload import canaries
from mqinfra.providers.base.verification.place import Place
from mqinfra.providers.base.verification.procedure import Procedure, Trial
from mqinfra.providers.base.verification.recorded import RecordedProducer

CUTS, ONCE = "connections cut", "the broker tells repetitions"
_MOST = 200
_BATCH = 20
_PAUSE = 0.05
_CUT = "the connection was cut before the answer was read"


class BlindProducer(Producer):
    """A producer that can hang up in mid-answer."""

    @abstractmethod
    def send_blindly(self, messages: Sequence[Message], timeout: float) -> None:
        """Send messages, give the server the time to take them, and hang up without having read what it says."""


class _Sometimes(Producer):
    """Sends each first time blindly."""

    def __init__(self, producer: BlindProducer) -> None:
        self._producer = producer
        self.blind = False

    def send(self, messages: Sequence[Message], timeout: float) -> Sequence[Sent]:
        if not self.blind:
            return self._producer.send(messages, timeout)
        self._producer.send_blindly(messages, timeout)
        return [Sent(Known.UNKNOWN, error=_CUT)] * len(messages)

    def close(self) -> None:
        self._producer.close()


class SendAgain(Procedure):
    """Every batch goes twice: once without its answer, once with it."""

    name = "cut answers"

    @abstractmethod
    def producer(self, trial: Trial) -> tuple[BlindProducer, bool]:
        """The producer, and whether the broker is to tell that a message was there before."""

    def carry_out(self, trial: Trial) -> None:
        """Send blindly, send again, drain."""
        room = _MOST if trial.ground.room is None else max(1, trial.ground.room // 2)
        outgoing = canaries(trial, replace(trial.amount, messages=min(trial.amount.messages, _MOST, room)))
        own, once = self.producer(trial)
        sometimes, cuts = _Sometimes(own), 0
        trial.notes.observe(ONCE, once)
        with trial.ground.consumer() as consumer, RecordedProducer(sometimes, trial.notes, "producer") as producer:
            for start in range(0, len(outgoing), _BATCH):
                batch = outgoing[start : start + _BATCH]
                for sometimes.blind in (True, False):
                    producer.send(batch, trial.left)
                consumer.accept(consumer.receive(_MOST, _PAUSE))
                cuts += 1
        trial.notes.observe(CUTS, cuts)
        for _ in trial.ground.drain(max(5.0, trial.left)):
            pass


class SentAgain(Check):
    """Messages that are not there, or twice where the broker tells repetitions, after answers were cut off."""

    id: ClassVar[str] = "V23"
    name: ClassVar[str] = "producer resend"
    by_absence: ClassVar[bool] = True

    def asked(self, place: Place) -> Asked:  # noqa: ARG002 - connections break everywhere
        """Always."""
        return Asked("no message is lost when a connection breaks before the answer is read")

    def judge(self, case: Case) -> Conclusion:
        """Acknowledged in the end against what is there, and how often."""
        if (nothing := nothing_seen(case)) is not None:
            return nothing
        cuts = next((one.seen for one in case.seen(CUTS) if isinstance(one.seen, int)), 0)
        unheard = {one.uid for one in case.of(Act.PUBLISH, known=Known.UNKNOWN)}
        if not cuts or not unheard:
            return Conclusion(Result.INCONCLUSIVE, "no answer was cut off")
        once = any(one.seen is True for one in case.seen(ONCE))
        there: dict[str, set[int | None]] = defaultdict(set)
        for one in (*case.of(Act.RECEIVE), *case.of(Act.DRAIN)):
            if one.redelivered is not True:
                there[one.uid].add(one.position)
        twice = {uid for uid, places in there.items() if uid in case.attempted and len(places) > 1}
        lost = case.acknowledged - there.keys()
        allowed = "" if once else ", as the broker does not deduplicate"
        told = f"{many(cuts, 'connection')} cut before the answer, {many(len(unheard), 'message')} resent"
        bad = counted((len(lost), f"{len(lost):,} lost"), (len(twice), f"{len(twice):,} stored twice{allowed}"))
        return none_or(
            (lost | twice) if once else lost,
            f"{told}: none lost, {f'{len(twice):,} stored twice{allowed}' if twice else 'each stored once'}",
            f"{told}: {bad}",
            samples=len(case.acknowledged),
            causes=("the broker forgot the ids of producers", "it acknowledges a message before it is safe"),
            fix="deduplicate by message id in consumers, and let the broker remember ids while producers retry",
        )
