"""V45: a new group reads from the beginning all that was sent."""

from collections import Counter

from mqinfra.model.judgement import Result
from mqinfra.model.operation import Act
from mqinfra.providers.base.verification.check import Asked, Case, Check, Conclusion
from mqinfra.providers.base.verification.evidence import many, none_or, nothing_seen
from mqinfra.providers.base.verification.place import Place
from mqinfra.verify.procedures.replay import Replay


class Replayed(Check):
    """Deliveries to the second group against what was acknowledged."""

    id = "V45"
    name = "replay"
    proves = "A group that begins at the beginning gets all that was sent, once, though another has done with it."
    open = "What retention has deleted by then can't be replayed."
    procedure = Replay
    by_absence = True

    def asked(self, place: Place) -> Asked | None:
        """Where messages stay when they are accepted."""
        return Asked("a new group can read everything again") if place.replays else None

    def judge(self, case: Case) -> Conclusion:
        """Count what the last client got."""
        if (nothing := nothing_seen(case)) is not None:
            return nothing
        clients = list(dict.fromkeys(one.client for one in case.of(Act.RECEIVE)))
        if not clients:
            return Conclusion(Result.INCONCLUSIVE, "no group got anything")
        first = {one.uid for one in case.of(Act.RECEIVE, client=clients[0])}
        again = Counter(one.uid for client in clients[1:] for one in case.of(Act.RECEIVE, client=client))
        missing = case.acknowledged & first - again.keys()
        twice = {uid for uid, number in again.items() if number > 1}
        return none_or(
            missing | twice,
            f"{len(again):,} of {many(len(case.acknowledged), 'message')} came to a new group, each once",
            f"{many(len(missing), 'message')} did not come to a new group, {len(twice):,} came more than once",
            samples=len(again),
            causes=(
                "messages go when they are accepted, or by a limit of length or age",
                "the group does not begin at the beginning",
            ),
            fix="raise the limit, or let the group begin at the earliest message",
        )
