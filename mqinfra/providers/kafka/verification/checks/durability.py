"""V26: the settings keep what was acknowledged when a broker is lost."""

from mqinfra.model.judgement import Result
from mqinfra.providers.base.verification.check import Asked, Case, Check, Conclusion, Skipped
from mqinfra.providers.base.verification.evidence import many, none_or
from mqinfra.providers.base.verification.place import Place
from mqinfra.providers.kafka.verification.checks.observed import number, partitions, setting
from mqinfra.providers.kafka.verification.place import TopicPlace
from mqinfra.providers.kafka.verification.procedures.settings import Settings

_LEAST = 2


class Durability(Check):
    """Replicas, how many of them an acknowledgement takes, and who may lead."""

    id = "V26"
    name = "durable settings"
    proves = "By its settings, `acks=all` means two brokers, and one may fail without loss or a stop of writes."
    open = "Producers with `acks=1` may lose acknowledged messages; no broker was stopped."
    procedure = Settings

    def asked(self, place: Place) -> Asked | Skipped:
        """Where there is more than one broker."""
        asked = "the settings keep acknowledged messages when a broker is lost"
        if isinstance(place, TopicPlace) and place.brokers < _LEAST:
            return Skipped(asked, "the cluster has one broker", "survives")
        return Asked(asked, ("config", "min.insync.replicas"), "survives")

    def judge(self, case: Case) -> Conclusion:
        """Hold each against what durability takes."""
        seen = partitions(case)
        if not seen:
            return Conclusion(Result.INCONCLUSIVE, "no partition was seen")
        replicas, least = min(one.replicas for one in seen), number(case, "min.insync.replicas", 1)
        unclean = setting(case, "unclean.leader.election.enable")
        wrong = []
        if replicas < _LEAST:
            wrong.append(f"replicas: {replicas}")
        if least < _LEAST:
            wrong.append(f"min.insync.replicas: {least}")
        elif least > replicas - 1 and replicas >= _LEAST:
            wrong.append(f"min.insync.replicas: {least} of {replicas}, so that losing one broker stops writes")
        if unclean == "true":
            wrong.append("unclean.leader.election.enable: true")
        told = f"{many(replicas, 'replica')}, min.insync.replicas {least}, unclean elections {unclean or 'unknown'}"
        return none_or(
            wrong,
            told,
            told,
            samples=len(seen),
            causes=("the topic was created with the defaults of a test cluster",),
            fix="set `replicationFactor: 3` and `min.insync.replicas: 2`, and leave unclean elections off",
        )
