"""What a new project begins with on a schema registry."""

from collections.abc import Mapping, Sequence
from typing import ClassVar

from mqinfra.providers.base.starter import ClusterUrl, Starter


class RegistryStarter(Starter):
    """A subject with an Avro schema that may grow."""

    schemes: ClassVar[Mapping[str, bool]] = {"http": False, "https": True}
    scope = """\
subjects:
  - $name.*
"""
    entries = """\
subjects:
  $name.created-value:
    type: avro
    compatibility: BACKWARD
    schema: |
      {
        "type": "record",
        "name": "Created",
        "fields": [
          {"name": "id", "type": "string"}
        ]
      }
"""

    def block(self, url: ClusterUrl) -> Sequence[str]:
        """Base of the API of each node."""
        return ["url:", *(f"  - {one}" for one in url.written()), *url.login]
