"""V31: what is not granted is denied, also beside a grant."""

from mqinfra.model.operation import Known
from mqinfra.providers.base.verification.check import Asked, Case, Check, Conclusion, Skipped
from mqinfra.providers.base.verification.evidence import many, none_or
from mqinfra.providers.base.verification.place import About, Place
from mqinfra.providers.kafka.verification.checks.tries import tries, unproven
from mqinfra.providers.kafka.verification.place import TopicPlace, UserPlace
from mqinfra.providers.kafka.verification.procedures.stranger import NEAR, Stranger


class Denied(Check):
    """A user with rights on one topic tries the same on one of a near name, and declared users on a canary's."""

    id = "V31"
    name = "denied"
    proves = "A right on a topic covers only this topic: the same operations on a topic of a similar name are denied."
    open = "Declared users without a password in the manifest were not tested, only compared with it (V01)."
    procedure = Stranger
    about = frozenset({About.MESSAGES, About.RESOURCE})

    def asked(self, place: Place) -> Asked | Skipped | None:
        """On one topic of a cluster with logins, and of declared users with passwords."""
        if isinstance(place, UserPlace):
            asked = f"`{place.name}` is refused what is not granted"
            if place.anywhere:
                return Skipped(asked, f"it has a declared right on any name: {place.anywhere}")
            return Asked(asked)
        return Asked("what is not granted is denied") if isinstance(place, TopicPlace) and place.strangers else None

    def judge(self, case: Case) -> Conclusion:
        """All acts beside the grant."""
        some = tries(case, NEAR)
        through = [one.subject for one in some if one.known is Known.OK]
        if not through and (why := unproven(case, some)) is not None:
            return why
        return none_or(
            through,
            f"{many(len(some), 'operation')} denied ({', '.join(sorted({one.error for one in some}))})",
            f"{len(through):,} of {many(len(some), 'operation')} allowed without a grant",
            samples=len(some),
            causes=("an ACL of `User:*`, of every topic or of a short prefix", "`allow.everyone.if.no.acl.found=true`"),
            fix="name principals and topics in ACLs; `mqinfra validate` lists those that are too wide (MQ741, MQ745)",
        )
