"""V06: nothing comes out that did not go in."""

from mqinfra.model.judgement import Mode
from mqinfra.model.operation import Act
from mqinfra.providers.base.verification.check import Asked, Case, Check, Conclusion
from mqinfra.providers.base.verification.evidence import many, none_or, nothing_seen
from mqinfra.providers.base.verification.place import Place
from mqinfra.verify.procedures.traffic import Traffic


class Unexpected(Check):
    """On a copy, only canaries come."""

    id = "V06"
    name = "unexpected"
    proves = "Nothing comes out that was not put in: nothing else writes there."
    open = "Others write to the real resource, so only the copy was checked."
    procedure = Traffic

    def asked(self, place: Place) -> Asked:  # noqa: ARG002 - the same everywhere
        """Only what went in comes out."""
        return Asked("nothing comes out that did not go in")

    def judge(self, case: Case) -> Conclusion:
        """Received without attempted."""
        if (nothing := nothing_seen(case)) is not None:
            return nothing
        came = [one for act in (Act.RECEIVE, Act.DRAIN) for one in case.of(act)]
        if case.mode is Mode.IN_PLACE:
            came = [one for one in came if one.uid]
        foreign = {one.uid or f"{one.lane}:{one.position}" for one in came} - case.attempted
        return none_or(
            foreign,
            f"{many(len(came), 'message')}, all of the canary's",
            f"{many(len(foreign), 'message')} came that nobody of this run sent",
            samples=len(came),
            causes=("a pattern of a policy, mirror or shovel takes in names that it should not",),
        )
