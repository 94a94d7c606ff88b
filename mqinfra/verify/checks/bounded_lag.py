"""V43: what waits for a group stays bounded while nodes are restarted one by one and members change."""

from mqinfra.model.judgement import Result
from mqinfra.model.operation import Act, Known
from mqinfra.providers.base.verification.check import Asked, Case, Check, Conclusion, Skipped
from mqinfra.providers.base.verification.evidence import counted, many, none_or, nothing_seen
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
    proves = "While every node is restarted and a consumer is replaced, no message waits longer than thirty seconds."
    open = "The group was a canary's with a light load; the team's own consumers may need longer to recover."
    procedure = RollingRestart
    option = "--stop-cmd COMMAND --start-cmd COMMAND"
    by_absence = True

    def asked(self, place: Place) -> Asked | Skipped | None:
        """Where the caller gave the commands, on a cluster of several nodes."""
        if not place.lab.stop:
            return None
        asked = "the lag stays bounded through a rolling restart"
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
            named = ", ".join(f"node {one}" for one in sorted(rest)) if restarted else "no node"
            seen = "was not seen" if restarted else "was seen"
            return Conclusion(Result.INCONCLUSIVE, f"{named} {seen} to stop and come back")
        members = {one.client for one in case.of(Act.RECEIVE)}
        came: dict[str, int] = {}
        for one in case.of(Act.RECEIVE):
            came.setdefault(one.uid, one.ended)
        sent = {one.uid: one.ended for one in case.of(Act.PUBLISH, known=Known.OK)}
        waits = {uid: (came[uid] - ended) // _MS for uid, ended in sent.items() if uid in came}
        late = {uid for uid, wait in waits.items() if wait > _MOST_MS}
        still = sent.keys() - came.keys()
        if not late and not still and len(members) < _LEAST:
            return Conclusion(Result.INCONCLUSIVE, "the membership of the group did not change")
        longest = f"longest wait {max(0, *waits.values()):,} ms" if waits else "none delivered"
        told = f"{many(len(restarted), 'node')} restarted, {many(len(sent), 'message')}, {longest}"
        bad = counted(
            (len(late), f"{len(late):,} waited longer than {_MOST_MS // 1_000} s"),
            (len(still), f"{len(still):,} undelivered at the end"),
        )
        return none_or(
            late | still,
            f"{told}, none undelivered at the end",
            f"{told}; {bad}",
            samples=len(waits),
            causes=(
                "it is on a single node",
                "failed members are detected late: session timeouts are long",
                "nodes come back slowly",
            ),
            fix="use three replicas, and restart the next node only when all are in sync",
        )
