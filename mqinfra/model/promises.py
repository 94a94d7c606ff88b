"""Promises: what a resource is declared to hold up to. They are looked at, and never sent to a broker."""

import re
from collections.abc import Mapping
from typing import Annotated, Any, Literal, get_args

from pydantic import (
    AfterValidator,
    BeforeValidator,
    Field,
    JsonValue,
    WithJsonSchema,
    field_validator,
    model_serializer,
    model_validator,
)

from mqinfra.model.unit import format_ms, parse_ms
from mqinfra.model.written import Written

QUANTILE = re.compile(r"p[1-9][0-9]?(?:\.[0-9]{1,3})?")
"""A quantile by its name: `p50`, `p99.9`."""

FIELD = "promises"
"""The field of an entry that they stand in."""

_RATE = re.compile(r"([0-9]{1,9})/s")
_MOST = 1_000_000
_DURATION = r"^([0-9]{1,15}(\.[0-9]{1,9})?(ms|s|m|h|d|w))+$"


def _rate(value: object) -> int:
    match = _RATE.fullmatch(value) if isinstance(value, str) else None
    if match is None:
        raise ValueError(f"must be messages per second such as `10000/s`, got `{value}`")
    if not 0 < int(match[1]) <= _MOST:
        raise ValueError(f"must be between `1/s` and `{_MOST}/s`, got `{value}`")
    return int(match[1])


def _duration(value: object) -> int:
    found = parse_ms(value) if isinstance(value, str) else None
    if not found:
        raise ValueError(f"must be a duration such as `50ms` or `5m`, got `{value}`")
    return found


def _quantile(name: str) -> str:
    if QUANTILE.fullmatch(name) is None:
        raise ValueError("it is no quantile; write `p50`, `p95`, `p99` or `p99.9`")
    return name


Rate = Annotated[
    int | None,
    BeforeValidator(_rate),
    WithJsonSchema({"type": "string", "pattern": r"^[0-9]{1,9}/s$"}, mode="validation"),
]
_A_DURATION = WithJsonSchema({"type": "string", "pattern": _DURATION}, mode="validation")
Milliseconds = Annotated[int | None, BeforeValidator(_duration), _A_DURATION]
Bound = Annotated[int, BeforeValidator(_duration), _A_DURATION]
Quantile = Annotated[str, AfterValidator(_quantile)]
Survived = Literal["restart", "node-loss"]


class PromisesOfConsumers(Written):
    """What is promised of who reads. On a topic or stream it holds for every group that says nothing else.

    Attributes:
        max_lag: how many messages consumers may be behind.
        max_delay: how long consumers may be behind: `5m`.
        batch: consumers come and go, so that none at all is no fault.
    """

    max_lag: Annotated[int | None, Field(ge=0)] = None
    max_delay: Milliseconds = None
    batch: bool = False

    @model_validator(mode="before")
    @classmethod
    def _without_nulls(cls, data: Any) -> Any:  # noqa: ANN401 - whatever is to be validated
        """A null takes back what defaults say; an unknown field stays, so that it is refused."""
        if not isinstance(data, Mapping):
            return data
        known = {info.alias for info in cls.model_fields.values()}
        return {
            name: _without_nulls(value) if name == "latency" else value
            for name, value in data.items()
            if value is not None or name not in known
        }

    @model_serializer
    def written(self) -> dict[str, JsonValue]:
        """What was promised, as manifests write it."""
        said = {info.alias or own: _written(own, getattr(self, own)) for own, info in type(self).model_fields.items()}
        return {name: value for name, value in said.items() if value or (value == 0 and value is not False)}


class Promises(PromisesOfConsumers):
    """What a resource promises to who sends to it and reads from it. `mqinfra verify` proves it, and alerts watch it.

    Attributes:
        max_lag: how many messages consumers may be behind.
        max_delay: how long consumers may be behind: `5m`.
        batch: consumers come and go, so that none at all is no fault.
        delivery: what becomes of a message when a client or the broker fails: `at-most-once`, `at-least-once`, or
            `exactly-once`.
        order: in which order messages come out: `key` for those of one key, `total` for all, `none`.
        throughput: messages per second that go through it: `10000/s`.
        latency: how long messages take to a consumer at that rate, by quantile: `{p99: 50ms}`.
        dead_letter_after: after how many failed deliveries a message is a dead letter.
        survives: what no acknowledged message is lost by: `restart` of a broker, `node-loss`.
        canary: `accept` lets messages of `mqinfra verify --mode in-place` go through it, which its consumers see.
    """

    delivery: Literal["at-most-once", "at-least-once", "exactly-once"] | None = None
    order: Literal["key", "none", "total"] | None = None
    throughput: Rate = None
    latency: Mapping[Quantile, Bound] = Field(default_factory=dict)
    dead_letter_after: Annotated[int | None, Field(ge=1)] = None
    survives: tuple[Survived, ...] = ()
    canary: Literal["accept"] | None = None

    @field_validator("survives", mode="before")
    @classmethod
    def _several(cls, value: object) -> object:
        if isinstance(value, str) and value not in get_args(Survived):
            raise ValueError(f"must be {' or '.join(f'`{one}`' for one in get_args(Survived))}, got `{value}`")
        return [value] if isinstance(value, str) else value


PROMISES: Mapping[str, str] = {info.alias or own: own for own, info in Promises.model_fields.items()}
"""Names of all promises as manifests write them, and those of their attributes."""

OF_CONSUMERS = frozenset(info.alias or own for own, info in PromisesOfConsumers.model_fields.items())
"""Names of those that groups make."""

NO_PROMISES = Promises.model_construct()
"""Built of its defaults alone: a model that validates takes long to make, and most commands need none."""


def _written(name: str, value: Any) -> JsonValue:  # noqa: ANN401 - whatever a field holds
    """A value as manifests write it; empty where nothing is promised."""
    match name:
        case "throughput" if value is not None:
            return f"{value}/s"
        case "max_delay" if value is not None:
            return format_ms(value)
        case "latency":
            return {quantile: format_ms(bound) for quantile, bound in value.items()}
        case "survives":
            return list(value)
    plain: JsonValue = value
    return plain


def _without_nulls(value: object) -> object:
    if not isinstance(value, Mapping):
        return value
    return {name: item for name, item in value.items() if item is not None}
