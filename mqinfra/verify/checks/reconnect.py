"""V24: clients whose connections the broker ends come back, and nothing that was acknowledged is lost."""

from mqinfra.model.judgement import Result
from mqinfra.providers.base.verification.check import Asked, Case, Check, Conclusion
from mqinfra.providers.base.verification.evidence import many, none_or, nothing_seen
from mqinfra.providers.base.verification.place import Place
from mqinfra.verify.checks.going_on import went_on
from mqinfra.verify.procedures.reconnect import Reconnect

_WITHIN_MS = 10_000


class Reconnected(Check):
    """After the broker ended all connections, messages are sent and received again within seconds."""

    id = "V24"
    name = "reconnect"
    proves = "Disconnected clients publish and consume again within ten seconds, and no acknowledged message is lost."
    open = "The canary's own connections were closed; the team's clients may take longer or give up."
    procedure = Reconnect
    by_absence = True

    def asked(self, place: Place) -> Asked | None:
        """Where the broker can be asked to end a connection."""
        if not place.severs:
            return None
        return Asked("disconnected clients reconnect, and no acknowledged message is lost")

    def judge(self, case: Case) -> Conclusion:
        """When the first message went and came after the cut, and what was found in the end."""
        if (nothing := nothing_seen(case)) is not None:
            return nothing
        cut = next((one for one in case.seen("severed")), None)
        if cut is None or not isinstance(cut.seen, int) or not cut.seen:
            return Conclusion(Result.INCONCLUSIVE, "no connection was closed")
        problems, first = went_on(case, cut.ended, _WITHIN_MS)
        shown = "; ".join(one for one in problems if one not in case.acknowledged)
        return none_or(
            problems,
            f"{many(cut.seen, 'connection')} closed, publishing and consuming resumed after {first:,} ms, "
            f"{many(len(case.acknowledged), 'acknowledged message')}, none lost",
            f"{many(cut.seen, 'connection')} closed: {shown}",
            samples=len(case.acknowledged),
            causes=("a proxy or firewall blocks new connections", "the broker accepts new connections slowly"),
        )
