"""What a user looks like. Its password is a reference; hashes are never shown and never declared."""

from types import MappingProxyType
from typing import Annotated

from pydantic import Field

from mqinfra.model.secret import SecretRef
from mqinfra.model.setting import SettingTable
from mqinfra.model.spec import ImplicitSpec, Secret
from mqinfra.providers.rabbitmq.settings.tags import Tags
from mqinfra.providers.rabbitmq.settings.typed import number

KIND = "users"
FIRST = "guest"
"""The user that a server makes by itself, and its password, as long as rabbitmq.conf says no other (`default_user`)."""

_UNLIMITED = {-1: "unlimited"}
LIMITS = SettingTable(
    (
        number("max-connections", "Connections of the user at most; -1 for no limit.", special=_UNLIMITED),
        number("max-channels", "Channels of the user at most; -1 for no limit.", special=_UNLIMITED),
    ),
    closed=True,
)


class UserSpec(ImplicitSpec):
    """A user of the server.

    Attributes:
        tags: what the user may do beside sending and receiving: `management`, `policymaker`, `monitoring`,
            `administrator`, or words of your own. No tags when left out.
        password: `{env: NAME}` or `{file: PATH}`. Left out: the one that the user has stays, and a new user has none,
            so that it can log in by certificate or token only.
        limits: `max-connections` and `max-channels`; null removes a limit.
    """

    implicit = MappingProxyType({"tags": []})
    unwritten = implicit

    tags: Tags = ()
    password: Annotated[SecretRef | None, Secret] = None
    limits: dict[str, int | None] = Field(default_factory=dict)
