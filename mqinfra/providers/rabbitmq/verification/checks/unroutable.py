"""V14: what no binding takes is returned to its publisher, or gets to the alternate exchange."""

from mqinfra.model.judgement import Mode, Result
from mqinfra.providers.base.verification.check import Asked, Case, Check, Conclusion
from mqinfra.providers.base.verification.evidence import none_or
from mqinfra.providers.base.verification.place import About, Place
from mqinfra.providers.rabbitmq.policy.routes import alternate
from mqinfra.providers.rabbitmq.verification.checks.routes import declared, listed, routed
from mqinfra.providers.rabbitmq.verification.place import ExchangePlace
from mqinfra.providers.rabbitmq.verification.predict import PREDICTABLE, UNROUTABLE, unroutable
from mqinfra.providers.rabbitmq.verification.procedures.routing import Routing


class Unroutable(Check):
    """A mandatory message that leads nowhere comes back, or is in the queues behind the alternate exchange."""

    id = "V14"
    name = "unroutable"
    proves = "A message that matches no binding is not lost silently."
    open = "Publishers without `mandatory` are not told that a message was dropped."
    procedure = Routing
    about = frozenset({About.RESOURCE})

    def asked(self, place: Place) -> Asked | None:
        """Where there is a message that no binding takes."""
        if not isinstance(place, ExchangePlace) or place.type not in PREDICTABLE:
            return None
        if unroutable(place.topology, place.name) is None:
            return None
        other = alternate(place.topology, place.name)
        if other:
            return Asked(f"an unroutable message is routed to the alternate exchange `{other}`")
        return Asked("an unroutable message is returned to the publisher")

    def judge(self, case: Case) -> Conclusion:
        """What became of the strange message."""
        some = [one for one in routed(case) if one.why == UNROUTABLE]
        if not some:
            near = ", as it would reach the real alternate exchange" if case.mode is Mode.SHADOW_BIND else ""
            return Conclusion(Result.INCONCLUSIVE, f"no unroutable message was sent{near}")
        one, known = some[0], declared(case)
        right = one.got & known == one.expected if one.expected else one.returned
        if one.got:
            was = f"reached {listed(one.got)}" + (" through the alternate exchange" if right else "")
        else:
            was = "was returned to the publisher" if one.returned else "was dropped"
        wanted = f"reaching {listed(one.expected)}" if one.expected else "being returned to the publisher"
        return none_or(
            () if right else (one.label,),
            f"an unroutable message {was}",
            f"an unroutable message {was} instead of {wanted}",
            samples=1,
            causes=(
                "the alternate exchange does not exist, or no queue is bound to it",
                "an undeclared binding matches every message",
            ),
            fix="create the alternate exchange and bind a queue to it",
        )
