"""V41: when the node goes that leads, clients go on, and nothing that was acknowledged is lost."""

from mqinfra.model.judgement import Result
from mqinfra.providers.base.verification.check import Asked, Case, Check, Conclusion, Skipped
from mqinfra.providers.base.verification.evidence import many, none_or, nothing_seen
from mqinfra.providers.base.verification.place import Place
from mqinfra.verify.checks.going_on import went_on
from mqinfra.verify.procedures.command import why_not
from mqinfra.verify.procedures.node_loss import GONE, STARTED, STOPPED, WITHIN, NodeLoss

_LEAST = 2


class LeaderLoss(Check):
    """The leader of a copy is stopped between two messages, and is gone for as long as clients need to go on."""

    id = "V41"
    name = "leader loss"
    proves = (
        "After the leader is lost, clients publish and consume again within thirty seconds, and no message is lost."
    )
    open = "One node was lost, by the given command: not two, no disk, and no network partition."
    procedure = NodeLoss
    option = "--stop-cmd COMMAND --start-cmd COMMAND"
    by_absence = True

    def asked(self, place: Place) -> Asked | Skipped | None:
        """Where the caller gave the commands, on a cluster of several nodes."""
        asked = "no acknowledged message is lost with the leader node"
        if place.lab.stop and place.nodes >= _LEAST:
            return Asked(asked, promise="survives")
        promised = "node-loss" in place.promised.promises.survives
        if place.nodes < _LEAST and (place.lab.stop or promised):
            return Skipped(asked, "the cluster has one node", promise="survives")
        why = "it takes `--stop-cmd COMMAND` and `--start-cmd COMMAND`: no node is stopped without them"
        return Skipped(asked, why, promise="survives") if promised else None

    def judge(self, case: Case) -> Conclusion:
        """What went on after the command, if the node really was gone."""
        if (nothing := nothing_seen(case)) is not None:
            return nothing
        leader = next((one.seen for one in case.seen("leader")), None)
        stopped = next(iter(case.seen(STOPPED)), None)
        if leader is None or stopped is None:
            return Conclusion(Result.INCONCLUSIVE, "the broker reports no leader")
        for subject in (STOPPED, STARTED):
            for one in case.seen(subject):
                if why := why_not(one.seen):
                    return Conclusion(Result.INCONCLUSIVE, f"the {subject} failed {why}")
        if not any(one.seen is True for one in case.seen(GONE)):
            return Conclusion(Result.INCONCLUSIVE, f"the command succeeded, but node {leader} was up all the time")
        problems, first = went_on(case, stopped.ended, int(WITHIN * 1_000))
        number = many(len(case.acknowledged), "acknowledged message")
        return none_or(
            problems,
            f"node {leader} stopped, publishing and consuming resumed after {first:,} ms, {number}, none lost",
            f"node {leader} stopped: {'; '.join(one for one in problems if one not in case.acknowledged)}",
            samples=len(case.acknowledged),
            causes=("it is on a single node", "too few replicas are left to accept writes"),
            fix="use three replicas, of which two must be in sync",
        )
