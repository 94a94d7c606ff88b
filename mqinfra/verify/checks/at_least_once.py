"""V08: what a consumer had not accepted when it died comes to the next one."""

from mqinfra.model.judgement import Result
from mqinfra.model.operation import Act
from mqinfra.providers.base.verification.check import Asked, Case, Check, Conclusion
from mqinfra.providers.base.verification.evidence import counted, many, none_or, nothing_seen
from mqinfra.providers.base.verification.place import Place
from mqinfra.verify.procedures.crash import CrashBefore


class AtLeastOnce(Check):
    """Deliveries to the consumer that died, without those that it accepted, against deliveries to the next."""

    id = "V08"
    name = "at least once"
    proves = "What a consumer had not acknowledged when it was killed is redelivered, and no message is skipped."
    open = "Consumers that acknowledge before their work is done still lose messages."
    procedure = CrashBefore
    by_absence = True

    def asked(self, place: Place) -> Asked:
        """Acceptance is what ends the broker's duty."""
        promise = "delivery" if place.promised.promises.delivery == "at-least-once" else ""
        return Asked("unacknowledged messages are redelivered after a consumer was killed", promise=promise)

    def judge(self, case: Case) -> Conclusion:
        """Look at what was left, and at what came afterwards."""
        if (nothing := nothing_seen(case)) is not None:
            return nothing
        died = {one.client for one in case.of(Act.CRASH)}
        if not died:
            return Conclusion(Result.INCONCLUSIVE, "no consumer was killed")
        came = case.of(Act.RECEIVE)
        accepted = {one.uid for one in case.of(Act.ACCEPT) if one.client in died}
        left = {one.uid for one in came if one.client in died} - accepted
        if not left:
            return Conclusion(
                Result.INCONCLUSIVE, "the killed consumer had acknowledged everything that it had received"
            )
        again = {one.uid: one for one in came if one.client not in died and one.uid in left}
        passed_over = case.acknowledged - {one.uid for one in came}
        unmarked = {uid for uid, one in again.items() if one.redelivered is False and not one.deliveries}
        marked = sum(bool(one.redelivered or one.deliveries) for one in again.values())
        told = f", {marked:,} flagged redelivered" if marked else ""
        kept = left - again.keys()
        wrong = kept | passed_over | unmarked
        bad = counted(
            (len(kept), f"{len(kept):,} of {many(len(left), 'unacknowledged message')} not redelivered"),
            (len(passed_over), f"{many(len(passed_over), 'message')} never delivered"),
            (len(unmarked), f"{many(len(unmarked), 'message')} redelivered without the flag"),
        )
        return none_or(
            wrong,
            f"{many(len(left), 'unacknowledged message')} redelivered after the consumer was killed{told}",
            f"after the consumer was killed: {bad}",
            samples=len(left),
            causes=(
                "messages are acknowledged on delivery: automatic commits or acknowledgements",
                "an offset was committed beyond the processed messages",
            ),
            fix="let consumers acknowledge a message after its work is done, and not before",
        )
