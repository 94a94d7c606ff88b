"""V33: servers that are reached by TLS take nothing without it."""

from mqinfra.model.judgement import Result
from mqinfra.model.operation import Known
from mqinfra.providers.base.verification.check import Asked, Case, Check, Conclusion
from mqinfra.providers.base.verification.evidence import many
from mqinfra.providers.base.verification.place import About, Place
from mqinfra.verify.procedures.plaintext import BESIDE, CONTROL, PLAIN, Plaintext


class TlsRequired(Check):
    """No answer in plaintext, and no second listener that gives some."""

    id = "V33"
    name = "tls required"
    proves = "No server of the cluster answers without TLS, and none has a listener without TLS for clients."
    open = "Traffic between servers (replication, controllers, the cluster bus) was not checked."
    procedure = Plaintext
    about = frozenset({About.CLUSTER})

    def asked(self, place: Place) -> Asked | None:
        """Of a cluster that is reached by TLS."""
        return Asked("connections without TLS are refused") if place.encrypted else None

    def judge(self, case: Case) -> Conclusion:
        """Whatever answers is wrong; silence counts where TLS was answered."""
        tried = [one for one in case.operations if one.subject.startswith(PLAIN)]
        beside = {
            one.subject.removeprefix(BESIDE): one.seen for one in case.operations if one.subject.startswith(BESIDE)
        }
        heard = {
            one.subject.removeprefix(CONTROL)
            for one in case.operations
            if one.subject.startswith(CONTROL) and one.known is Known.OK
        }
        wrong = [one.subject for one in tried if one.known is Known.OK]
        wrong += [
            f"{name} also listens without TLS on {one}"
            for name, some in beside.items()
            if isinstance(some, list)
            for one in some
        ]
        if wrong:
            fix = "remove every listener without TLS that clients can reach"
            return Conclusion(Result.FAIL, "; ".join(wrong), offenders=sorted(wrong), fix=fix, samples=len(tried))
        silent = [one for one in tried if one.subject.removeprefix(PLAIN) in heard]
        untold = [name for name, some in beside.items() if some is None]
        if not silent or len(silent) < len(tried):
            return Conclusion(Result.INCONCLUSIVE, "a server did not answer with TLS either")
        if untold:
            return Conclusion(
                Result.INCONCLUSIVE, f"{', '.join(untold)}: the login may not read the server's other listeners"
            )
        return Conclusion(
            Result.PASS,
            f"{many(len(silent), 'server')} {'answers' if len(silent) == 1 else 'answer'} with TLS only",
            samples=len(silent),
        )
