"""Calls to a registry as data, and what came of them."""

from collections.abc import Mapping
from dataclasses import field
from types import MappingProxyType

from pydantic import JsonValue

from mqinfra.model.frozen import dataclass
from mqinfra.providers.base.connecting.fault import Fault
from mqinfra.providers.base.connecting.urls import addressable, path_of

_UNADDRESSABLE = (".", "..", "")


@dataclass(frozen=True, slots=True)
class Call:
    """One HTTP call.

    Attributes:
        method: `GET`, `PUT`, `POST` or `DELETE`.
        segments: parts of the path after the base of the API, as they are: `("subjects", "a/b", "versions")`. Each is
            quoted with nothing left out, so that a subject such as `../config` stays a subject.
        query: parameters, `{"permanent": "true"}`.
        body: JSON to send; None sends none.
        timeout: seconds for this call; None for the client's own.
        absolute: the path begins at the server, and not at the base of the API.
    """

    method: str
    segments: tuple[str, ...]
    query: Mapping[str, str] = field(default_factory=lambda: MappingProxyType({}))
    body: JsonValue = None
    timeout: float | None = None
    absolute: bool = False

    @property
    def path(self) -> str:
        """Path and query on the wire, after the base of the API: `/subjects/a%2Fb/versions`."""
        return path_of(self.segments, self.query)

    @property
    def addressable(self) -> bool:
        """Whether the path can mean only what is asked for: proxies and servers take `.` and `..` out of paths."""
        return addressable(self.segments, _UNADDRESSABLE)

    def __str__(self) -> str:
        return f"{self.method} {self.path}"


@dataclass(frozen=True, slots=True)
class Answer:
    """A yes: any status from 200 to 299.

    Attributes:
        status: HTTP status.
        body: what the server said; None where it said nothing.
    """

    status: int
    body: JsonValue = None


@dataclass(frozen=True, slots=True)
class RegistryFault(Fault):
    """Anything but a yes.

    Attributes:
        status: HTTP status; 0 when no answer of a registry's came.
        error_code: the registry's own code, such as 40401; 0 without.
        method: method of the call.
    """

    status: int = 0
    error_code: int = 0
    method: str = ""
