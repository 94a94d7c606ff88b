"""Exchanges and queues as AsyncAPI's channels."""

from collections.abc import Iterable, Mapping, Sequence

from pydantic import JsonValue
from typing_extensions import override

from mqinfra.providers.base.converting import asyncapi
from mqinfra.providers.base.converting.exporter import Exported, Exporter
from mqinfra.providers.base.converting.foreign import only

_TYPES = ("topic", "direct", "fanout", "headers")


class AsyncApiExporter(Exporter):
    """A channel for each exchange and each queue; types of queues, arguments and bindings have no words there."""

    name = asyncapi.NAME
    title = asyncapi.TITLE
    whole = True

    @override
    def export(self, alias: str, resources: Sequence[Exported]) -> Iterable[Mapping[str, JsonValue]]:
        channels: dict[str, JsonValue] = {}
        for one in resources:
            if one.address.kind not in ("exchanges", "queues"):
                continue
            vhost, name = one.address.path
            is_queue = one.address.kind == "queues"
            kind = None if is_queue else one.spec.text("type")
            if kind not in (None, *_TYPES):
                one.spec.lose("AsyncAPI knows no exchanges of this type")
                continue
            said: dict[str, JsonValue] = {
                "name": name,
                "type": kind,
                "durable": one.spec.flag("durable"),
                "exclusive": False if is_queue else None,
                "autoDelete": one.spec.flag("autoDelete"),
                "vhost": vhost,
            }
            if one.spec.at("internal").value is False:
                one.spec.skip("internal")
            if one.spec.at("type").value == "classic":
                one.spec.skip("type")
            word = "queue" if is_queue else "exchange"
            bound: dict[str, JsonValue] = {
                "is": "queue" if is_queue else "routingKey",
                word: only(said),
                "bindingVersion": "0.3.0",
            }
            key = asyncapi.channel_key(alias, vhost, word, name)
            channels[key] = {"address": name if is_queue else None, "bindings": {"amqp": bound}}
        yield asyncapi.document(channels)
