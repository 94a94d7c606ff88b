"""What a new project begins with on Redis."""

from collections.abc import Mapping
from typing import ClassVar

from pydantic import JsonValue

from mqinfra.providers.base.starter import ClusterUrl, Starter


class RedisStarter(Starter):
    """A stream with a consumer group."""

    schemes: ClassVar[Mapping[str, bool]] = {"redis": False, "rediss": True}
    scope = """\
keys:
  - '{$name}:*'
"""
    entries = """\
streams:
  '{$name}:activity':
    expectedMaxLength: 100000
    groups:
      feed:
        startAt: '0'            # from the first entry
"""

    def block(self, url: ClusterUrl) -> Mapping[str, JsonValue]:
        """`rediss://` is TLS."""
        nodes: list[JsonValue] = [host if _has_port(host) else f"{host}:6379" for host in url.hosts]
        return {"nodes": nodes, **url.login, **({"tls": True} if url.tls else {})}


def _has_port(host: str) -> bool:
    return ":" in host.rpartition("]")[2]
