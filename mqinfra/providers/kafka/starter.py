"""What a new project begins with on Kafka."""

from collections.abc import Mapping
from typing import ClassVar

from pydantic import JsonValue

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

    def block(self, url: ClusterUrl) -> Mapping[str, JsonValue]:
        """`kafkas://` is TLS; a user logs in with SCRAM-SHA-512."""
        block: dict[str, JsonValue] = {"bootstrap": [*url.hosts]}
        if url.tls or url.login:
            protocol = f"{'sasl_' if url.login else ''}{'ssl' if url.tls else 'plaintext'}"
            sasl: dict[str, JsonValue] = {"sasl": {"mechanism": "SCRAM-SHA-512", **url.login}} if url.login else {}
            block["security"] = {"protocol": protocol, **sasl}
        return block
