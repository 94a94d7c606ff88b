"""Calls to a registry as data, and what came of them."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from types import MappingProxyType
from urllib.parse import quote, urlencode

from pydantic import JsonValue

from mqinfra.providers.base.connecting.fault import Fault

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
        path = "/" + "/".join([quote(segment, safe="") for segment in self.segments])
        return f"{path}?{urlencode(self.query)}" if self.query else path

    @property
    def addressable(self) -> bool:
        """Whether the path can mean only what is asked for: proxies and servers take `.` and `..` out of paths."""
        return not any(segment in _UNADDRESSABLE or not _is_text(segment) for segment in self.segments)

    def __str__(self) -> str:
        return f"{self.method} {self.path}"


def _is_text(segment: str) -> bool:
    try:
        segment.encode()
    except UnicodeEncodeError:
        return False
    return True


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
