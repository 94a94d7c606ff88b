"""What a new project begins with on RabbitMQ."""

from collections.abc import Mapping
from typing import ClassVar

from pydantic import JsonValue

from mqinfra.providers.base.starter import ClusterUrl, Starter


class RabbitMQStarter(Starter):
    """A vhost with a work queue, and dead letters."""

    schemes: ClassVar[Mapping[str, bool]] = {"http": False, "https": True}
    scope = """\
vhosts:
  /$name: {}
"""
    entries = """\
vhosts:
  /$name:
    exchanges:
      $name:
        type: topic
    queues:
      $name.tasks:
        type: quorum
        bindings:
          - exchange: $name
            routingKey: task.*
        deadLetter: true        # $name.tasks.dlq, for what is rejected
"""

    def block(self, url: ClusterUrl) -> Mapping[str, JsonValue]:
        """The management API of each node."""
        return {"url": url.written(), **url.login}
