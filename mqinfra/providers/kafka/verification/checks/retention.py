"""V19: messages are kept as long as the manifest says."""

from mqinfra.model.judgement import Result
from mqinfra.providers.base.verification.check import Asked, Case, Check, Conclusion
from mqinfra.providers.base.verification.evidence import APPLY, none_or
from mqinfra.providers.base.verification.place import Place
from mqinfra.providers.kafka.topics.settings import TOPIC_SETTINGS
from mqinfra.providers.kafka.topics.values import canonical
from mqinfra.providers.kafka.verification.checks.observed import setting
from mqinfra.providers.kafka.verification.procedures.settings import DECLARED, LIMITS, Settings, limits_of


class Retention(Check):
    """Limits that are declared against those in force."""

    id = "V19"
    name = "retention"
    proves = "The limits of age and size in force are the declared ones."
    open = (
        "Deletion itself was not observed: Kafka deletes whole segments, some minutes late, and a message with a "
        "timestamp in the future keeps its segment."
    )
    procedure = Settings

    def asked(self, place: Place) -> Asked | None:
        """Where a limit is declared."""
        declared = limits_of(place)
        if not declared:
            return None
        listed = ", ".join(f"{name} {value}" for name, value in declared.items())
        return Asked(f"the retention in force is {listed}", ("config", next(iter(declared))))

    def judge(self, case: Case) -> Conclusion:
        """Compare."""
        declared = {name: one.seen for name in LIMITS for one in case.seen(f"{DECLARED} {name}")}
        live = {
            name: canonical(TOPIC_SETTINGS.get(name), setting(case, name)) for name in LIMITS if setting(case, name)
        }
        if not live:
            return Conclusion(Result.INCONCLUSIVE, "the broker reported no limits")
        wrong = [
            f"{name}: {live.get(name, 'unknown')} instead of {value}"
            for name, value in declared.items()
            if live.get(name) != value
        ]
        told = ", ".join(f"{name} {value}" for name, value in live.items())
        return none_or(
            wrong,
            f"in force: {told}",
            f"in force: {told}",
            samples=len(live),
            causes=("someone changed the topic outside the manifest", "the manifest has not been applied yet"),
            fix=APPLY,
        )
