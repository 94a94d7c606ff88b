"""V07: what comes out is what went in, to the byte."""

from mqinfra.model.judgement import Result
from mqinfra.model.operation import Act
from mqinfra.providers.base.verification.check import Asked, Case, Check, Conclusion
from mqinfra.providers.base.verification.evidence import many, none_or, nothing_seen
from mqinfra.providers.base.verification.payload import BODIES_OF
from mqinfra.providers.base.verification.place import Place
from mqinfra.verify.procedures.traffic import Traffic


class Integrity(Check):
    """Key, headers and body of what came against those of what was sent."""

    id = "V07"
    name = "integrity"
    proves = (
        "Keys, headers and bodies are delivered as they were sent: empty, of all byte values, in many scripts, as if "
        "encrypted; or of the declared schema."
    )
    open = "Bodies larger than the canary's were not tested."
    procedure = Traffic

    def asked(self, place: Place) -> Asked:  # noqa: ARG002 - the same everywhere
        """To the byte."""
        return Asked("key, headers and body are unchanged")

    def judge(self, case: Case) -> Conclusion:
        """Digests."""
        if (nothing := nothing_seen(case)) is not None:
            return nothing
        sent = {one.uid: one.digest for one in case.of(Act.PUBLISH)}
        came = [one for act in (Act.RECEIVE, Act.DRAIN) for one in case.of(act) if one.uid in sent]
        if not came:
            return Conclusion(Result.INCONCLUSIVE, "no message was delivered to compare")
        changed = {one.uid for one in came if one.digest != sent[one.uid]}
        return none_or(
            changed,
            f"{many(len({one.uid for one in came}), 'message')} unchanged{_bodies(case)}",
            f"{many(len(changed), 'message')} delivered with changes",
            samples=len(came),
            causes=("something in between converts messages", "a limit drops a header or key"),
        )


def _bodies(case: Case) -> str:
    """Whose schema the bodies had; empty where it was nobody's."""
    names = ", ".join(f"`{one.seen}`" for one in case.seen(BODIES_OF))
    return f", with bodies of {names}" if names else ""
