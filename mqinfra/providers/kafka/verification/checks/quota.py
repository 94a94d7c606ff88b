"""V39: brokers hold clients to their quotas."""

from mqinfra.model.judgement import Result
from mqinfra.providers.base.verification.check import Asked, Case, Check, Conclusion, Skipped
from mqinfra.providers.base.verification.evidence import none_or
from mqinfra.providers.base.verification.place import About, Place
from mqinfra.providers.kafka.verification.place import ClusterPlace
from mqinfra.providers.kafka.verification.procedures.quota import MEASURED, QUOTA, Quota

_ABOVE = 1.1


class HeldToQuota(Check):
    """A canary's client id with a quota like the declared ones, scaled down, and what it could send."""

    id = "V39"
    name = "quota"
    proves = (
        "A client with a quota of bytes per second is throttled when it sends more, to that rate and a tenth at most."
    )
    open = "It was a canary's client: which quota applies to a real one is compared with the manifest (V01)."
    procedure = Quota
    about = frozenset({About.CLUSTER})

    def asked(self, place: Place) -> Asked | Skipped | None:
        """Where a quota is declared."""
        if not isinstance(place, ClusterPlace) or not place.quotas:
            return None
        asked = "clients are held to their quotas"
        if place.produced is None:
            return Skipped(asked, "no declared quota limits produced bytes, and others are not measured")
        return Asked(asked)

    def judge(self, case: Case) -> Conclusion:
        """Throttled at all, and the rate while it was."""
        quota = next((one.seen for one in case.seen(QUOTA) if isinstance(one.seen, int)), 0)
        seen = next((one.seen for one in case.seen(MEASURED) if isinstance(one.seen, dict)), {})
        sent, rate = (value if isinstance(value := seen.get(name), int) else 0 for name in ("sent", "rate"))
        if not quota or not sent:
            why = str(seen.get("error", "")) if seen else ""
            return Conclusion(Result.INCONCLUSIVE, f"nothing was sent{f': {why}' if why else ''}")
        wrong = []
        if not seen.get("throttled"):
            wrong.append(f"never throttled, {sent:,} bytes sent")
        elif rate > _ABOVE * quota:
            wrong.append(f"{rate:,} bytes per second")
        return none_or(
            wrong,
            f"throttled to {rate:,} bytes per second by a quota of {quota:,}",
            f"{', '.join(wrong)} with a quota of {quota:,} bytes per second",
            samples=sent,
            causes=("another quota of higher precedence is in force", "the brokers have `client.quota.callback.class`"),
            fix="look at the quotas of the user together with the client id; `mqinfra plan` shows which are set",
        )
