"""Topics as AsyncAPI's channels."""

from collections.abc import Iterable, Mapping, Sequence

from pydantic import JsonValue
from typing_extensions import override

from mqinfra.providers.base.converting import asyncapi
from mqinfra.providers.base.converting.exporter import Exported, Exporter
from mqinfra.providers.base.converting.foreign import only


class AsyncApiExporter(Exporter):
    """A channel for each topic."""

    name = asyncapi.NAME
    title = asyncapi.TITLE
    whole = True

    @override
    def export(self, alias: str, resources: Sequence[Exported]) -> Iterable[Mapping[str, JsonValue]]:
        channels: dict[str, JsonValue] = {}
        for one in resources:
            if one.address.kind != "topics":
                continue
            config = one.spec.mapping("config")
            cleanup = config.get("cleanup.policy")
            if isinstance(cleanup, str):
                config["cleanup.policy"] = [*cleanup.split(",")]
            bound: dict[str, JsonValue] = {
                "partitions": one.spec.number("partitions"),
                "replicas": one.spec.number("replicationFactor"),
                "topicConfiguration": config,
                "bindingVersion": "0.5.0",
            }
            key = asyncapi.channel_key(alias, one.address.name)
            channels[key] = {"address": one.address.name, "bindings": {"kafka": only(bound)}}
        yield asyncapi.document(channels)
