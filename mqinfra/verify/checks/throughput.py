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
    proves = "One producer and one consumer pass the promised number of messages per second, in every five seconds."
    open = "Measured with one client, this message size and this duration."
    procedure = Load

    def asked(self, place: Place) -> Asked | None:
        """Where a rate is promised."""
        rate = place.promised.throughput
        return Asked(f"{rate:,} messages per second go through", promise="throughput") if rate else None

    def judge(self, case: Case) -> Conclusion:
        """The worst five seconds, errors, the rest at the end, and how late messages were sent."""
        ceiling, phase = (phase_of(case.operations, name) for name in (CEILING, THROUGHPUT))
        if phase is None or not phase.came:
            return Conclusion(Result.INCONCLUSIVE, "no load was offered" if phase is None else "nothing came")
        seen = (
            f"{phase.least:,.0f} messages/s of {case.amount.size} B came in the worst five seconds of "
            f"{phase.seconds:.0f} s at {phase.offered:,.0f}/s"
        )
        if ceiling is not None:
            seen += f"; without a rate this client passes {ceiling.rate:,.0f}/s"
        wrong = list(_wrong(phase))
        if not wrong:
            return Conclusion(Result.PASS, seen, samples=phase.came)
        evidence = f"{seen}; {'; '.join(wrong)}"
        if limit := phase.limit(ceiling):
            least = f"{limit}: at least {phase.least:,.0f} messages/s go through"
            return Conclusion(Result.INCONCLUSIVE, f"{least}; {evidence}", samples=phase.came)
        return Conclusion(
            Result.FAIL,
            evidence,
            causes=(
                "one partition, queue or stream takes no more",
                "acknowledgements of replicas or writes to disk take long",
                "a quota or a flow control throttles",
            ),
            fix="spread over more partitions or queues, batch more, or promise less",
            samples=phase.came,
        )


def _wrong(phase: Phase) -> Iterator[str]:
    if phase.least < phase.promised:
        yield f"{phase.promised:,}/s are promised"
    if phase.errors:
        yield f"{phase.errors:,} of {phase.sent:,} were not taken ({phase.error})"
    if phase.drained is None:
        yield f"{phase.acknowledged - phase.came:,} had not come after the end"
    elif phase.drained > _DRAINED_S:
        yield f"the last came {phase.drained:.1f} s after the end"
    delay = told(Histogram(phase.delay), _LATE)
    name, late = next(iter(delay.items()), ("", 0.0))
    if late > _LATE_MS:
        yield f"messages were sent late: {name} {late:,.0f} ms"
