"""V37: somebody reads in the group, and every partition has an owner."""

from mqinfra.model.judgement import Result
from mqinfra.providers.base.verification.check import Asked, Case, Check, Conclusion
from mqinfra.providers.base.verification.evidence import many, none_or
from mqinfra.providers.base.verification.place import About, Place
from mqinfra.providers.kafka.groups.spec import KIND
from mqinfra.providers.kafka.verification.procedures.group_watch import STATE, GroupWatch


class GroupHealth(Check):
    """The group's state and its assignments, at the end of a few seconds."""

    id = "V37"
    name = "group health"
    proves = "The group is stable, and each partition of its topics is assigned to a member."
    open = "Whether members make progress is checked by V38."
    procedure = GroupWatch
    about = frozenset({About.RESOURCE})

    def asked(self, place: Place) -> Asked | None:
        """Of groups."""
        return Asked("every partition is assigned to a member") if place.address.kind == KIND else None

    def judge(self, case: Case) -> Conclusion:
        """The last sample; all of them where the group never settles."""
        seen = [one.seen for one in case.seen(STATE) if isinstance(one.seen, dict)]
        states = [str(one.get("state")) for one in seen]
        if not seen or not any(one.get("members") for one in seen):
            if seen and case.place.promised.promises.batch:
                return Conclusion(Result.PASS, "the group has no members, which `batch` allows", samples=len(seen))
            return Conclusion(Result.INCONCLUSIVE, "the group has no members")
        unowned = seen[-1].get("unowned")
        wrong = [str(one) for one in unowned] if isinstance(unowned, list) else []
        bad = [f"{many(len(wrong), 'partition')} not assigned"] if wrong else []
        if "STABLE" not in states:
            wrong.append(f"never stable: {', '.join(dict.fromkeys(states))}")
            bad.append("never stable")
        members = seen[-1].get("members")
        told = f"{many(members if isinstance(members, int) else 0, 'member')}, {states[-1].lower()}"
        return none_or(
            wrong,
            f"{told}, every partition assigned",
            f"{told}; {', '.join(bad)}",
            samples=len(seen),
            causes=(
                "a consumer subscribes to fewer topics than are declared",
                "members join and leave: they poll too slowly",
            ),
            fix="compare what consumers subscribe to with `topics` of the group; raise `max.poll.interval.ms`",
        )
