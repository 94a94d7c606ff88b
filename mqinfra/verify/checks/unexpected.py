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
    proves = "Only messages of this run are delivered: nothing else writes there."
    open = "Other producers write to the real resource, so only the copy was checked."
    procedure = Traffic

    def asked(self, place: Place) -> Asked:  # noqa: ARG002 - the same everywhere
        """Only what went in comes out."""
        return Asked("no foreign messages are delivered")

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
            f"no foreign messages among {len(came):,}",
            f"{many(len(foreign), 'foreign message')} delivered, which this run did not send",
            samples=len(came),
            causes=("the pattern of a policy, mirror or shovel matches names that it should not",),
        )
