"""V28: messages come within the promised time."""

from mqinfra.model.judgement import Result
from mqinfra.providers.base.verification.check import Asked, Case, Check, Conclusion
from mqinfra.providers.base.verification.evidence import many
from mqinfra.providers.base.verification.place import Place
from mqinfra.verify.load.histogram import Histogram, needed_for, share_of
from mqinfra.verify.load.seen import CEILING, LATENCY, phase_of
from mqinfra.verify.procedures.load import Load


class Latency(Check):
    """From when a message should have been sent until the consumer has it, at the promised rate."""

    id = "V28"
    name = "latency"
    proves = "At the promised rate, the promised shares of messages reach a consumer within the promised times."
    open = "Measured with this client and rate, and not right after a failover."
    procedure = Load
    option = "--latency QUANTILE=DURATION"

    def asked(self, place: Place) -> Asked | None:
        """Where latencies are promised."""
        some = place.promised.latency
        bounds = ", ".join(f"{name} {bound:g} ms" for name, bound in some.items())
        return Asked(f"the latency stays within {bounds}", promise="latency") if some else None

    def judge(self, case: Case) -> Conclusion:
        """Each quantile that enough values stand above; what never came took longer than anything."""
        ceiling, phase = (phase_of(case.operations, name) for name in (CEILING, LATENCY))
        if phase is None or not phase.came:
            return Conclusion(
                Result.INCONCLUSIVE, "no load was offered" if phase is None else "no message was delivered"
            )
        found = Histogram(phase.end_to_end)
        missing = phase.acknowledged - phase.came
        seen: dict[str, float] = {}
        over, few = [], []
        for name, bound in case.place.promised.latency.items():
            value = found.quantile(name)
            if missing > (1 - share_of(name)) * phase.acknowledged:
                over.append(f"{name} exceeds the promised {bound:g} ms, as {missing:,} were never delivered")
            elif value is None:
                few.append(f"{name} needs {needed_for(name):,} messages")
            else:
                seen[name] = value
                if value > bound:
                    over.append(f"{name} exceeds the promised {bound:g} ms")
        quantiles = "".join(f"{name} {value:,.1f} ms, " for name, value in seen.items())
        told = f"{quantiles}max {found.largest:,.1f} ms over {many(found.count, 'message')} at {phase.offered:,.0f}/s"
        if over and (limit := phase.limit(ceiling)):
            return Conclusion(Result.INCONCLUSIVE, f"{limit}; {told}; {'; '.join(over)}", samples=found.count)
        if over:
            return Conclusion(
                Result.FAIL,
                f"{told}; {'; '.join(over)}",
                causes=("the broker waits for disks or replicas", "clients batch for too long", "the rate is too high"),
                samples=found.count,
            )
        if few:
            return Conclusion(Result.INCONCLUSIVE, f"{told}; {'; '.join(few)}", samples=found.count)
        return Conclusion(Result.PASS, told, samples=found.count)
