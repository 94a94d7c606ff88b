"""What runtime parameters look like, those of vhosts and global ones: a value, and the credentials kept out of it."""

from collections.abc import Mapping
from typing import Annotated, Any, Self

from pydantic import ConfigDict, Field, JsonValue, model_validator

from mqinfra.model.secret import SecretRef
from mqinfra.model.setting import Problem
from mqinfra.model.spec import Secret, WholeSpec
from mqinfra.providers.rabbitmq.settings.credentials import found_under_value

KIND = "parameters"
GLOBAL_KIND = "globalParameters"

SecretRefs = dict[str, SecretRef | tuple[SecretRef, ...]]

OTHER_KINDS: Mapping[str, str] = {
    "policy": "declare policies under `policies`",
    "operator_policy": "declare operator policies under `operatorPolicies`",
    "vhost-limits": "declare limits under `limits` of the vhost",
    "user-limits": "declare limits under `limits` of the user",
}
"""Components that are kinds or fields of their own."""
PLUGINS: Mapping[str, str] = {
    "shovel": "rabbitmq_shovel",
    "federation-upstream": "rabbitmq_federation",
    "federation-upstream-set": "rabbitmq_federation",
}
"""The plugins that know components; an unknown component is refused by the server."""
_NEEDED: Mapping[str, tuple[str, ...]] = {"shovel": ("src-uri", "dest-uri"), "federation-upstream": ("uri",)}


class _Valued(WholeSpec):
    # Whoever writes a password where none belongs must not read it in the error.
    model_config = ConfigDict(defer_build=True, hide_input_in_errors=True)

    without_nulls = ("value", "secrets")

    value: Any
    secrets: Annotated[SecretRefs, Secret] = Field(default_factory=dict)

    @model_validator(mode="after")
    def _apart(self) -> Self:
        key = found_under_value(self.value)
        if key is not None:
            raise ValueError(f"`{key}` holds a password in clear; move it to `secrets`, as `{key}: {{env: NAME}}`")
        if self.secrets and not isinstance(self.value, dict):
            raise ValueError("`secrets` need a mapping under `value`")
        twice = sorted(self.secrets.keys() & self.value.keys()) if isinstance(self.value, dict) else []
        if twice:
            raise ValueError(f"`{twice[0]}` is under both `value` and `secrets`; remove one of the two")
        return self


class ParameterSpec(_Valued):
    """A runtime parameter of a vhost, such as a shovel or a federation upstream. It is written whole.

    Attributes:
        value: what the component takes, by its own words; a list for `federation-upstream-set`.
        secrets: keys whose values hold credentials, such as `src-uri`: `{env: NAME}` or `{file: PATH}`, or a list of
            them. They are put into `value` when it is sent.
    """

    value: dict[str, JsonValue] | list[JsonValue] = Field(default_factory=dict)


class GlobalParameterSpec(_Valued):
    """A global parameter of the server. It is written whole.

    Attributes:
        value: any JSON but null.
        secrets: keys whose values hold credentials: `{env: NAME}` or `{file: PATH}`, or a list of them. They are put
            into `value` when it is sent.
    """

    value: JsonValue

    @model_validator(mode="after")
    def _something(self) -> Self:
        if self.value is None:
            raise ValueError("a global parameter needs a `value`")
        return self


def parameter_problem(component: str, spec: ParameterSpec) -> Problem | None:
    """Say what the plugins of the server itself would refuse; other components are left to the server.

    From `validate_shovel` (rabbit_shovel_parameters.erl) and rabbit_federation_parameters.erl.
    """
    if component == "federation-upstream-set":
        if isinstance(spec.value, list):
            return None
        return Problem(
            "a `federation-upstream-set` must be a list of upstreams", "write `- upstream: NAME`", ("value",)
        )
    if component not in PLUGINS:
        return None
    if isinstance(spec.value, list):
        return Problem(f"a `{component}` must be a mapping, got a list", "write keys and values", ("value",))
    missing = [key for key in _NEEDED.get(component, ()) if key not in spec.value and key not in spec.secrets]
    if missing:
        hint = f"write it under `value`, or under `secrets` with a password: `{missing[0]}: {{env: NAME}}`"
        return Problem(f"a `{component}` needs `{missing[0]}`", hint, ("value",))
    return None
