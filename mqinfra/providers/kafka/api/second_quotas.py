"""Quotas through kafka-python: librdkafka has no call for them."""

from collections.abc import Iterable, Mapping
from typing import TYPE_CHECKING

from mqinfra.providers.kafka.api.second_acls import CodedError, sent

if TYPE_CHECKING:
    from kafka.admin import KafkaAdminClient

Entity = tuple[tuple[str, str | None], ...]
"""Whom a quota is about: pairs of a type (`user`, `client-id`, `ip`) and a name, sorted; no name is the default."""
Operations = Mapping[str, float | None]
"""What to set, by key; None removes it."""


def described(admin: "KafkaAdminClient") -> dict[Entity, dict[str, float]]:
    """All quotas there are.

    Raises:
        CodedError: the broker refused.
    """
    from kafka.protocol.admin import DescribeClientQuotasRequest  # noqa: PLC0415 - see SecondClient

    answer = sent(admin, DescribeClientQuotasRequest(components=[], strict=False))
    if answer.error_code:
        raise CodedError(answer.error_code, answer.error_message)
    return {
        _entity((part.entity_type, part.entity_name) for part in entry.entity): {
            one.key: one.value for one in entry.values
        }
        for entry in answer.entries or ()
    }


def altered(
    admin: "KafkaAdminClient", wanted: Mapping[Entity, Operations], *, validate_only: bool
) -> dict[Entity, CodedError | None]:
    """Change quotas with one call; what the broker says to each."""
    from kafka.protocol.admin import AlterClientQuotasRequest  # noqa: PLC0415 - see SecondClient

    entry = AlterClientQuotasRequest.EntryData
    entries = [
        entry(
            entity=[entry.EntityData(entity_type=kind, entity_name=name) for kind, name in entity],
            ops=[
                entry.OpData(key=key, value=value if value is not None else 0.0, remove=value is None)
                for key, value in operations.items()
            ],
        )
        for entity, operations in wanted.items()
    ]
    answer = sent(admin, AlterClientQuotasRequest(entries=entries, validate_only=validate_only))
    return {
        _entity((part.entity_type, part.entity_name) for part in one.entity): (
            CodedError(one.error_code, one.error_message) if one.error_code else None
        )
        for one in answer.entries
    }


def _entity(parts: Iterable[tuple[str, str | None]]) -> Entity:
    return tuple(sorted(parts, key=lambda part: part[0]))
