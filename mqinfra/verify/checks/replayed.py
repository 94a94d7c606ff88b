"""V45: a new group reads from the beginning all that was sent."""

from collections import Counter

from mqinfra.model.judgement import Result
from mqinfra.model.operation import Act
from mqinfra.providers.base.verification.check import Asked, Case, Check, Conclusion
from mqinfra.providers.base.verification.evidence import counted, many, none_or, nothing_seen
from mqinfra.providers.base.verification.place import Place
from mqinfra.verify.procedures.replay import Replay


class Replayed(Check):
    """Deliveries to the second group against what was acknowledged."""

    id = "V45"
    name = "replay"
    proves = (
        "A group that starts at the beginning reads every message once, although another group has acknowledged it."
    )
    open = "Messages that retention has deleted by then can't be replayed."
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
            return Conclusion(Result.INCONCLUSIVE, "no message was delivered to any group")
        first = {one.uid for one in case.of(Act.RECEIVE, client=clients[0])}
        again = Counter(one.uid for client in clients[1:] for one in case.of(Act.RECEIVE, client=client))
        missing = case.acknowledged & first - again.keys()
        twice = {uid for uid, number in again.items() if number > 1}
        return none_or(
            missing | twice,
            f"{len(again):,} of {many(len(case.acknowledged), 'message')} read by a new group, each once",
            counted(
                (len(missing), f"{many(len(missing), 'message')} not delivered to a new group"),
                (len(twice), f"{many(len(twice), 'message')} delivered more than once"),
            ),
            samples=len(again),
            causes=(
                "messages are removed when they are acknowledged, or by a length or age limit",
                "the group does not start at the beginning",
            ),
            fix="raise the limit, or let the group start at the earliest message",
        )
