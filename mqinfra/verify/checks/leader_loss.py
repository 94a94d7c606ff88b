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
    proves = "After the node is lost that leads, messages go in and out within thirty seconds, and none is lost."
    open = "One node was lost, by the caller's command: not two, no disk, and no network that parts the cluster."
    procedure = NodeLoss
    by_absence = True

    def asked(self, place: Place) -> Asked | Skipped | None:
        """Where the caller gave the commands, on a cluster of several nodes."""
        asked = "the loss of the node that leads is survived"
        if place.lab.stop and place.nodes >= _LEAST:
            return Asked(asked, promise="survives")
        promised = "node-loss" in place.promised.promises.survives
        if place.nodes < _LEAST and (place.lab.stop or promised):
            return Skipped(asked, "the cluster has one node", promise="survives")
        why = "a node is stopped only by `--stop-cmd COMMAND` and `--start-cmd COMMAND`"
        return Skipped(asked, why, promise="survives") if promised else None

    def judge(self, case: Case) -> Conclusion:
        """What went on after the command, if the node really was gone."""
        if (nothing := nothing_seen(case)) is not None:
            return nothing
        leader = next((one.seen for one in case.seen("leader")), None)
        stopped = next(iter(case.seen(STOPPED)), None)
        if leader is None or stopped is None:
            return Conclusion(Result.INCONCLUSIVE, "no node leads, by the broker's word")
        for subject in (STOPPED, STARTED):
            for one in case.seen(subject):
                if why := why_not(one.seen):
                    return Conclusion(Result.INCONCLUSIVE, f"the {subject} failed {why}")
        if not any(one.seen is True for one in case.seen(GONE)):
            return Conclusion(Result.INCONCLUSIVE, f"the command ended well, and node {leader} was there all the time")
        problems, first = went_on(case, stopped.ended, int(WITHIN * 1_000))
        number = many(len(case.acknowledged), "acknowledged message")
        return none_or(
            problems,
            f"node {leader} stopped, both ways open again after {first:,} ms, {number}, all found",
            f"node {leader} stopped: {'; '.join(one for one in problems if one not in case.acknowledged)}",
            samples=len(case.acknowledged),
            causes=("it lies on one node alone", "too few replicas are left to take writes"),
            fix="keep three replicas, of which two have to be in sync",
        )
