"""What a new project begins with on a broker, and the connection block of a running one: what `mqinfra init` writes."""

import re
from abc import ABC, abstractmethod
from collections.abc import Mapping
from typing import ClassVar
from urllib.parse import urlsplit

from pydantic import JsonValue

from mqinfra.model.frozen import dataclass


@dataclass(frozen=True, slots=True)
class ClusterUrl:
    """Where a running cluster is, as somebody typed it.

    Attributes:
        scheme: how it begins, such as `redis`.
        hosts: `host` or `host:port` of each node.
        path: path behind the hosts, with its slash; empty where there is none.
        username: user to log in as; None for no login.
        password: name of the environment variable that holds the password.
        tls: the scheme says that connections are encrypted.
    """

    scheme: str
    hosts: tuple[str, ...]
    path: str
    username: str | None
    password: str
    tls: bool

    @property
    def login(self) -> dict[str, JsonValue]:
        """The fields of a block that say user and password; none without a user."""
        return {} if self.username is None else {"username": self.username, "password": {"env": self.password}}

    def written(self) -> list[JsonValue]:
        """Each node as a URL, without the user."""
        return [f"{self.scheme}://{host}{self.path}" for host in self.hosts]


class Starter(ABC):
    """What one broker contributes to a new project. Texts are YAML in block style; `$name` stands for the project.

    Attributes:
        schemes: how URLs of its clusters begin, and whether what they lead to is encrypted.
        scope: what the project may own, as it stands below `scope:` and the broker's type.
        entries: what to begin with, as it stands below the broker's type in a manifest.
    """

    schemes: ClassVar[Mapping[str, bool]]
    scope: ClassVar[str]
    entries: ClassVar[str]

    @abstractmethod
    def block(self, url: ClusterUrl) -> Mapping[str, JsonValue]:
        """The fields of the connection block of a running cluster, without its `type`."""


class UrlError(ValueError):
    """A URL of a cluster can't be used; the text says why, and never quotes a password."""


def parse_url(text: str, alias: str, schemes: Mapping[str, bool]) -> ClusterUrl:
    """Read the URL of a cluster, of one node or of several with commas between: `kafka://broker-1:9092,broker-2:9092`.

    Raises:
        UrlError: it is none, holds a password, or says what no block can.
    """
    try:
        parts = urlsplit(text)
    except ValueError:  # half an IPv6 address
        raise UrlError(f"not a valid address; write {text.partition('://')[0]}://HOST:PORT") from None
    user, at, hosts = parts.netloc.rpartition("@")
    if ":" in user:
        raise UrlError(f"it holds a password; leave it out, and set {variable_of(alias)}")
    named = tuple(host for host in hosts.split(",") if host)
    if not named or not all(re.fullmatch(r"(\[[0-9A-Fa-f:.]+\]|[A-Za-z0-9._-]+)(:[0-9]{1,5})?", one) for one in named):
        raise UrlError(f"it names no host; write {parts.scheme}://HOST:PORT")
    if parts.query or parts.fragment:
        raise UrlError("it has a `?` or a `#`; put options into the cluster's block in mqinfra.yaml")
    path = parts.path.rstrip("/")
    return ClusterUrl(parts.scheme, named, path, user if at else None, variable_of(alias), schemes[parts.scheme])


def variable_of(alias: str) -> str:
    """The environment variable that holds the password for a cluster."""
    return re.sub(r"[^A-Z0-9]", "_", alias.upper()) + "_PASSWORD"
