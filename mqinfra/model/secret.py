"""Secrets: a manifest holds references, and a value that was looked up never shows itself."""

from collections.abc import Callable
from typing import Self

from pydantic import BaseModel, ConfigDict, model_validator


class SecretRef(BaseModel):
    """Where a secret's value can be found when it is needed; never the value.

    Attributes:
        env: name of an environment variable of the process.
        file: path of a file whose content, less one line end, is the value.
        revision: a number to raise when the value was rotated.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    env: str | None = None
    file: str | None = None
    revision: int | None = None

    @model_validator(mode="after")
    def _one_source(self) -> Self:
        if (self.env is None) == (self.file is None):
            raise ValueError("a secret is {env: NAME} or {file: PATH}")
        return self

    def __str__(self) -> str:
        return f"env {self.env}" if self.env is not None else f"file {self.file}"


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
