"""Reading and changing the settings of topics, groups or brokers. Imported only when connecting."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from concurrent.futures import Future
from typing import Any, cast

from confluent_kafka.admin._config import AlterConfigOpType, ConfigEntry, ConfigResource
from confluent_kafka.admin._resource import ResourceType
from pydantic import JsonValue

from mqinfra.providers.kafka.api.faults import KafkaFault
from mqinfra.providers.kafka.api.wire import Bodies, Faults, Wire, chunks

CHUNK = 250


class ConfigCalls:
    """Calls about the settings of one type of things.

    Args:
        wire: the way to the cluster.
        of: the type.
    """

    def __init__(self, wire: Wire, of: ResourceType) -> None:
        self._wire, self._of = wire, of

    def read(self, names: Iterable[str]) -> Iterator[tuple[str, Mapping[str, ConfigEntry] | KafkaFault]]:
        """Settings as librdkafka's entries: turning them into others would cost more than reading.

        Raises:
            UserError: the cluster did not answer.
        """

        def send(chunk: Sequence[str]) -> Mapping[ConfigResource, Future[Any]]:
            resources = [ConfigResource(self._of, name) for name in chunk]
            return self._wire.admin.describe_configs(resources, request_timeout=self._wire.timeout)

        for resource, answer in self._wire.stream("DescribeConfigs", chunks(names, CHUNK), send):
            yield resource.name, answer

    def alter(self, bodies: Bodies, *, dry_run: bool = False) -> Faults:
        """IncrementalAlterConfigs with what is to be `set`, and the settings to `reset`."""
        return self.send({name: _operations(body) for name, body in bodies.items()}, dry_run=dry_run)

    def send(self, entries: Mapping[str, Sequence[ConfigEntry]], *, dry_run: bool = False) -> Faults:
        """IncrementalAlterConfigs with entries that say what to do with each setting."""
        resources = [ConfigResource(self._of, name, incremental_configs=list(some)) for name, some in entries.items()]
        return self._wire.write(
            entries,
            lambda: self._wire.admin.incremental_alter_configs(
                resources, validate_only=dry_run, request_timeout=self._wire.timeout
            ),
        )


def _operations(body: Mapping[str, JsonValue]) -> list[ConfigEntry]:
    wanted = cast("dict[str, str]", body["set"])
    reset = cast("list[str]", body["reset"])
    return [
        *(ConfigEntry(key, text, incremental_operation=AlterConfigOpType.SET) for key, text in wanted.items()),
        *(ConfigEntry(key, None, incremental_operation=AlterConfigOpType.DELETE) for key in reset),
    ]
