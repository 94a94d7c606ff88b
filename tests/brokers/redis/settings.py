"""What a deployment is started with; apart from it because topologies and fixtures choose it."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Mapping

    from tests.brokers.redis.topology import Topology

_EVERYTHING = ("~*", "&*", "+@all")


@dataclass(frozen=True)
class Settings:
    """What a deployment is started with."""

    topology: Topology = "single"
    # The default user's password; without one everybody may do everything.
    password: str | None = None
    # Further users, as ACL SETUSER takes them: "alice on >secret ~orders:* +@read".
    users: tuple[str, ...] = ()
    # The users live in an `aclfile`: ACL SAVE and ACL LOAD work, and CONFIG REWRITE leaves users alone.
    acl_file: bool = False
    # A second port with TLS on every data node.
    tls: bool = False
    # Seconds a sentinel waits before it takes a silent node for dead.
    down_after: float = 5.0
    # A proxy before the one node of the topology `single`.
    proxied: bool = True
    # Further lines of redis.conf for the data nodes; they win over ours.
    config: Mapping[str, str] = field(default_factory=dict)

    @property
    def default_rules(self) -> tuple[str, ...]:
        return ("on", "nopass" if self.password is None else f">{self.password}", *_EVERYTHING)

    @property
    def user_lines(self) -> list[str]:
        """What stands after `user` in redis.conf or in the aclfile."""
        return [" ".join(["default", *self.default_rules]), *self.users]
