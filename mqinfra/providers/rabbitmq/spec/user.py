"""What a user looks like. Its password is a reference; hashes are never shown and never declared."""

from typing import Annotated, Any

from pydantic import Field, model_validator

from mqinfra.model.secret import SecretRef
from mqinfra.model.setting import SettingTable
from mqinfra.model.spec import Secret, Spec
from mqinfra.providers.rabbitmq.settings.tags import Tags
from mqinfra.providers.rabbitmq.settings.typed import number

KIND = "users"

_UNLIMITED = {-1: "unlimited"}
LIMITS = SettingTable(
    (
        number("max-connections", "Connections of the user at most; -1 for no limit.", special=_UNLIMITED),
        number("max-channels", "Channels of the user at most; -1 for no limit.", special=_UNLIMITED),
    ),
    closed=True,
)


class UserSpec(Spec):
    """A user of the server.

    Attributes:
        tags: what the user may do beside sending and receiving: `management`, `policymaker`, `monitoring`,
            `administrator`, or words of your own. No tags when left out.
        password: `{env: NAME}` or `{file: PATH}`. Left out: the one that the user has stays, and a new user has none,
            so that it can log in by certificate or token only.
        limits: `max-connections` and `max-channels`; null removes a limit.
    """

    tags: Tags = ()
    password: Annotated[SecretRef | None, Secret] = None
    limits: dict[str, int | None] = Field(default_factory=dict)

    @model_validator(mode="before")
    @classmethod
    def _said(cls, data: Any) -> Any:  # noqa: ANN401 - whatever is to be validated
        """Tags are always written whole, so left out is said here as none; a password of null is one left out."""
        if not isinstance(data, dict):
            return data
        return cls.filled(data, {"tags": []})
