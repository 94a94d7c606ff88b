"""V19b: what is too old goes, and not before it is."""

from mqinfra.model.judgement import Result
from mqinfra.providers.base.verification.check import Asked, Case, Check, Conclusion
from mqinfra.providers.base.verification.place import Place
from mqinfra.providers.kafka.topics.fields import CLEANUP, RETENTION_MS
from mqinfra.providers.kafka.verification.procedures.aging import (
    CHECKED_MS,
    FIRST,
    RETAINED_MS,
    SEGMENT_MS,
    SLACK_MS,
    Aging,
)

_EARLY_MS = 1_000
"""Times of records are the client's, and what the broker holds them against is its own."""
_LATEST_MS = RETAINED_MS + SEGMENT_MS + CHECKED_MS + SLACK_MS


class DeletesInTime(Check):
    """When the first offset of a copy moves that keeps records for ten seconds."""

    id = "V19b"
    name = "retention in time"
    proves = "On a copy that keeps records for ten seconds, brokers delete older ones, and none before."
    open = "The topic's own limit was not waited for; brokers that check less often than every five minutes are later."
    procedure = Aging
    by_absence = True

    def asked(self, place: Place) -> Asked | None:
        """Of topics with a declared age that delete by it."""
        item = place.declaration
        if item is None or item.spec.field(RETENTION_MS) in (None, -1):
            return None
        if "delete" not in str(item.spec.field(CLEANUP) or "delete"):
            return None
        return Asked("records older than the limit are deleted, and none before", RETENTION_MS)

    def judge(self, case: Case) -> Conclusion:
        """The first look at which the offset had moved, and the last before."""
        looks = [look for one in case.seen(FIRST) for look in _look(one.seen)]
        if not looks:
            return Conclusion(Result.INCONCLUSIVE, "no offset was seen")
        moved = next((ms for ms, offsets in looks if offsets), None)
        if moved is None:
            last = looks[-1][0]
            told = f"after {last / 1_000:,.0f} s the first records were still there"
            if last < _LATEST_MS:
                return Conclusion(Result.INCONCLUSIVE, told, samples=len(looks))
            causes = ("brokers check less often (`log.retention.check.interval.ms`)", "the log cleaner has stopped")
            return Conclusion(Result.FAIL, told, causes=causes, samples=len(looks))
        told = f"kept for {RETAINED_MS / 1_000:g} s: the first records were gone after {moved / 1_000:,.1f} s"
        if moved < RETAINED_MS - _EARLY_MS:
            causes = ("the clocks of client and broker differ", "the size of the log is limited as well")
            return Conclusion(Result.FAIL, told, causes=causes, samples=len(looks))
        return Conclusion(Result.PASS, told, samples=len(looks))


def _look(seen: object) -> list[tuple[int, int]]:
    """Milliseconds, and the sum of the first offsets."""
    told = seen if isinstance(seen, dict) else {}
    ms, offsets = told.get("ms"), told.get("offsets")
    return [(ms, offsets)] if isinstance(ms, int) and isinstance(offsets, int) else []
