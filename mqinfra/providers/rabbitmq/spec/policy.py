"""What policies and operator policies look like."""

from collections.abc import Mapping
from types import MappingProxyType
from typing import Annotated, ClassVar

from pydantic import Field, JsonValue

from mqinfra.model.spec import WholeSpec
from mqinfra.providers.rabbitmq.settings.capabilities import APPLY_TO

KIND = "policies"
OPERATOR_KIND = "operatorPolicies"


class PolicySpec(WholeSpec):
    """A policy: settings for all queues and exchanges whose names match. Of several that match, one wins whole.

    Attributes:
        pattern: regular expression of the server's (PCRE), searched for anywhere in the name unless it is anchored.
        apply_to: `queues`, `exchanges` or `all`, and from 3.12 on `classic_queues`, `quorum_queues` or `streams`.
            `all` when left out.
        priority: the highest wins; of equals, any. 0 when left out.
        definition: settings by their own names, such as `message-ttl`.
    """

    implicit: ClassVar[Mapping[str, JsonValue]] = MappingProxyType({"applyTo": "all", "priority": 0})
    unwritten: ClassVar[Mapping[str, JsonValue]] = implicit
    without_nulls = ("definition",)

    pattern: str
    apply_to: Annotated[str, Field(json_schema_extra={"enum": [*APPLY_TO]})] = "all"
    priority: int = 0
    definition: dict[str, JsonValue] = Field(default_factory=dict)


class OperatorPolicySpec(PolicySpec):
    """An operator policy: limits that the operator of the server sets over what users and policies say.

    Attributes:
        pattern: regular expression of the server's (PCRE), searched for anywhere in the name unless it is anchored.
        apply_to: `queues`, and from 3.12 on `classic_queues`, `quorum_queues` or `streams`. `queues` when left out.
        priority: the highest wins; of equals, any. 0 when left out.
        definition: settings by their own names, such as `max-length`; only few of them are allowed.
    """

    implicit = MappingProxyType({"applyTo": "queues", "priority": 0})
    unwritten = implicit
