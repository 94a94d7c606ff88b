"""V27: the promised number of messages per second goes through."""

from collections.abc import Iterator

from mqinfra.model.judgement import Result
from mqinfra.providers.base.verification.check import Asked, Case, Check, Conclusion
from mqinfra.providers.base.verification.place import Place
from mqinfra.verify.load.histogram import Histogram, told
from mqinfra.verify.load.seen import CEILING, THROUGHPUT, Phase, phase_of
from mqinfra.verify.procedures.load import Load

_DRAINED_S = 2.0
_LATE_MS = 100.0
_LATE = ("p99", "p95", "p50")
"""What is looked at, the first that there are enough messages for."""


class Throughput(Check):
    """A tenth more than what is promised is offered by an open loop and consumed meanwhile."""

    id = "V27"
    name = "throughput"
    proves = "One producer and one consumer sustain the promised rate in every window of five seconds."
    open = "Measured with one client, this message size and this duration."
    procedure = Load
    option = "--throughput N"

    def asked(self, place: Place) -> Asked | None:
        """Where a rate is promised."""
        rate = place.promised.throughput
        return Asked(f"{rate:,} messages per second are sustained", promise="throughput") if rate else None

    def judge(self, case: Case) -> Conclusion:
        """The worst five seconds, errors, the rest at the end, and how late messages were sent."""
        ceiling, phase = (phase_of(case.operations, name) for name in (CEILING, THROUGHPUT))
        if phase is None or not phase.came:
            return Conclusion(
                Result.INCONCLUSIVE, "no load was offered" if phase is None else "no message was delivered"
            )
        seen = (
            f"{phase.least:,.0f} messages/s of {case.amount.size} B delivered in the slowest 5 s window of "
            f"{phase.seconds:.0f} s, {phase.offered:,.0f}/s offered"
        )
        if phase.offered > phase.promised > 0:
            seen += f" ({phase.offered / phase.promised - 1:.0%} above the promise)"
        if ceiling is not None:
            seen += f"; unthrottled: {ceiling.rate:,.0f}/s"
        wrong = list(_wrong(phase))
        if not wrong:
            return Conclusion(Result.PASS, seen, samples=phase.came)
        evidence = f"{seen}; {'; '.join(wrong)}"
        if limit := phase.limit(ceiling):
            least = f"{limit}; at least {phase.least:,.0f} messages/s are sustained"
            return Conclusion(Result.INCONCLUSIVE, f"{least}; {evidence}", samples=phase.came)
        return Conclusion(
            Result.FAIL,
            evidence,
            causes=(
                "one partition, queue or stream is saturated",
                "acknowledgements of replicas or disk writes are slow",
                "a quota or flow control throttles clients",
            ),
            fix="spread messages over more partitions or queues, use larger batches, or promise less",
            samples=phase.came,
        )


def _wrong(phase: Phase) -> Iterator[str]:
    if phase.least < phase.promised:
        yield f"below the promised {phase.promised:,}/s"
    if phase.errors:
        yield f"{phase.errors:,} of {phase.sent:,} not acknowledged ({phase.error})"
    if phase.drained is None:
        yield f"{phase.acknowledged - phase.came:,} not delivered by the end"
    elif phase.drained > _DRAINED_S:
        yield f"the last message delivered {phase.drained:.1f} s after the end"
    delay = told(Histogram(phase.delay), _LATE)
    name, late = next(iter(delay.items()), ("", 0.0))
    if late > _LATE_MS:
        yield f"messages sent later than scheduled: {name} {late:,.0f} ms"
