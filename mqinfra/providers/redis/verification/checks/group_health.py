"""V37: a declared group is there, and nothing of it is left with a consumer that is gone."""

from typing import Any

from mqinfra.model.judgement import Result
from mqinfra.model.operation import Act
from mqinfra.providers.base.verification.check import Asked, Case, Check, Conclusion
from mqinfra.providers.base.verification.evidence import APPLY, many
from mqinfra.providers.base.verification.place import About, Place
from mqinfra.providers.redis.addresses import GROUPS
from mqinfra.providers.redis.api.stream_calls import ACTIVE_MS
from mqinfra.providers.redis.verification.procedures.group_watch import CONSUMERS, GROUP, GroupWatch


class GroupHealth(Check):
    """Entries that wait have somebody at work on them."""

    id = "V37"
    name = "group health"
    proves = "The group exists, and its pending entries belong to consumers that were active in the last five minutes."
    open = "What consumers do with the entries was not checked."
    procedure = GroupWatch
    about = frozenset({About.RESOURCE})

    def asked(self, place: Place) -> Asked | None:
        """Of groups."""
        return Asked("the group exists and is active") if place.address.kind == GROUPS else None

    def judge(self, case: Case) -> Conclusion:
        """The last sample of the group, and its consumers."""
        samples = [one.seen for one in case.seen(GROUP)]
        if not samples:
            return Conclusion(Result.INCONCLUSIVE, "the group was not read")
        last = samples[-1]
        if last is None:
            return Conclusion(Result.FAIL, "the group does not exist", fix=APPLY, samples=len(samples))
        if not isinstance(last, dict) or "error" in last:
            why = last.get("error") if isinstance(last, dict) else last
            return Conclusion(Result.INCONCLUSIVE, f"the group could not be read: {why}")
        consumers = [one for seen in case.of(Act.OBSERVE) if seen.subject == CONSUMERS for one in _list(seen.seen)]
        active = [one["name"] for one in consumers if one["idle"] < ACTIVE_MS]
        gone = {one["name"]: one["pending"] for one in consumers if one["idle"] >= ACTIVE_MS and one["pending"]}
        pending, lag = last.get("pending"), last.get("lag")
        waits = [f"{pending:,} pending"] if pending else []
        if lag is None or lag:
            waits.append("lag unknown" if lag is None else f"{lag:,} not delivered")
        told = ", ".join(
            [many(len(active), "active consumer") if active else "no active consumer", *(waits or ["no entry waits"])]
        )
        if gone:
            return Conclusion(
                Result.FAIL,
                f"{told}; {many(len(gone), 'consumer')} with pending entries inactive for five minutes",
                offenders=sorted(gone),
                causes=("consumers get new names at each start, and nobody claims the entries of the old ones",),
                fix="let consumers claim idle entries (XAUTOCLAIM), or keep their names over restarts",
                samples=len(samples),
            )
        if not active and case.place.promised.promises.batch:
            return Conclusion(
                Result.PASS, f"{told}; no consumer is reading, which `batch` allows", samples=len(samples)
            )
        if not active and (pending or lag):
            return Conclusion(
                Result.FAIL, f"{told}; no consumer is reading", causes=("the consumers are down",), samples=len(samples)
            )
        return Conclusion(Result.PASS, told, samples=len(samples))


def _list(seen: object) -> list[dict[str, Any]]:
    return seen if isinstance(seen, list) else []
