"""V24: clients whose connections the broker ends come back, and nothing that was acknowledged is lost."""

from mqinfra.model.judgement import Result
from mqinfra.model.operation import Act, Known
from mqinfra.providers.base.verification.check import Asked, Case, Check, Conclusion
from mqinfra.providers.base.verification.evidence import many, none_or, nothing_seen
from mqinfra.providers.base.verification.place import Place
from mqinfra.verify.procedures.reconnect import Reconnect

_MS = 1_000_000
_WITHIN_MS = 10_000


class Reconnected(Check):
    """After the broker ended all connections, messages are sent and received again within seconds."""

    id = "V24"
    name = "reconnect"
    proves = "Clients that were cut off send and receive again within ten seconds, and nothing acknowledged is lost."
    open = "The team's own clients may come back later, or not at all; the canary's were cut off."
    procedure = Reconnect
    by_absence = True

    def asked(self, place: Place) -> Asked | None:
        """Where the broker can be asked to end a connection."""
        if not place.severs:
            return None
        return Asked("clients that are cut off come back, and nothing acknowledged is lost")

    def judge(self, case: Case) -> Conclusion:
        """When the first message went and came after the cut, and what was found in the end."""
        if (nothing := nothing_seen(case)) is not None:
            return nothing
        cut = next((one for one in case.seen("severed")), None)
        if cut is None or not isinstance(cut.seen, int) or not cut.seen:
            return Conclusion(Result.INCONCLUSIVE, "no connection was ended")
        went = [one.ended for one in case.of(Act.PUBLISH, known=Known.OK) if one.ended > cut.ended]
        came = [one.ended for one in case.of(Act.RECEIVE) if one.ended > cut.ended]
        lost = case.acknowledged - {one.uid for act in (Act.RECEIVE, Act.DRAIN) for one in case.of(act)}
        problems = []
        for what, some in (("sent", went), ("received", came)):
            if not some:
                problems.append(f"nothing was {what} any more")
            elif (late := (min(some) - cut.ended) // _MS) > _WITHIN_MS:
                problems.append(f"the next message was {what} after {late:,} ms")
        if lost:
            problems.append(f"{many(len(lost), 'acknowledged message')} lost")
        first = max(((min(some) - cut.ended) // _MS for some in (went, came) if some), default=0)
        return none_or(
            [*problems, *sorted(lost)] if problems else (),
            f"{many(cut.seen, 'connection')} ended, both ways open again after {first:,} ms, "
            f"{many(len(case.acknowledged), 'acknowledged message')}, all found",
            f"{many(cut.seen, 'connection')} ended: {'; '.join(problems)}",
            samples=len(case.acknowledged),
            causes=("a proxy or firewall lets no new connection through", "the broker takes new connections slowly"),
        )
