"""What a quota looks like. It has no name: whom it is about is what it is called."""

from collections.abc import Mapping
from ipaddress import ip_address
from types import MappingProxyType
from typing import Annotated, Any, Self

from pydantic import Field, ValidationError, model_validator

from mqinfra.model.address import Address
from mqinfra.model.scope import OwningPair
from mqinfra.model.setting import Problem, Setting, SettingTable, SettingType, Unit, did_you_mean
from mqinfra.model.spec import Immutable, Spec
from mqinfra.providers.base.placement import Placement
from mqinfra.providers.kafka.api.second_quotas import Entity

KIND = "quotas"
DEFAULT = "<default>"
"""Stands for all that have none of their own, as in Kafka's tools."""
PLACEMENT = Placement(
    named_by=("user", "clientId", "ip"), labelled=True, owner=OwningPair("user", "principals", "User:")
)
TYPES = MappingProxyType({"user": "user", "clientId": "client-id", "ip": "ip"})
"""Kafka's own words for whom a quota may be about."""
_FIELDS = {word: field for field, word in TYPES.items()}
OF_ADDRESSES = "connection_creation_rate"
_LARGEST = 2**53 - 1
"""Kafka carries limits as floating-point numbers, which are exact up to here."""

LIMITS = SettingTable(
    (
        Setting(
            "producer_byte_rate",
            SettingType.LONG,
            unit=Unit.BYTES,
            minimum=1,
            maximum=_LARGEST,
            description="Bytes that may be written per second, to each broker.",
        ),
        Setting(
            "consumer_byte_rate",
            SettingType.LONG,
            unit=Unit.BYTES,
            minimum=1,
            maximum=_LARGEST,
            description="Bytes that may be read per second, from each broker.",
        ),
        Setting(
            "request_percentage",
            SettingType.DOUBLE,
            minimum=0.01,
            description="Time that requests may take of one thread of each broker, in percent; `200` is two threads.",
        ),
        Setting(
            "controller_mutation_rate",
            SettingType.DOUBLE,
            minimum=0.01,
            description="Partitions that may be created and deleted per second, in the whole cluster.",
        ),
        Setting(
            OF_ADDRESSES,
            SettingType.INT,
            minimum=1,
            description="Connections that may be opened per second to each broker; for `ip` only.",
        ),
    )
)


class QuotaSpec(Spec):
    """What a user, a client id, both together or an address may do at most. `<default>` is whoever has no quota itself.

    Attributes:
        user: name of the user, without `User:` before it; `<default>` for every user without a quota.
        client_id: its `client.id`; `<default>` for every one without a quota. Beside `user`: that user's clients of it.
        ip: address from which connections come; `<default>` for every one without a quota. Stands alone.
        limits: the limits, by the keys of Kafka. Each holds on every broker by itself, so that three brokers let three
            times as much through. Null removes one; those that are not named are left unchanged.
    """

    user: Annotated[str | None, Field(min_length=1), Immutable] = None
    client_id: Annotated[str | None, Field(min_length=1), Immutable] = None
    ip: Annotated[str | None, Field(min_length=1), Immutable] = None
    limits: dict[str, int | float | None]

    @model_validator(mode="after")
    def _means_something(self) -> Self:
        if self.user is None and self.client_id is None and self.ip is None:
            raise ValueError("set `user`, `clientId` or `ip`: whom it is about")
        problem = _entity_problem(self) or _limits_problem(self)
        if problem:
            raise ValueError(problem)
        return self


def _entity_problem(spec: QuotaSpec) -> str:
    if spec.user is not None and spec.user.startswith("User:"):
        return f"`user` is a name, not a principal: write `{spec.user.removeprefix('User:')}`"
    if spec.ip is None:
        return ""
    if spec.user is not None or spec.client_id is not None:
        return "`ip` stands alone: Kafka has no quota of an address together with a user or a client id"
    try:
        known = spec.ip == DEFAULT or bool(ip_address(spec.ip))
    except ValueError:
        known = False
    return "" if known else f"`ip` must be one address or `{DEFAULT}`, got `{spec.ip}`: Kafka knows no networks here"


def _limits_problem(spec: QuotaSpec) -> str:
    if not any(value is not None for value in spec.limits.values()):
        return "set at least one of `limits`; to remove the quota, name it under `removed:`"
    known = {name for name in LIMITS.names() if (name == OF_ADDRESSES) == (spec.ip is not None)}
    for key in spec.limits:
        if key not in known:
            whose = "an address" if spec.ip is not None else "users and client ids"
            hint = did_you_mean(key, known)
            return f"`limits.{key}` is not a limit of {whose}" + (f"; {hint}" if hint else "")
    return ""


def entity_of(address: Address) -> Entity:
    """Whom the quota of an address is about, in Kafka's words."""
    return tuple(
        sorted((TYPES[field], None if name == DEFAULT else name) for field, name in address.pairs if field in TYPES)
    )


def address_of(alias: str, entity: Entity) -> Address | None:
    """The address of a quota; None for one that no manifest can write down, such as of a user called `<default>`."""
    if any(kind not in _FIELDS or name in (DEFAULT, "") for kind, name in entity):
        return None
    return Address(alias, KIND, (), tuple((_FIELDS[kind], DEFAULT if name is None else name) for kind, name in entity))


def spec_of(entity: Entity, limits: Mapping[str, float]) -> QuotaSpec:
    """A quota as a manifest has it. Not validated: a broker may hold what no manifest could ask for."""
    named = {("client_id" if kind == "client-id" else kind): DEFAULT if name is None else name for kind, name in entity}
    values: dict[str, Any] = {
        **named,
        "limits": {key: int(value) if value.is_integer() else value for key, value in limits.items()},
    }
    return QuotaSpec.model_construct(set(values), **values)


def name_problem(address: Address) -> Problem | None:
    """Why an address names no quota."""
    form = f"write `{address.cluster}/{KIND}/user=NAME`, `clientId=NAME,user=NAME`, `clientId=NAME` or `ip=ADDRESS`"
    if address.path:
        return Problem(f"`{address}` is not a quota's address", form)
    try:
        limits = {OF_ADDRESSES: 1} if "ip" in dict(address.pairs) else {"producer_byte_rate": 1}
        QuotaSpec.model_validate({**dict(address.pairs), "limits": limits})
    except ValidationError as error:
        text = error.errors(include_url=False)[0]["msg"].removeprefix("Value error, ")
        return Problem(f"`{address}` is not a quota's address: {text}", form)
    return None
