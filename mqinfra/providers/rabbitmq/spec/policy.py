"""What policies and operator policies look like."""

from collections.abc import Mapping
from types import MappingProxyType
from typing import Any, ClassVar

from pydantic import Field, JsonValue, model_validator

from mqinfra.model.spec import Spec

KIND = "policies"
OPERATOR_KIND = "operatorPolicies"


class PolicySpec(Spec):
    """A policy: settings for all queues and exchanges whose names match. Of several that match, one wins whole.

    Attributes:
        pattern: regular expression of the server's (PCRE), searched for anywhere in the name unless it is anchored.
        apply_to: `queues`, `exchanges` or `all`, and from 3.12 on `classic_queues`, `quorum_queues` or `streams`.
            `all` when left out.
        priority: the highest wins; of equals, any. 0 when left out.
        definition: settings by their own names, such as `message-ttl`.
    """

    unsaid: ClassVar[Mapping[str, JsonValue]] = MappingProxyType({"applyTo": "all", "priority": 0})

    pattern: str
    apply_to: str = "all"
    priority: int = 0
    definition: dict[str, JsonValue] = Field(default_factory=dict)

    @model_validator(mode="before")
    @classmethod
    def _said(cls, data: Any) -> Any:  # noqa: ANN401 - whatever is to be validated
        """A policy is written whole: what is left out is said here, so that it is compared and shown."""
        if not isinstance(data, dict):
            return data
        given = cls.filled(data, cls.unsaid)
        definition = given.get("definition")
        if isinstance(definition, dict):
            given["definition"] = {name: value for name, value in definition.items() if value is not None}
        return given


class OperatorPolicySpec(PolicySpec):
    """An operator policy: limits that the operator of the server sets over what users and policies say.

    Attributes:
        pattern: regular expression of the server's (PCRE), searched for anywhere in the name unless it is anchored.
        apply_to: `queues`, and from 3.12 on `classic_queues`, `quorum_queues` or `streams`. `queues` when left out.
        priority: the highest wins; of equals, any. 0 when left out.
        definition: settings by their own names, such as `max-length`; only few of them are allowed.
    """

    unsaid: ClassVar[Mapping[str, JsonValue]] = MappingProxyType({"applyTo": "queues", "priority": 0})
