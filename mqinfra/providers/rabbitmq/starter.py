"""What a new project begins with on RabbitMQ."""

from collections.abc import Mapping, Sequence
from typing import ClassVar

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

    def block(self, url: ClusterUrl) -> Sequence[str]:
        """The management API of each node."""
        return ["url:", *(f"  - {one}" for one in url.written()), *url.login]
