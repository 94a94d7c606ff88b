"""What a new project begins with on Kafka."""

from collections.abc import Mapping, Sequence
from typing import ClassVar

from mqinfra.providers.base.starter import ClusterUrl, Starter


class KafkaStarter(Starter):
    """Two topics with settings that keep what was acknowledged, and dead letters."""

    schemes: ClassVar[Mapping[str, bool]] = {"kafka": False, "kafkas": True}
    scope = """\
topics:
  - $name.*
"""
    entries = """\
topics:
  $name.created:
    partitions: 6
    replicationFactor: 3
    config:
      retention.ms: 7d
      min.insync.replicas: 2
    deadLetter: true            # $name.created.dlq, for what consumers can't use
  $name.cancelled:
    partitions: 3
    replicationFactor: 3
    config:
      retention.ms: 7d
      min.insync.replicas: 2
"""

    def block(self, url: ClusterUrl) -> Sequence[str]:
        """`kafkas://` is TLS; a user logs in with SCRAM-SHA-512."""
        lines = ["bootstrap:", *(f"  - {host}" for host in url.hosts)]
        if url.tls or url.username is not None:
            protocol = f"{'sasl_' if url.username is not None else ''}{'ssl' if url.tls else 'plaintext'}"
            lines += ["security:", f"  protocol: {protocol}"]
        if url.username is not None:
            lines += ["  sasl:", "    mechanism: SCRAM-SHA-512", *(f"    {line}" for line in url.login)]
        return lines
