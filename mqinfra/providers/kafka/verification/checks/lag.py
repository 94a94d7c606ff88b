"""V38: what waits for a group becomes less, or at least moves."""

from mqinfra.model.judgement import Result
from mqinfra.providers.base.verification.check import Asked, Case, Check, Conclusion
from mqinfra.providers.base.verification.lag import Words, lag_conclusion
from mqinfra.providers.base.verification.place import About, Place
from mqinfra.providers.kafka.groups.spec import KIND
from mqinfra.providers.kafka.verification.procedures.group_watch import PROGRESS, GroupWatch

_LEAST = 2
WORDS = Words(
    idle="nothing was committed meanwhile",
    hangs="a consumer is stuck on a record, or commits rarely",
    look="look at the consumers; `mqinfra verify --only V37` shows the members",
    moving="the lag grows, although records are read",
    more="add consumers up to the number of partitions, or make each record cheaper",
)


class Lag(Check):
    """What is behind and what is committed, over a few seconds."""

    id = "V38"
    name = "lag"
    proves = "While watched, the group kept up: it had no lag, or went on reading."
    open = "Watched for a few seconds, not at peak load."
    procedure = GroupWatch
    about = frozenset({About.RESOURCE})

    def asked(self, place: Place) -> Asked | None:
        """Of groups."""
        if place.address.kind != KIND:
            return None
        most = place.promised.promises.max_lag
        if most is None:
            return Asked("the group keeps up")
        return Asked(f"the group keeps up, at most {most:,} messages behind", promise="maxLag")

    def judge(self, case: Case) -> Conclusion:
        """First sample against last."""
        seen = [one.seen for one in case.seen(PROGRESS) if isinstance(one.seen, dict)]
        lags = [lag for one in seen if isinstance(lag := one.get("lag"), int)]
        if len(lags) < _LEAST:
            return Conclusion(Result.INCONCLUSIVE, "the group has committed nothing")
        told = f"lag {lags[0]:,}, then {lags[-1]:,}, in {len(lags)} samples"
        moved = seen[0].get("committed") != seen[-1].get("committed")
        return lag_conclusion(lags, told, WORDS, case.place.promised.promises, moved=moved)
