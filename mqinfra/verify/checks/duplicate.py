"""V04: what was sent once is there once."""

from collections import defaultdict

from mqinfra.model.judgement import Result
from mqinfra.model.operation import Act
from mqinfra.providers.base.verification.check import Asked, Case, Check, Conclusion
from mqinfra.providers.base.verification.evidence import many, none_or, nothing_seen
from mqinfra.providers.base.verification.place import Place
from mqinfra.verify.procedures.traffic import Traffic


class Duplicate(Check):
    """No message stands at two positions. That one is delivered twice from one position is another thing (V05)."""

    id = "V04"
    name = "duplicate"
    proves = "No message of the producer is stored twice."
    open = "A producer that resends after an error, with other settings than the canary's, may still store duplicates."
    procedure = Traffic

    def asked(self, place: Place) -> Asked:  # noqa: ARG002 - the same everywhere
        """What is sent once is there once."""
        return Asked("no message is stored twice")

    def judge(self, case: Case) -> Conclusion:
        """Positions by message."""
        if (nothing := nothing_seen(case)) is not None:
            return nothing
        places: dict[str, set[tuple[str, int]]] = defaultdict(set)
        for act in (Act.RECEIVE, Act.DRAIN):
            for one in case.of(act):
                if one.position is not None and one.uid in case.attempted and not one.redelivered:
                    places[one.uid].add((one.lane, one.position))
        if not places:
            return Conclusion(
                Result.INCONCLUSIVE, "no delivery had a position that tells a duplicate from a redelivery"
            )
        twice = {uid for uid, some in places.items() if len(some) > 1}
        return none_or(
            twice,
            f"{many(len(places), 'message')}, each stored once",
            f"{len(twice):,} of {many(len(places), 'message')} stored more than once",
            samples=len(places),
            causes=("a resent message was stored again: neither the producer nor the broker recognises it",),
            fix="enable idempotent producers, and deduplicate by message id in consumers",
        )
