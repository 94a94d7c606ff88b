"""V42: every replica is in sync, and every partition has a leader."""

from mqinfra.model.judgement import Result
from mqinfra.providers.base.verification.check import Asked, Case, Check, Conclusion
from mqinfra.providers.base.verification.evidence import many, none_or
from mqinfra.providers.base.verification.place import Place
from mqinfra.providers.kafka.verification.checks.observed import number, partitions
from mqinfra.providers.kafka.verification.procedures.settings import Settings


class InSync(Check):
    """Replicas in sync against all replicas."""

    id = "V42"
    name = "replicas in sync"
    proves = "Every replica has all messages, every partition has a leader and accepts writes with `acks=all`."
    open = "True at the moment it was read."
    procedure = Settings

    def asked(self, place: Place) -> Asked:  # noqa: ARG002 - replicas are there to be in sync
        """All of them."""
        return Asked("every replica is in sync")

    def judge(self, case: Case) -> Conclusion:
        """Look at each partition."""
        seen = partitions(case)
        if not seen:
            return Conclusion(Result.INCONCLUSIVE, "no partition was seen")
        least = number(case, "min.insync.replicas", 1)
        behind = [one for one in seen if one.in_sync < one.replicas or not one.leader]
        stopped = [one for one in behind if one.in_sync < min(least, one.replicas) or not one.leader]
        return none_or(
            [f"partition {one.partition}: {one.in_sync} of {one.replicas}" for one in behind],
            f"{many(len(seen), 'partition')}, all replicas in sync",
            f"{len(behind):,} of {many(len(seen), 'partition')} with replicas behind"
            + (f", {len(stopped):,} without writes" if stopped else ""),
            samples=len(seen),
            causes=("a broker is down or just back", "replication is slower than what is produced"),
            fix="start the broker again; where it is up, look at its disk and network",
        )
