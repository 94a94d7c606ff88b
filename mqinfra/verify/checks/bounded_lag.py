"""V43: what waits for a group stays bounded while nodes are restarted one by one and members change."""

from mqinfra.model.judgement import Result
from mqinfra.model.operation import Act, Known
from mqinfra.providers.base.verification.check import Asked, Case, Check, Conclusion, Skipped
from mqinfra.providers.base.verification.evidence import many, none_or, nothing_seen
from mqinfra.providers.base.verification.place import Place
from mqinfra.verify.procedures.command import why_not
from mqinfra.verify.procedures.node_loss import STARTED, STOPPED
from mqinfra.verify.procedures.rolling_restart import NODES, RESTARTED, RollingRestart

_MS = 1_000_000
_MOST_MS = 30_000
_LEAST = 2


class BoundedLag(Check):
    """How long each message waited that was acknowledged, and what still waits at the end."""

    id = "V43"
    name = "lag through restarts"
    proves = "Through a restart of every node and a change of members no message waits longer than thirty seconds."
    open = "The group was a canary's with a light load; the team's own may need longer to come back."
    procedure = RollingRestart
    by_absence = True

    def asked(self, place: Place) -> Asked | Skipped | None:
        """Where the caller gave the commands, on a cluster of several nodes."""
        if not place.lab.stop:
            return None
        asked = "what waits stays bounded through a rolling restart"
        return Asked(asked) if place.nodes >= _LEAST else Skipped(asked, "the cluster has one node")

    def judge(self, case: Case) -> Conclusion:
        """If every node was restarted and both members got something."""
        if (nothing := nothing_seen(case)) is not None:
            return nothing
        for subject in (STOPPED, STARTED):
            for one in case.seen(subject):
                if why := why_not(one.seen):
                    return Conclusion(Result.INCONCLUSIVE, f"the {subject} failed {why}")
        first = next((one.seen for one in case.seen(NODES) if isinstance(one.seen, list)), [])
        restarted = {str(one.seen) for one in case.seen(RESTARTED)}
        if not restarted or (rest := {str(one) for one in first} - restarted):
            named = ", ".join(sorted(rest)) if restarted else "any"
            return Conclusion(Result.INCONCLUSIVE, f"it was not seen that {named} went and came back")
        members = {one.client for one in case.of(Act.RECEIVE)}
        came: dict[str, int] = {}
        for one in case.of(Act.RECEIVE):
            came.setdefault(one.uid, one.ended)
        sent = {one.uid: one.ended for one in case.of(Act.PUBLISH, known=Known.OK)}
        waits = {uid: (came[uid] - ended) // _MS for uid, ended in sent.items() if uid in came}
        late = {uid for uid, wait in waits.items() if wait > _MOST_MS}
        still = sent.keys() - came.keys()
        if not late and not still and len(members) < _LEAST:
            return Conclusion(Result.INCONCLUSIVE, "the group did not change its member")
        longest = f"the longest waited {max(0, *waits.values()):,} ms" if waits else "none came"
        told = f"{many(len(restarted), 'node')} restarted, {many(len(sent), 'message')}, {longest}"
        return none_or(
            late | still,
            f"{told}, none waits at the end",
            f"{told}; {len(late):,} waited too long, {len(still):,} still wait",
            samples=len(waits),
            causes=(
                "it lies on one node alone",
                "members are missed late: sessions are long",
                "nodes come back slowly",
            ),
            fix="keep three replicas, and restart the next node only when all are in sync",
        )
