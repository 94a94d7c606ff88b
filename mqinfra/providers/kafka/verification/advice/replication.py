"""Replicas, and how many of them an acknowledgement takes."""

from collections.abc import Iterator

from mqinfra.providers.base.verification.adviser import Advised, Adviser
from mqinfra.providers.base.verification.evidence import many
from mqinfra.providers.kafka.verification.advice.usage import TopicUsage

_REPLICAS, _IN_SYNC = 3, 2
_MIN = "min.insync.replicas"


class Replication(Adviser[TopicUsage]):
    """Three replicas of which two have to be in sync, where the cluster has brokers for it."""

    name = "replication"
    reason = (
        "With three replicas of which an acknowledgement takes two, one broker may be lost, or restarted, and nothing "
        "acknowledged goes and writes go on"
    )
    source = "kafka.apache.org/documentation: topic configs, `min.insync.replicas`"
    usage = TopicUsage

    def advise(self, usage: TopicUsage) -> Iterator[Advised]:
        """By replicas, then by what an acknowledgement takes, then by who may lead."""
        replicas, least = usage.replicas, usage.min_in_sync
        if replicas is None:
            return
        told = f"{many(replicas, 'replica')}" + (f", `{_MIN}` {least}" if least is not None else "")
        if replicas < _REPLICAS <= usage.brokers:
            yield Advised(
                "keep three replicas",
                f"{told}; the cluster has {many(usage.brokers, 'broker')}",
                ("replicationFactor",),
                f"replicationFactor: {_REPLICAS}",
            )
        if replicas >= _REPLICAS and least == 1:
            text = "have two replicas acknowledge"
            yield Advised(f"{text}: with 1, what only the leader has is acknowledged", told, *_config(_MIN, _IN_SYNC))
        elif least is not None and replicas > 1 and least >= replicas:
            text = "let one replica be away: now writes with `acks=all` stop as soon as one is"
            yield Advised(text, told, *_config(_MIN, max(1, replicas - 1)))
        if usage.unclean:
            text = "let no replica lead that is not in sync: it drops what it does not have"
            name = "unclean.leader.election.enable"
            yield Advised(text, f"`{name}` is true", *_config(name, "false"))


def _config(name: str, value: int | str) -> tuple[tuple[str, str], str]:
    return ("config", name), f"config: {{{name}: {value}}}"
