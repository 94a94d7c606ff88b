"""V42: every replica is there, and none is the last that may be lost."""

from mqinfra.model.judgement import Result
from mqinfra.providers.base.verification.check import Asked, Case, Check, Conclusion
from mqinfra.providers.base.verification.evidence import many, none_or
from mqinfra.providers.base.verification.place import Place
from mqinfra.providers.rabbitmq.verification.place import QueuePlace
from mqinfra.providers.rabbitmq.verification.procedures.replicas import Replicas
from mqinfra.providers.rabbitmq.verification.procedures.settings import SETTINGS


class ReplicasInSync(Check):
    """All members of a quorum queue or stream are online, and it can lose one."""

    id = "V42"
    name = "replicas"
    proves = "All replicas are online, and in a cluster the queue keeps its majority when one node is lost."
    open = "How far a replica is behind was not checked."
    procedure = Replicas

    def asked(self, place: Place) -> Asked | None:
        """Of what has replicas."""
        if not isinstance(place, QueuePlace) or place.type not in ("quorum", "stream"):
            return None
        if place.nodes == 1:
            return Asked("every replica is online")
        return Asked("every replica is online, and the queue survives the loss of one")

    def judge(self, case: Case) -> Conclusion:
        """Members, those online, and the majority, as `rabbit_quorum_queue:list_with_minimum_quorum/0`."""
        told = next((one.seen for one in case.seen(SETTINGS)), None)
        members = told.get("members") if isinstance(told, dict) else None
        online = told.get("online") if isinstance(told, dict) else None
        if not isinstance(told, dict) or not isinstance(members, list) or not isinstance(online, list):
            return Conclusion(Result.INCONCLUSIVE, "the server does not report its replicas")
        gone = [str(name) for name in members if name not in online]
        if gone:
            evidence = f"{len(online)} of {many(len(members), 'replica')} online"
            return none_or(gone, "", evidence, samples=1, causes=("a node is down",), fix="start the node again")
        if told.get("nodes") != 1 and len(online) <= len(members) // 2 + 1:
            evidence = f"{many(len(online), 'replica')} online, of which the queue needs {len(members) // 2 + 1}"
            return none_or(
                [*map(str, members)],
                "",
                evidence,
                samples=1,
                causes=("it was declared when the cluster had fewer nodes",),
                fix="`rabbitmq-queues grow NODE all` adds replicas",
            )
        alone = "; the cluster has one node, so no loss is survived" if told.get("nodes") == 1 else ""
        return Conclusion(Result.PASS, f"{many(len(online), 'replica')} online{alone}", samples=1)
