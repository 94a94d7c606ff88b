"""One line to a server, as redis-py draws it. Separate because that part of redis-py has no types."""

from collections.abc import Callable, Sequence
from typing import Any, Protocol, cast

from redis.backoff import NoBackoff
from redis.connection import Connection, SSLConnection
from redis.retry import Retry

from mqinfra.providers.base.block import Tls
from mqinfra.providers.redis.connection import split

Call = tuple[str, ...]


class Line(Protocol):
    """What is used of `redis.connection.Connection`."""

    def connect(self) -> object:
        """Connect and log in."""

    def disconnect(self) -> object:
        """Hang up."""

    def send_packed_command(self, command: object) -> object:
        """Send bytes."""

    def pack_commands(self, commands: Sequence[Call]) -> object:
        """Write commands as bytes."""

    def read_response(self, *, timeout: float) -> Any:  # noqa: ANN401 - a reply is any nest of lists and texts
        """Wait for one reply, so many seconds; errors of the server are raised."""


def make_line(
    address: str, *, username: str | None, password: str | None, tls: Tls | None, key_password: str | None, wait: float
) -> Line:
    """Make a line that is not connected yet.

    Args:
        address: `host:port`.
        username: user; `default` when None.
        password: its password.
        tls: TLS; None for plain text.
        key_password: passphrase of the client's key.
        wait: seconds to wait for the connection and the login. It never tries twice.
    """
    host, port = split(address)
    common: dict[str, Any] = {
        "host": host,
        "port": port,
        "username": username,
        "password": password,
        "socket_timeout": wait,
        "socket_connect_timeout": wait,
        "retry": Retry(NoBackoff(), 0),
        "protocol": 2,
        "decode_responses": True,
        "encoding_errors": "surrogateescape",
        "driver_info": None,
    }
    make = cast("Callable[..., Line]", Connection if tls is None else SSLConnection)
    if tls is not None:
        common |= {
            "ssl_ca_certs": tls.ca,
            "ssl_certfile": tls.certificate,
            "ssl_keyfile": tls.key,
            "ssl_password": key_password,
            "ssl_cert_reqs": "required" if tls.verify else "none",
            "ssl_check_hostname": tls.verify and tls.check_name,
        }
    return make(**common)
