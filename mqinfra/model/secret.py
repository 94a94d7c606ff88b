"""Secrets: a manifest holds references, and a value that was looked up never shows itself."""

import re
from collections.abc import Callable, Iterable, Iterator, Mapping
from typing import Annotated, Self

from pydantic import BaseModel, ConfigDict, Field, JsonValue, ValidationError, field_validator, model_validator

from mqinfra.model.diagnostic import Diagnostic
from mqinfra.model.errors import UserError
from mqinfra.model.span import Path

_VARIABLE = re.compile(r"[A-Za-z_][A-Za-z0-9_]*")
_AS_IN_A_SHELL = re.compile(r"\$(?:\{(?P<braced>[A-Za-z_][A-Za-z0-9_]*)\}|(?P<bare>[A-Z_][A-Z0-9_]*))")


class SecretRef(BaseModel):
    """Where a secret's value can be found when it is needed; never the value.

    Attributes:
        env: name of an environment variable of the process.
        file: path of a file whose content, less one line end, is the value.
        revision: a number to raise when the value was rotated.
    """

    model_config = ConfigDict(frozen=True, defer_build=True, extra="forbid")

    env: Annotated[str | None, Field(json_schema_extra={"pattern": f"^{_VARIABLE.pattern}$"})] = None
    file: str | None = None
    revision: int | None = None

    @field_validator("env")
    @classmethod
    def _name(cls, value: str | None) -> str | None:
        if value is None or _VARIABLE.fullmatch(value):
            return value
        meant = variable_meant(value)
        if meant is not None:
            raise ValueError(f"a variable's name has no `$`; write {{env: {meant}}}")
        # What stands here may be the secret itself: it is never repeated.
        raise ValueError("not a valid variable name: use letters, digits and `_`, not beginning with a digit")

    @model_validator(mode="after")
    def _one_source(self) -> Self:
        if (self.env is None) == (self.file is None):
            raise ValueError("write {env: NAME} or {file: PATH}, one of the two")
        return self

    def __str__(self) -> str:
        return f"env {self.env}" if self.env is not None else f"file {self.file}"


def variable_meant(text: str) -> str | None:
    """Name of the environment variable that a text means which is written as in a shell; None when it means none.

    Without braces in capitals only: a password may begin with `$` too.
    """
    found = _AS_IN_A_SHELL.fullmatch(text)
    return (found["braced"] or found["bare"]) if found is not None else None


class SecretValue:
    """A secret's value. It can be had by `reveal()` only, so that no log, error or dump shows it by accident."""

    __slots__ = ("_value",)

    def __init__(self, value: str) -> None:
        self._value = value

    def reveal(self) -> str:
        """The value, for the one call that sends it to its endpoint."""
        return self._value

    def __repr__(self) -> str:
        return "SecretValue(***)"

    __str__ = __repr__

    def __format__(self, _spec: str) -> str:
        return "***"

    def __reduce__(self) -> tuple[object, ...]:
        raise TypeError("a secret is not pickled")


SecretResolver = Callable[[SecretRef], SecretValue]
"""Looks a reference up. Raises UserError, naming the reference and never a value, when it leads nowhere."""


def references(value: object, path: Path = ()) -> Iterator[tuple[Path, SecretRef]]:
    """Find the references to secrets in a model, at any depth, each with the path to it in manifests' names."""
    if isinstance(value, SecretRef):
        yield path, value
    elif isinstance(value, BaseModel):
        for name, info in type(value).model_fields.items():
            yield from references(getattr(value, name), (*path, info.alias or name))
    elif isinstance(value, Mapping):
        for key, item in value.items():
            yield from references(item, (*path, str(key)))
    elif isinstance(value, list | tuple):
        for index, item in enumerate(value):
            yield from references(item, (*path, str(index)))


def written_references(value: JsonValue) -> Iterator[SecretRef]:
    """Find the references in what a secret field says as JSON; whatever else it may hold is passed over."""
    if isinstance(value, dict):
        try:
            yield SecretRef.model_validate(value)
        except ValidationError:
            for item in value.values():
                yield from written_references(item)
    elif isinstance(value, list):
        for item in value:
            yield from written_references(item)


def revisions(value: object) -> dict[str, int]:
    """The numbers of the references in a model that have one, by formatted path."""
    return {".".join(path): one.revision for path, one in references(value) if one.revision is not None}


def missing(wanted: Iterable[SecretRef], secrets: SecretResolver) -> dict[SecretRef, tuple[Diagnostic, ...]]:
    """Look references up, and say of each that leads nowhere why; the values are dropped."""
    found: dict[SecretRef, tuple[Diagnostic, ...]] = {}
    for reference in dict.fromkeys(wanted):
        try:
            secrets(reference)
        except UserError as error:
            found[reference] = error.diagnostics
    return found
