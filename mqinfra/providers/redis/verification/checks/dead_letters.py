"""V16: an entry that fails again and again ends in the dead letters, and nowhere else."""

from collections import Counter

from mqinfra.model.judgement import Result
from mqinfra.model.operation import Act
from mqinfra.providers.base.verification.check import Asked, Case, Check, Conclusion, Skipped
from mqinfra.providers.base.verification.evidence import counted, many, none_or, nothing_seen
from mqinfra.providers.base.verification.place import Place
from mqinfra.providers.redis.verification.place import StreamPlace
from mqinfra.providers.redis.verification.procedures.poison import CRASHED, GIVEN_BACK, LIMIT, Poison


class DeadLetters(Check):
    """By a reference reaper: claimed, counted, and moved in one transaction."""

    id = "V16"
    name = "dead letters after n"
    proves = (
        "Deliveries are counted, and one transaction moves a failing entry to the dead letters and out of the group."
    )
    open = "On Redis the consumers implement this: a reference consumer did so here, and not your own."
    procedure = Poison
    by_absence = True

    def asked(self, place: Place) -> Asked | Skipped | None:
        """Of streams with dead letters."""
        if not isinstance(place, StreamPlace) or not place.dead_letters:
            return None
        return Asked("an entry that keeps failing is moved to the dead letters", ("deadLetter",), "deadLetterAfter")

    def judge(self, case: Case) -> Conclusion:
        """Deliveries of each poison against the limit, and what the dead letters hold."""
        if (nothing := nothing_seen(case)) is not None:
            return nothing
        limit = next((one.seen for one in case.seen(LIMIT)), None)
        poison = {uid for uid in case.acknowledged if uid.startswith((GIVEN_BACK, CRASHED))}
        if not isinstance(limit, int) or not poison:
            return Conclusion(Result.INCONCLUSIVE, "no entry was made to fail")
        delivered = Counter(one.uid for one in case.of(Act.RECEIVE))
        dead = Counter(one.uid for one in case.of(Act.DRAIN, client="dead letters"))
        rejected = {one.uid for one in case.of(Act.REJECT)}
        wrong = {
            *(uid for uid in poison if dead[uid] != 1),
            *(uid for uid in poison if delivered[uid] != limit),
            *(uid for uid in case.acknowledged - poison if dead[uid]),
            *(uid for uid in dead if uid not in case.attempted),
        }
        missing = sum(1 for uid in poison if not dead[uid])
        bad = counted(
            (missing, f"{missing:,} of {many(len(poison), 'failing entry')} not in the dead letters"),
            (len(wrong) - missing, f"{len(wrong) - missing:,} delivered or moved wrongly"),
            (len(rejected), f"{len(rejected):,} moved to the dead letters"),
        )
        others = many(len(case.acknowledged - poison), "other entry")
        return none_or(
            wrong,
            f"{many(len(poison), 'failing entry')} moved to the dead letters after {limit} deliveries, "
            f"{others} processed",
            bad,
            samples=len(poison),
            causes=(
                "something trims or deletes the dead letters",
                "deliveries are not counted: consumers claim with JUSTID",
            ),
            fix="keep the dead letters untrimmed, and in the slot of their stream",
        )
