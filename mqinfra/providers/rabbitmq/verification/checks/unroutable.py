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
    proves = "A message that no binding takes is not lost in silence."
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
            return Asked(f"what no binding takes gets to the alternate exchange `{other}`")
        return Asked("what no binding takes is returned to its publisher")

    def judge(self, case: Case) -> Conclusion:
        """What became of the strange message."""
        some = [one for one in routed(case) if one.why == UNROUTABLE]
        if not some:
            near = ", as it would get to the real alternate exchange" if case.mode is Mode.SHADOW_BIND else ""
            return Conclusion(Result.INCONCLUSIVE, f"no message was sent that no binding takes{near}")
        one, known = some[0], declared(case)
        right = one.got & known == one.expected if one.expected else one.returned
        was = f"it got to {listed(one.got)}" if one.got else "it was returned" if one.returned else "it is gone"
        wanted = f"to {listed(one.expected)}" if one.expected else "back to its publisher"
        return none_or(
            () if right else (one.label,),
            was,
            f"it should get {wanted}: {was}",
            samples=1,
            causes=(
                "the alternate exchange is not there, or nothing is bound to it",
                "a binding that nobody declares takes everything",
            ),
            fix="make the alternate exchange and bind a queue to it",
        )
