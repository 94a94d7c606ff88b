"""What a new project begins with on a schema registry."""

from collections.abc import Mapping
from typing import ClassVar

from pydantic import JsonValue

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

    def block(self, url: ClusterUrl) -> Mapping[str, JsonValue]:
        """Base of the API of each node."""
        return {"url": url.written(), **url.login}
