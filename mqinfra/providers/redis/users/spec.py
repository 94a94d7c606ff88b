"""What an ACL user looks like. What is not granted is denied; rules are kept in the order and words of the manifest."""

from collections.abc import Callable
from types import MappingProxyType
from typing import Annotated, Literal, Self

from pydantic import AfterValidator, BaseModel, ConfigDict, Field, model_validator

from mqinfra.model.secret import SecretRef
from mqinfra.model.spec import ImplicitSpec, Secret
from mqinfra.model.written import Written
from mqinfra.providers.redis.acl.rules import channel_pattern, command_rule, key_pattern

Texts = tuple[str, ...]


class PasswordHash(BaseModel):
    """A password by its hash.

    Attributes:
        sha256: SHA-256 of the password, 64 digits `0-9a-f`, as `ACL GETUSER` shows it.
    """

    model_config = ConfigDict(frozen=True, defer_build=True, extra="forbid", hide_input_in_errors=True)

    sha256: Annotated[str, Field(pattern=r"^[0-9a-f]{64}$")]


def _each(normal: Callable[[str], str]) -> AfterValidator:
    """Write every text of a list in its normal form."""
    return AfterValidator(lambda value: tuple(map(normal, value)))


Commands = Annotated[Texts, _each(command_rule)]
Keys = Annotated[Texts, _each(key_pattern)]
Channels = Annotated[Texts, _each(channel_pattern)]
Databases = tuple[Annotated[int, Field(ge=0)], ...] | Literal["all"]
"""Numbers of databases, or all there are."""


class Rules(Written):
    """What a selector allows: some commands on some keys and channels.

    Attributes:
        commands: rules about commands, carried out in order: `+xadd`, `+@read`, `-config|set`.
        keys: patterns of keys: `~orders:*`, `%R~orders:*` for reading only, `%W~orders:*` for writing only.
        channels: patterns of channels: `&orders:*`.
        databases: numbers of the databases that it is for, or `all`, as when left out (Valkey 9.1).
    """

    commands: Commands = ()
    keys: Keys = ()
    channels: Channels = ()
    databases: Databases | None = None


class UserSpec(ImplicitSpec):
    """An ACL user, the same on every node.

    Attributes:
        enabled: whether the user may log in. `true` when left out.
        nopass: every password works. `false` when left out.
        passwords: up to two passwords, so that one can be replaced while both work: `{env: NAME}`, `{file: PATH}`, or
            `{sha256: HASH}`. Left out: those that the user has stay, and a new user has none.
        commands: rules about commands, carried out in order; none when left out.
        keys: patterns of keys; none when left out.
        channels: patterns of channels; none when left out.
        databases: numbers of the databases that it may use, or `all` (Valkey 9.1). Left out: those that the user may
            use stay, and a new user may use all.
        selectors: further sets of rules, each with commands, keys and channels of its own (Redis 7.0).
    """

    implicit = MappingProxyType(
        {"enabled": True, "nopass": False, "commands": [], "keys": [], "channels": [], "selectors": []}
    )

    enabled: bool = True
    nopass: bool = False
    passwords: Annotated[tuple[SecretRef | PasswordHash, ...], Secret, Field(max_length=2)] = ()
    commands: Commands = ()
    keys: Keys = ()
    channels: Channels = ()
    databases: Databases | None = None
    selectors: tuple[Rules, ...] = ()

    @model_validator(mode="after")
    def _one_way_in(self) -> Self:
        if self.nopass and self.passwords:
            raise ValueError("with `nopass` any password works; remove it, or the `passwords`")
        return self

    @property
    def rule_sets(self) -> tuple[Rules, ...]:
        """The user's own rules, then those of each selector: a call is allowed where one of them allows it."""
        own = Rules.model_construct(
            commands=self.commands, keys=self.keys, channels=self.channels, databases=self.databases
        )
        return (own, *self.selectors)
