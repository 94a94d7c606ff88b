"""V25: what was acknowledged is there after a restart of the broker."""

from mqinfra.model.judgement import Result
from mqinfra.model.operation import Act
from mqinfra.providers.base.verification.check import Asked, Case, Check, Conclusion, Skipped
from mqinfra.providers.base.verification.evidence import many, none_or, nothing_seen
from mqinfra.providers.base.verification.place import Place
from mqinfra.verify.procedures.command import why_not
from mqinfra.verify.procedures.restart import COMMAND, GONE, TRANSIENT, Restart


class DurableRestart(Check):
    """Persistent and acknowledged messages against what a fresh client finds afterwards."""

    id = "V25"
    name = "restart"
    proves = "Acknowledged persistent messages are still there after a restart by the given command."
    open = "A power failure is more than a restart: what was in the page cache survived here."
    procedure = Restart
    option = "--restart-cmd COMMAND"
    by_absence = True

    def asked(self, place: Place) -> Asked | Skipped | None:
        """Where the caller gave a command."""
        asked = "acknowledged messages survive a restart"
        if place.promised.restart:
            return Asked(asked, promise="survives")
        if "restart" in place.promised.promises.survives:
            return Skipped(
                asked, "it takes `--restart-cmd COMMAND`: no broker is restarted without it", promise="survives"
            )
        return None

    def judge(self, case: Case) -> Conclusion:
        """Acknowledged without drained, if the broker really was gone."""
        if (nothing := nothing_seen(case)) is not None:
            return nothing
        ran = next((one.seen for one in case.seen(COMMAND)), None)
        if why := why_not(ran):
            return Conclusion(Result.INCONCLUSIVE, f"the restart command failed {why}")
        if not any(one.seen is True for one in case.seen(GONE)):
            return Conclusion(
                Result.INCONCLUSIVE, "the command succeeded, but the broker was never unavailable meanwhile"
            )
        found = {one.uid for one in case.of(Act.DRAIN)}
        meant = {uid for uid in case.acknowledged if not uid.startswith(TRANSIENT)}
        passing = case.acknowledged - meant
        kept = (
            f"; {len(passing & found):,} of {many(len(passing), 'transient message')} survived"
            if passing & found
            else ""
        )
        lost = meant - found
        return none_or(
            lost,
            f"{many(len(meant), 'persistent message')}, none lost in the restart{kept}",
            f"{len(lost):,} of {many(len(meant), 'persistent message')} lost in the restart",
            samples=len(meant),
            causes=(
                "nothing is written to disk",
                "messages are acknowledged before they are written",
                "the resource is not durable",
            ),
            fix="make the resource durable, and let the broker write messages before it acknowledges them",
        )
