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
    proves = "A full queue of dead letters loses none: they go on to another queue, or wait where they died."
    open = f"The real queue was not filled: copies hold {MOST} letters at most."
    procedure = FullGraves
    by_absence = True

    def asked(self, place: Place) -> Asked | None:
        """Where there are dead letters."""
        if not isinstance(place, QueuePlace) or not place.dead_letters or place.type == "stream":
            return None
        return Asked("dead letters beyond the limit of their queue are kept")

    def judge(self, case: Case) -> Conclusion:
        """Rejected without found, but for what waits."""
        if (nothing := nothing_seen(case)) is not None:
            return nothing
        rejected = {one.uid for one in case.of(Act.REJECT)}
        if not rejected:
            return Conclusion(Result.INCONCLUSIVE, "no message came that could be rejected")
        missing = rejected - {one.uid for one in case.of(Act.DRAIN, client=DEAD)}
        told = next((one.seen for one in case.seen(SETTINGS)), None)
        limits = told.get("limits") if isinstance(told, dict) else None
        rooms = (
            ", ".join(f"`{name}`: {room}" for name, room in sorted(limits.items())) if isinstance(limits, dict) else ""
        )
        into = f"into room for few ({rooms})" if rooms else "where no queue of dead letters has a limit"
        waits = next((one.seen for one in case.seen(WAITS)), 0)
        waiting = waits if isinstance(waits, int) else 0
        kept = f", of which {waiting:,} wait where they died" if waiting else ""
        return none_or(
            missing if len(missing) > waiting else (),
            f"{many(len(rejected), 'dead letter')} {into}, all kept{kept}",
            f"{len(missing) - waiting:,} of {many(len(rejected), 'dead letter')} {into} are gone for good",
            samples=len(rejected),
            causes=(
                "the queue of the dead letters drops its oldest when it is full",
                "it refuses letters when it is full, and `dead-letter-strategy` is `at-most-once`",
            ),
            fix="take the limit away, or let the queue of the dead letters have dead letters of its own",
        )
