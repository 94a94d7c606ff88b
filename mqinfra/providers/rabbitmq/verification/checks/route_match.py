"""V13: every declared binding delivers what it should, and nothing else."""

from mqinfra.model.judgement import Result
from mqinfra.providers.base.verification.check import Asked, Case, Check, Conclusion, Skipped
from mqinfra.providers.base.verification.evidence import many, none_or
from mqinfra.providers.base.verification.place import About, Place
from mqinfra.providers.rabbitmq.verification.checks.routes import declared, listed, routed
from mqinfra.providers.rabbitmq.verification.place import ExchangePlace
from mqinfra.providers.rabbitmq.verification.predict import PREDICTABLE, UNROUTABLE
from mqinfra.providers.rabbitmq.verification.procedures.routing import Routing


class RouteMatch(Check):
    """Messages for each binding and near misses get to the declared queues that the bindings predict."""

    id = "V13"
    name = "routing"
    proves = "Messages get to the queues that the declared bindings say, and near misses to none that they don't."
    open = "Bindings that nobody declares may take messages along, and publishers may use other keys."
    procedure = Routing
    by_absence = True
    about = frozenset({About.RESOURCE})

    def asked(self, place: Place) -> Asked | Skipped | None:
        """Where an exchange has declared bindings, whose type decides by them alone."""
        if not isinstance(place, ExchangePlace) or not place.topology.bindings_from(place.name):
            return None
        asked = "messages get to the queues that its bindings say, and to no others"
        if place.type not in PREDICTABLE:
            return Skipped(asked, f"an exchange of type `{place.type}` chooses queues by more than its bindings")
        return Asked(asked)

    def judge(self, case: Case) -> Conclusion:
        """Declared queues that a message got to against those predicted."""
        some = [one for one in routed(case) if one.why != UNROUTABLE]
        if not some:
            errors = sorted({one.error for one in case.operations if one.error})
            return Conclusion(Result.INCONCLUSIVE, f"no message was sent{f': {errors[0]}' if errors else ''}")
        known = declared(case)
        wrong = [
            f"{one.label} ({one.why}): expected {listed(one.expected)}, got {listed(one.got & known)}"
            for one in some
            if one.got & known != one.expected
        ]
        others = frozenset[str]().union(*(one.got for one in some)) - known
        rest = f"; some also got to {listed(others)}, which nobody here declares" if others else ""
        ways = sum(bool(one.expected) for one in some)
        return none_or(
            wrong,
            f"{many(ways, 'message')} got where they should, {len(some) - ways:,} that none takes got nowhere{rest}",
            f"{len(wrong):,} of {many(len(some), 'message')} got elsewhere than declared{rest}",
            samples=len(some),
            causes=("a binding is missing or was made by hand", "an exchange has another type than is declared"),
            fix="run `mqinfra plan`, which shows what differs from the manifest",
        )
