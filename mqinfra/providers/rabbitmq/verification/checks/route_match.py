"""V13: every declared binding delivers what it should, and nothing else."""

from collections.abc import Sequence

from mqinfra.model.judgement import Result
from mqinfra.providers.base.verification.check import Asked, Case, Check, Conclusion, Skipped
from mqinfra.providers.base.verification.evidence import APPLY, counted, many, none_or
from mqinfra.providers.base.verification.place import About, Place
from mqinfra.providers.rabbitmq.verification.checks.routes import Routed, declared, listed, routed
from mqinfra.providers.rabbitmq.verification.place import ExchangePlace
from mqinfra.providers.rabbitmq.verification.predict import PREDICTABLE, UNROUTABLE
from mqinfra.providers.rabbitmq.verification.procedures.routing import Routing


class RouteMatch(Check):
    """Messages for each binding and near misses get to the declared queues that the bindings predict."""

    id = "V13"
    name = "routing"
    proves = "Messages are routed to the queues of the declared bindings, and near misses to no others."
    open = "Undeclared bindings may match other messages, and publishers may use other keys."
    procedure = Routing
    by_absence = True
    about = frozenset({About.RESOURCE})

    def asked(self, place: Place) -> Asked | Skipped | None:
        """Where an exchange has declared bindings, whose type decides by them alone."""
        if not isinstance(place, ExchangePlace) or not place.topology.bindings_from(place.name):
            return None
        asked = "messages are routed to the queues of its declared bindings, and to no others"
        if place.type not in PREDICTABLE:
            return Skipped(asked, f"an exchange of type `{place.type}` does not route by its bindings alone")
        return Asked(asked)

    def judge(self, case: Case) -> Conclusion:
        """Declared queues that a message got to against those predicted."""
        some = [one for one in routed(case) if one.why != UNROUTABLE]
        if not some:
            errors = sorted({one.error for one in case.operations if one.error})
            return Conclusion(Result.INCONCLUSIVE, f"no message was sent{f': {errors[0]}' if errors else ''}")
        known = declared(case)
        astray = [one for one in some if one.got & known != one.expected]
        wrong = [
            f"{one.label} ({one.why}): routed to {listed(one.got & known)}, expected {listed(one.expected)}"
            for one in astray
        ]
        others = frozenset[str]().union(*(one.got for one in some)) - known
        rest = f"; some were also routed to {listed(others)}, not declared here" if others else ""
        ways = sum(bool(one.expected) for one in some)
        misses = len(some) - ways
        passed = counted(
            (ways, f"{many(ways, 'message')} routed as declared"),
            (misses, f"{many(misses, 'near miss')} routed to no queue"),
        )
        return none_or(
            wrong,
            f"{passed}{rest}",
            f"{len(wrong):,} of {many(len(some), 'message')} did not arrive as declared{_example(astray, known)}{rest}",
            samples=len(some),
            causes=("a declared binding is missing", "someone created a binding by hand"),
            fix=APPLY,
        )


def _example(astray: Sequence[Routed], known: frozenset[str]) -> str:
    """Where the one went that went astray, and what happens to messages that are routed nowhere."""
    said = ""
    if len(astray) == 1:
        [one] = astray
        expected = listed(one.expected)
        said = f": {one.label} was routed to {listed(one.got & known)} (expected {expected})"
    if any(not one.got for one in astray):
        said += "; unrouted messages are dropped, or returned to publishers that set `mandatory`"
    return said
