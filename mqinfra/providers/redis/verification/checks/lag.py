"""V38: what waits in a group becomes less, or at least moves."""

from mqinfra.model.judgement import Result
from mqinfra.providers.base.verification.check import Asked, Case, Check, Conclusion
from mqinfra.providers.base.verification.evidence import many
from mqinfra.providers.base.verification.lag import Words, lag_conclusion
from mqinfra.providers.base.verification.place import About, Place
from mqinfra.providers.redis.addresses import GROUPS
from mqinfra.providers.redis.verification.procedures.group_watch import GROUP, GroupWatch

WORDS = Words(
    idle="nothing was read meanwhile",
    hangs="a consumer is stuck on an entry",
    look="look at the consumers; `mqinfra verify --only V37` shows them",
    moving="the lag grows, although entries are read",
    more="add consumers, or make each entry cheaper",
)


class Lag(Check):
    """The lag over some seconds, and whether the group read anything meanwhile."""

    id = "V38"
    name = "lag"
    proves = "While watched, the group kept up: it had no lag, or went on reading."
    open = "Watched for a few seconds, not at peak load."
    procedure = GroupWatch
    about = frozenset({About.RESOURCE})

    def asked(self, place: Place) -> Asked | None:
        """Of groups."""
        if place.address.kind != GROUPS:
            return None
        most = place.promised.promises.max_lag
        if most is None:
            return Asked("the group keeps up")
        return Asked(f"the group keeps up, at most {most:,} messages behind", promise="maxLag")

    def judge(self, case: Case) -> Conclusion:
        """First sample against last."""
        seen = [one.seen for one in case.seen(GROUP) if isinstance(one.seen, dict) and "error" not in one.seen]
        lags = [one.get("lag") for one in seen]
        known = [lag for lag in lags if isinstance(lag, int)]
        if len(known) < len(lags) or len(known) < 2:
            why = "the server does not report the lag" if lags else "the group could not be read"
            return Conclusion(Result.INCONCLUSIVE, f"{why}; it does once entries were read from the first on")
        told = f"lag {known[0]:,}, then {known[-1]:,}, in {many(len(known), 'sample')}"
        read = [one.get("entries-read") for one in seen]
        return lag_conclusion(known, told, WORDS, case.place.promised.promises, moved=read[0] != read[-1])
