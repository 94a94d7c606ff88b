"""V17b: dead letters beyond what their queue holds are not lost."""

from mqinfra.model.judgement import Result
from mqinfra.model.operation import Act
from mqinfra.providers.base.verification.check import Asked, Case, Check, Conclusion
from mqinfra.providers.base.verification.evidence import many, none_or, nothing_seen
from mqinfra.providers.base.verification.place import Place
from mqinfra.providers.rabbitmq.verification.checks.dead_letter import DEAD
from mqinfra.providers.rabbitmq.verification.place import QueuePlace
from mqinfra.providers.rabbitmq.verification.procedures.full_graves import MOST, WAITS, FullGraves
from mqinfra.providers.rabbitmq.verification.procedures.settings import SETTINGS


class FullGravesKeep(Check):
    """Of more rejected messages than the queue of the dead letters holds, each is kept somewhere."""

    id = "V17b"
    name = "dead letters beyond their limit"
    proves = "A full dead-letter queue loses none: they move on to another queue, or stay in the source queue."
    open = f"The real dead-letter queue was not filled: a copy holds {MOST} messages at most."
    procedure = FullGraves
    by_absence = True

    def asked(self, place: Place) -> Asked | None:
        """Where there are dead letters, and a queue that they get to may have a limit."""
        if not isinstance(place, QueuePlace) or not place.limited_letters or place.type == "stream":
            return None
        return Asked("dead letters beyond the limit of their queue are kept")

    def judge(self, case: Case) -> Conclusion:
        """Rejected without found, but for what waits."""
        if (nothing := nothing_seen(case)) is not None:
            return nothing
        rejected = {one.uid for one in case.of(Act.REJECT)}
        if not rejected:
            return Conclusion(Result.INCONCLUSIVE, "no message was delivered, so none was rejected")
        missing = rejected - {one.uid for one in case.of(Act.DRAIN, client=DEAD)}
        told = next((one.seen for one in case.seen(SETTINGS)), None)
        limits = told.get("limits") if isinstance(told, dict) else None
        rooms = [f"{room:,} on `{name}`" for name, room in sorted(limits.items())] if isinstance(limits, dict) else []
        against = f"against {'a limit' if len(rooms) == 1 else 'limits'} of {', '.join(rooms)}"
        waits = next((one.seen for one in case.seen(WAITS)), 0)
        waiting = waits if isinstance(waits, int) else 0
        kept = f", {waiting:,} still in the source queue" if waiting else ""
        if not rooms and not missing:
            return Conclusion(Result.SKIPPED, "no dead-letter queue has a limit", samples=len(rejected))
        return none_or(
            missing if len(missing) > waiting else (),
            f"{many(len(rejected), 'dead letter')} {against}: all kept{kept}",
            f"{len(missing) - waiting:,} of {many(len(rejected), 'dead letter')} lost"
            + (f" {against}" if rooms else ", although no dead-letter queue has a limit"),
            samples=len(rejected),
            causes=(
                "the dead-letter queue drops its oldest messages when it is full",
                "it refuses messages when it is full, and `dead-letter-strategy` is `at-most-once`",
            ),
            fix="remove the limit, or give the dead-letter queue a dead-letter exchange of its own",
        )
