"""V26: the queue and its replicas are made to survive."""

from mqinfra.model.judgement import Result
from mqinfra.providers.base.verification.check import Asked, Case, Check, Conclusion
from mqinfra.providers.base.verification.evidence import many, none_or
from mqinfra.providers.base.verification.place import Place
from mqinfra.providers.rabbitmq.spec.queue import QueueSpec
from mqinfra.providers.rabbitmq.verification.place import QueuePlace
from mqinfra.providers.rabbitmq.verification.procedures.replicas import Replicas
from mqinfra.providers.rabbitmq.verification.procedures.settings import SETTINGS

_USUAL = 3


class Lasting(Check):
    """A durable queue, with as many replicas as are asked for."""

    id = "V26"
    name = "durability"
    proves = "The queue is declared durable, and has as many replicas as requested."
    open = "Only persistent messages survive a restart; no restart was performed."
    procedure = Replicas

    def asked(self, place: Place) -> Asked | None:
        """Where the queue should be durable."""
        if not isinstance(place, QueuePlace) or place.declaration is None:
            return None
        spec = place.declaration.spec
        if not isinstance(spec, QueueSpec) or not spec.durable:
            return None
        return Asked(
            "the queue is durable" if place.type == "classic" else "the queue is durable, with the requested replicas",
            promise="survives",
        )

    def judge(self, case: Case) -> Conclusion:
        """Durable, and members against what is asked for."""
        told = next((one.seen for one in case.seen(SETTINGS)), None)
        if not isinstance(told, dict):
            return Conclusion(Result.INCONCLUSIVE, "the queue could not be read")
        kind, members, nodes = told.get("type"), told.get("members"), told.get("nodes")
        if told.get("durable") is not True:
            evidence = "the queue is not durable: a restart deletes it and its messages"
            return none_or(["not durable"], "", evidence, samples=1, fix="delete the queue and declare it as durable")
        if kind == "classic":
            several = f" of {nodes}" if isinstance(nodes, int) and nodes > 1 else ""
            return Conclusion(Result.PASS, f"durable, on one node{several}", samples=1)
        if not isinstance(members, list):
            return Conclusion(Result.INCONCLUSIVE, "the server does not report its replicas")
        asked = told.get("asked")
        wanted = asked if isinstance(asked, int) else _USUAL
        if isinstance(nodes, int):
            wanted = min(wanted, nodes)
        return none_or(
            [f"{len(members)} of {wanted}"] if len(members) < wanted else (),
            f"durable, {many(len(members), 'replica')}",
            f"{many(len(members), 'replica')}, {wanted} expected",
            samples=1,
            causes=("nodes were added after the queue was declared", "a replica was deleted by hand"),
            fix="`rabbitmq-queues grow NODE all` adds replicas",
        )
