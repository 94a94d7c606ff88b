"""V37: a declared group is there, and nothing of it is left with a consumer that is gone."""

from typing import Any

from mqinfra.model.judgement import Result
from mqinfra.model.operation import Act
from mqinfra.providers.base.verification.check import Asked, Case, Check, Conclusion
from mqinfra.providers.base.verification.evidence import many
from mqinfra.providers.base.verification.place import About, Place
from mqinfra.providers.redis.addresses import GROUPS
from mqinfra.providers.redis.api.stream_calls import ACTIVE_MS
from mqinfra.providers.redis.verification.procedures.group_watch import CONSUMERS, GROUP, GroupWatch


class GroupHealth(Check):
    """Entries that wait have somebody at work on them."""

    id = "V37"
    name = "group health"
    proves = "The group is there, and whatever waits in it has a consumer that was at work in the last five minutes."
    open = "What consumers do with the entries was not checked."
    procedure = GroupWatch
    about = frozenset({About.RESOURCE})

    def asked(self, place: Place) -> Asked | None:
        """Of groups."""
        return Asked("the group is there and at work") if place.address.kind == GROUPS else None

    def judge(self, case: Case) -> Conclusion:
        """The last sample of the group, and its consumers."""
        samples = [one.seen for one in case.seen(GROUP)]
        if not samples:
            return Conclusion(Result.INCONCLUSIVE, "the group was not looked at")
        last = samples[-1]
        if last is None:
            return Conclusion(Result.FAIL, "the group is not there", fix="`mqinfra apply`", samples=len(samples))
        if not isinstance(last, dict) or "error" in last:
            why = last.get("error") if isinstance(last, dict) else last
            return Conclusion(Result.INCONCLUSIVE, f"the group may not be seen: {why}")
        consumers = [one for seen in case.of(Act.OBSERVE) if seen.subject == CONSUMERS for one in _list(seen.seen)]
        active = [one["name"] for one in consumers if one["idle"] < ACTIVE_MS]
        gone = {one["name"]: one["pending"] for one in consumers if one["idle"] >= ACTIVE_MS and one["pending"]}
        pending, lag = last.get("pending"), last.get("lag")
        told = (
            f"{many(len(active), 'consumer')} at work, {pending or 0:,} pending, "
            f"{'lag unknown' if lag is None else f'{lag:,} not delivered'}"
        )
        if gone:
            return Conclusion(
                Result.FAIL,
                f"{told}; {many(len(gone), 'consumer')} with pending entries asked for none in five minutes",
                offenders=sorted(gone),
                causes=("consumers get new names at each start and nobody claims what the old ones had",),
                fix="let consumers claim (XAUTOCLAIM) what is idle, or keep their names over restarts",
                samples=len(samples),
            )
        if not active and case.place.promised.promises.batch:
            return Conclusion(Result.PASS, f"{told}; `batch` allows that nobody reads", samples=len(samples))
        if not active and (pending or lag):
            return Conclusion(
                Result.FAIL, f"{told}; nobody reads it", causes=("the consumers are down",), samples=len(samples)
            )
        return Conclusion(Result.PASS, told, samples=len(samples))


def _list(seen: object) -> list[dict[str, Any]]:
    return seen if isinstance(seen, list) else []
