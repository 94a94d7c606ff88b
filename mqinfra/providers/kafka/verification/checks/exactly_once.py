"""V10: a pipeline in transactions gives each message once, however often it is killed."""

from collections import Counter

from mqinfra.model.judgement import Result
from mqinfra.model.operation import Act, Known
from mqinfra.providers.base.verification.check import Asked, Case, Check, Conclusion, Skipped
from mqinfra.providers.base.verification.evidence import counted, many, none_or, nothing_seen
from mqinfra.providers.base.verification.place import Place
from mqinfra.providers.kafka.verification.place import TopicPlace
from mqinfra.providers.kafka.verification.procedures.pipeline import ALL, COMMITTED, KILLED, OPEN, Pipeline


class ExactlyOnce(Check):
    """What readers of committed records see against what went in, with records of dead transactions as the control."""

    id = "V10"
    name = "exactly once"
    proves = (
        "A pipeline that reads, writes and commits in one transaction delivers each message once, even when killed."
    )
    open = "Side effects outside Kafka, and readers with `isolation.level=read_uncommitted`, are not covered."
    procedure = Pipeline
    by_absence = True

    def asked(self, place: Place) -> Asked | Skipped:
        """Where somebody uses transactions already: trying them makes a topic of Kafka's own, which would stay."""
        asked = "a transactional pipeline delivers each message exactly once"
        promise = "delivery" if place.promised.promises.delivery == "exactly-once" else ""
        if isinstance(place, TopicPlace) and not place.transactions:
            return Skipped(
                asked, "no client uses transactions on this cluster: `__transaction_state` does not exist", promise
            )
        return Asked(asked, promise=promise)

    def judge(self, case: Case) -> Conclusion:
        """Lost, twice, and given up."""
        if (nothing := nothing_seen(case)) is not None:
            return nothing
        kills = len([one for one in case.seen(KILLED) if one.known is Known.OK])
        seen = case.of(Act.DRAIN, client=COMMITTED)
        times = Counter(one.uid for one in seen)
        places = {f"{one.lane}:{one.position}": one.uid for one in seen}
        dead = {str(place) for one in case.seen(OPEN) if isinstance(one.seen, list) for place in one.seen}
        aborted = len(case.of(Act.DRAIN, client=ALL)) - len(seen)
        shown = {uid for place, uid in places.items() if place in dead}
        lost = case.acknowledged - times.keys()
        twice = {uid for uid, number in times.items() if number > 1}
        bad = counted(
            (len(lost), f"{len(lost):,} lost"),
            (len(twice), f"{len(twice):,} delivered twice"),
            (len(shown), f"{len(shown):,} of aborted transactions visible"),
        )
        if not kills or (not aborted and not shown and not twice):
            return Conclusion(
                Result.INCONCLUSIVE, f"{many(kills, 'kill')} left no aborted transaction: no fault happened"
            )
        return none_or(
            lost | twice | shown,
            f"{many(len(times), 'message')}, each delivered once after {many(kills, 'kill')}; "
            f"{many(aborted, 'record')} of aborted transactions not visible",
            f"of {many(len(case.acknowledged), 'message')} after {many(kills, 'kill')}: {bad}",
            samples=len(seen),
            causes=(
                "offsets are committed outside of the transaction",
                "the transactional id changes with every start",
            ),
            fix="send offsets to the transaction, and keep one `transactional.id` per source partition or instance",
        )
