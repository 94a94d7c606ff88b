"""V33: servers that are reached by TLS take nothing without it."""

from mqinfra.model.judgement import Result
from mqinfra.model.operation import Known
from mqinfra.providers.base.verification.check import Asked, Case, Check, Conclusion
from mqinfra.providers.base.verification.evidence import many
from mqinfra.providers.base.verification.place import About, Place
from mqinfra.providers.redis.verification.place import DeploymentPlace
from mqinfra.providers.redis.verification.procedures.plaintext import CONTROL, PLAIN, PORT, Plaintext


class TlsRequired(Check):
    """No answer in plaintext, and no second port that gives some."""

    id = "V33"
    name = "tls required"
    proves = "No server of the deployment answers without TLS, and none has a port without it."
    open = "Between servers (replication, the bus of a Cluster) it was not looked at."
    procedure = Plaintext
    about = frozenset({About.CLUSTER})

    def asked(self, place: Place) -> Asked | None:
        """Of a deployment that is reached by TLS."""
        return Asked("nothing goes without TLS") if isinstance(place, DeploymentPlace) and place.encrypted else None

    def judge(self, case: Case) -> Conclusion:
        """Whatever answers is wrong; silence counts where TLS was answered."""
        tried = [one for one in case.operations if one.subject.startswith(PLAIN)]
        ports = {
            one.subject.removeprefix(PORT): str(one.seen) for one in case.operations if one.subject.startswith(PORT)
        }
        heard = {
            one.subject.removeprefix(CONTROL)
            for one in case.operations
            if one.subject.startswith(CONTROL) and one.known is Known.OK
        }
        wrong = [one.subject for one in tried if one.known is Known.OK]
        wrong += [
            f"{name} also listens without TLS on port {port}"
            for name, port in ports.items()
            if port.isdigit() and port != "0"
        ]
        if wrong:
            return Conclusion(
                Result.FAIL, "; ".join(wrong), offenders=sorted(wrong), fix="set `port 0`", samples=len(tried)
            )
        silent = [one for one in tried if one.subject.removeprefix(PLAIN) in heard]
        untold = [name for name, port in ports.items() if not port.isdigit()]
        if not silent or len(silent) < len(tried):
            return Conclusion(Result.INCONCLUSIVE, "a server did not answer by TLS either")
        if untold:
            return Conclusion(Result.INCONCLUSIVE, f"{', '.join(untold)}: this needs `+config|get` to see a plain port")
        return Conclusion(Result.PASS, f"{many(len(silent), 'server')} silent without TLS", samples=len(silent))
