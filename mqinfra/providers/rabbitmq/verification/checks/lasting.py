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
    proves = "The queue outlives a restart of its node, and has as many replicas as are asked for."
    open = "Only persistent messages survive a restart; none was carried out (see V25)."
    procedure = Replicas

    def asked(self, place: Place) -> Asked | None:
        """Where the queue should be durable."""
        if not isinstance(place, QueuePlace) or place.declaration is None:
            return None
        spec = place.declaration.spec
        if not isinstance(spec, QueueSpec) or not spec.durable:
            return None
        return Asked("the queue outlives a restart", promise="survives")

    def judge(self, case: Case) -> Conclusion:
        """Durable, and members against what is asked for."""
        told = next((one.seen for one in case.seen(SETTINGS)), None)
        if not isinstance(told, dict):
            return Conclusion(Result.INCONCLUSIVE, "the queue could not be read")
        kind, members, nodes = told.get("type"), told.get("members"), told.get("nodes")
        if told.get("durable") is not True:
            evidence = "it is not durable: it is gone after a restart, with all that it holds"
            return none_or(["not durable"], "", evidence, samples=1, fix="declare it anew as durable")
        if kind == "classic":
            alone = " of several" if isinstance(nodes, int) and nodes > 1 else ""
            return Conclusion(Result.PASS, f"durable, on one node{alone} alone", samples=1)
        if not isinstance(members, list):
            return Conclusion(Result.INCONCLUSIVE, "the server does not tell its replicas")
        asked = told.get("asked")
        wanted = asked if isinstance(asked, int) else _USUAL
        if isinstance(nodes, int):
            wanted = min(wanted, nodes)
        return none_or(
            [f"{len(members)} of {wanted}"] if len(members) < wanted else (),
            f"durable, {many(len(members), 'replica')}",
            f"{many(len(members), 'replica')} where {wanted} are expected",
            samples=1,
            causes=("nodes were added after the queue was declared", "a replica was deleted by hand"),
            fix="`rabbitmq-queues grow NODE all` adds replicas",
        )
