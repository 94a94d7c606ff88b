"""V23: a producer whose connection breaks before the answer sends again, and writes nothing twice."""

from collections import defaultdict

from mqinfra.model.judgement import Result
from mqinfra.model.operation import Act
from mqinfra.providers.base.verification.check import Asked, Case, Check, Conclusion
from mqinfra.providers.base.verification.evidence import counted, many, none_or, nothing_seen
from mqinfra.providers.base.verification.place import Place
from mqinfra.providers.kafka.verification.procedures.cut_answers import CUTS, CutAnswers


class Idempotent(Check):
    """Messages that stand twice, and acknowledged ones that are not there, after answers were cut off."""

    id = "V23"
    name = "idempotent reconnect"
    proves = (
        "When a connection breaks before the broker's answer, an idempotent producer resends and duplicates nothing."
    )
    open = "Producers without `enable.idempotence`, and applications that resend by themselves, do duplicate messages."
    procedure = CutAnswers
    by_absence = True

    def asked(self, place: Place) -> Asked:  # noqa: ARG002 - every topic takes idempotent producers
        """Of every topic."""
        return Asked("a broken connection neither loses nor duplicates a message")

    def judge(self, case: Case) -> Conclusion:
        """If any answer was cut off at all."""
        if (nothing := nothing_seen(case)) is not None:
            return nothing
        cuts = next((one.seen for one in case.seen(CUTS) if isinstance(one.seen, int)), 0)
        if not cuts:
            return Conclusion(Result.INCONCLUSIVE, "no answer was cut off")
        places: dict[str, set[tuple[str, int | None]]] = defaultdict(set)
        for one in case.of(Act.DRAIN):
            places[one.uid].add((one.lane, one.position))
        twice = {uid for uid, some in places.items() if uid and len(some) > 1}
        lost = case.acknowledged - places.keys()
        told = f"{many(cuts, 'answer')} cut off, {many(len(case.acknowledged), 'acknowledged message')}"
        return none_or(
            twice | lost,
            f"{told}, each stored once",
            f"{told}: {counted((len(twice), f'{len(twice):,} stored twice'), (len(lost), f'{len(lost):,} lost'))}",
            samples=len(places),
            causes=("the broker, or what stands in front of it, ignores producer ids and sequence numbers",),
            fix="set `enable.idempotence=true` and `acks=all` in producers",
        )
