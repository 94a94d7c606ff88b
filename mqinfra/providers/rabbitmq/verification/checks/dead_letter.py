"""V15: a rejected message becomes a dead letter."""

from mqinfra.model.judgement import Result
from mqinfra.model.operation import Act, Operation
from mqinfra.providers.base.verification.check import Asked, Case, Check, Conclusion, Skipped
from mqinfra.providers.base.verification.evidence import many, none_or, nothing_seen
from mqinfra.providers.base.verification.place import Place
from mqinfra.providers.rabbitmq.verification.place import QueuePlace
from mqinfra.providers.rabbitmq.verification.procedures.giving_up import REJECTED, GivingUp

DEAD = "dead letters"


class DeadLetterOfRejected(Check):
    """Every message that is rejected is among the dead letters, and tells why."""

    id = "V15"
    name = "dead letter"
    proves = "A rejected message is kept as a dead letter, which says where and why it was dead-lettered."
    open = "Whether the dead letters are processed was not checked."
    procedure = GivingUp
    by_absence = True

    def asked(self, place: Place) -> Asked | Skipped | None:
        """Where dead letters go somewhere."""
        if not isinstance(place, QueuePlace) or not place.dead_letters:
            return None
        asked = "a rejected message becomes a dead letter"
        if place.type == "stream":
            return Skipped(asked, "messages of a stream can't be rejected")
        return Asked(asked)

    def judge(self, case: Case) -> Conclusion:
        """Rejected without found, and found with another story."""
        if (nothing := nothing_seen(case)) is not None:
            return nothing
        rejected = {one.uid for one in case.of(Act.REJECT)}
        if not rejected:
            return Conclusion(Result.INCONCLUSIVE, "no message was delivered, so none was rejected")
        letters = {one.uid: one for one in case.of(Act.DRAIN, client=DEAD) if one.uid.startswith(REJECTED)}
        missing = rejected - letters.keys()
        other = {uid for uid, one in letters.items() if not _tells(one)}
        places = ", ".join(f"`{name}`" for name in sorted({one.lane for one in letters.values()}))
        if missing:
            evidence = f"{len(missing):,} of {many(len(rejected), 'rejected message')} not dead-lettered: lost for good"
        else:
            evidence = f"{many(len(other), 'dead letter')} with another reason than `rejected`"
        return none_or(
            missing | other,
            f"{many(len(letters), 'rejected message')}, all dead-lettered to {places}",
            evidence,
            samples=len(rejected),
            causes=(
                "the dead-letter exchange does not exist",
                "no binding of the dead-letter exchange matches the routing key of the messages",
                "the dead-letter queue is full, and drops or refuses them",
            ),
            fix="create the dead-letter exchange and bind a queue to it, or use `deadLetter: true`",
        )


def _tells(letter: Operation) -> bool:
    return any(death.reason == "rejected" for death in letter.deaths)
