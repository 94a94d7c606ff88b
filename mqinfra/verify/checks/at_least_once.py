"""V08: what a consumer had not accepted when it died comes to the next one."""

from mqinfra.model.judgement import Result
from mqinfra.model.operation import Act
from mqinfra.providers.base.verification.check import Asked, Case, Check, Conclusion
from mqinfra.providers.base.verification.evidence import many, none_or, nothing_seen
from mqinfra.providers.base.verification.place import Place
from mqinfra.verify.procedures.crash import CrashBefore


class AtLeastOnce(Check):
    """Deliveries to the consumer that died, without those that it accepted, against deliveries to the next."""

    id = "V08"
    name = "at least once"
    proves = "What a consumer had not accepted when it was killed comes again, and nothing is passed over."
    open = "Consumers that acknowledge before they are done still lose messages."
    procedure = CrashBefore
    by_absence = True

    def asked(self, place: Place) -> Asked:
        """Acceptance is what ends the broker's duty."""
        promise = "delivery" if place.promised.promises.delivery == "at-least-once" else ""
        return Asked("what was not accepted when a consumer died comes again", promise=promise)

    def judge(self, case: Case) -> Conclusion:
        """Look at what was left, and at what came afterwards."""
        if (nothing := nothing_seen(case)) is not None:
            return nothing
        died = {one.client for one in case.of(Act.CRASH)}
        if not died:
            return Conclusion(Result.INCONCLUSIVE, "no consumer died")
        came = case.of(Act.RECEIVE)
        accepted = {one.uid for one in case.of(Act.ACCEPT) if one.client in died}
        left = {one.uid for one in came if one.client in died} - accepted
        if not left:
            return Conclusion(Result.INCONCLUSIVE, "the consumer that died had accepted all that it had")
        again = {one.uid: one for one in came if one.client not in died and one.uid in left}
        passed_over = case.acknowledged - {one.uid for one in came}
        unmarked = {uid for uid, one in again.items() if one.redelivered is False and not one.deliveries}
        marked = sum(bool(one.redelivered or one.deliveries) for one in again.values())
        told = f", {marked:,} of them marked as delivered before" if marked else ""
        wrong = (left - again.keys()) | passed_over | unmarked
        return none_or(
            wrong,
            f"{many(len(left), 'message')} in a killed consumer's hands, all came again{told}",
            f"{len(left - again.keys()):,} of {many(len(left), 'message')} in a killed consumer's hands did not come "
            f"again, {many(len(passed_over - left), 'other')} came to nobody, {len(unmarked):,} came again unmarked",
            samples=len(left),
            causes=(
                "messages are accepted on delivery: automatic commits or acknowledgements",
                "an offset was committed beyond what was done",
            ),
            fix="let consumers accept a message after its work is done, and not before",
        )
