"""The calls about quotas, with plain values in and out."""

from collections.abc import Mapping

from mqinfra.providers.kafka.api.faults import KafkaFault, fault_named
from mqinfra.providers.kafka.api.second_client import SecondClient, Unavailable, fault_of_code
from mqinfra.providers.kafka.api.second_quotas import Entity, Operations, altered, described
from mqinfra.providers.kafka.api.wire import Wire

DESCRIBE = "DescribeClientQuotas"
ALTER = "AlterClientQuotas"
Limits = Mapping[str, float]
"""What holds for one entity, by key."""


class QuotaCalls:
    """Calls about quotas to one cluster.

    Args:
        wire: the way to it, for messages.
        second: sends them.
    """

    def __init__(self, wire: Wire, second: SecondClient) -> None:
        self._wire, self._second = wire, second

    def all(self) -> Mapping[Entity, Limits] | KafkaFault:
        """All quotas; a fault where the caller may not see them, or kafka-python can't log in.

        Raises:
            UserError: the cluster did not answer.
        """
        answer = self._second.ask(described)
        if isinstance(answer, Unavailable):
            return fault_named("_NOT_IMPLEMENTED", f"reading quotas {answer.reason}")
        if isinstance(answer, KafkaFault) and (answer.lost or answer.retry):
            raise self._wire.unreadable(DESCRIBE, answer)
        return answer

    def alter(
        self, wanted: Mapping[Entity, Operations], *, validate_only: bool = False
    ) -> Mapping[Entity, KafkaFault | None]:
        """Change quotas with one call; None where the broker said yes."""
        answer = self._second.ask(lambda admin: altered(admin, wanted, validate_only=validate_only))
        if isinstance(answer, Unavailable):
            return dict.fromkeys(wanted, fault_named("_NOT_IMPLEMENTED", f"writing quotas {answer.reason}"))
        if isinstance(answer, KafkaFault):
            return dict.fromkeys(wanted, answer)
        silent = fault_named("_BAD_MSG", "the answer does not speak of it")
        faults: dict[Entity, KafkaFault | None] = dict.fromkeys(wanted, silent)
        for entity, error in answer.items():
            faults[entity] = fault_of_code(error) if error is not None else None
        return faults
