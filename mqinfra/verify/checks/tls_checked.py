"""V34: certificates are checked, good for a while yet, and no old version of TLS is spoken."""

from collections.abc import Iterator, Mapping
from typing import Any

from mqinfra.model.judgement import Result
from mqinfra.model.operation import Known
from mqinfra.providers.base.verification.check import Asked, Case, Check, Conclusion
from mqinfra.providers.base.verification.evidence import many
from mqinfra.providers.base.verification.place import About, Place
from mqinfra.verify.procedures.certificates import CERTIFICATE, OLD, Certificates

_LEAST = 1 / 3


class TlsChecked(Check):
    """By server, with the settings of this project's connection."""

    id = "V34"
    name = "tls checked"
    proves = "Each server's certificate is verified and has a third of its lifetime left, and TLS 1.1 is refused."
    open = "Other clients may verify nothing; revocation was not checked."
    procedure = Certificates
    about = frozenset({About.CLUSTER})

    def asked(self, place: Place) -> Asked | None:
        """Of a cluster that is reached by TLS."""
        return (
            Asked("certificates are verified and not about to expire, and old TLS is refused")
            if place.encrypted
            else None
        )

    def judge(self, case: Case) -> Conclusion:
        """What is wrong with each; a library of our own that speaks no TLS 1.1 decides nothing about it."""
        met: dict[str, Mapping[str, Any]] = {
            one.subject.removeprefix(CERTIFICATE): one.seen
            for one in case.operations
            if one.subject.startswith(CERTIFICATE) and isinstance(one.seen, dict)
        }
        tried = [one for one in case.operations if one.subject.startswith(OLD)]
        wrong = [f"{name}: {why}" for name, seen in met.items() for why in _wrong(seen)]
        wrong += [f"{one.subject.removeprefix(OLD)}: TLS 1.1 is accepted" for one in tried if one.known is Known.OK]
        if wrong:
            return Conclusion(
                Result.FAIL,
                "; ".join(wrong),
                offenders=sorted(wrong),
                fix="renew certificates in time, set `tls.ca`, and allow TLS 1.2 and 1.3 only",
                samples=len(met),
            )
        unsure = [one for one in tried if one.known is Known.UNKNOWN]
        if unsure or not met:
            why = f"{unsure[0].subject}: {unsure[0].error}" if unsure else "no certificate was seen"
            return Conclusion(Result.INCONCLUSIVE, why)
        days = min(seen["left"] for seen in met.values())
        return Conclusion(
            Result.PASS,
            f"{many(len(met), 'certificate')}, {days:,.0f} days left at least; TLS 1.1 refused",
            samples=len(met),
        )


def _wrong(seen: Mapping[str, Any]) -> Iterator[str]:
    if seen["error"]:
        yield str(seen["error"])
    elif not seen["checked"]:
        yield "this project's connection does not check certificates (`verify: false`)"
    elif seen["left"] < _LEAST * seen["whole"]:
        yield f"the certificate expires in {seen['left']:,.0f} of {seen['whole']:,.0f} days"
