"""AsyncAPI's channels with Kafka's bindings."""

from collections.abc import Iterable, Sequence

from typing_extensions import override

from mqinfra.providers.base.converting import asyncapi
from mqinfra.providers.base.converting.converter import Converter, Entry
from mqinfra.providers.base.converting.foreign import Foreign
from mqinfra.providers.kafka.convert import entries


class AsyncApiConverter(Converter):
    """A topic for each channel."""

    name = asyncapi.NAME
    title = asyncapi.TITLE

    @override
    def detects(self, document: Foreign) -> bool:
        return asyncapi.is_asyncapi(document)

    @override
    def convert(self, documents: Sequence[Foreign]) -> Iterable[Entry]:
        for document in documents:
            for channel in asyncapi.channels(document, "kafka", ("kafka", "kafka-secure")):
                bound = channel.binding
                name = bound.text("topic") or channel.address
                if not name:
                    channel.part.lose("it has no address")
                    continue
                yield entries.topic(
                    name,
                    channel.part,
                    partitions=bound.number("partitions"),
                    replicas=bound.number("replicas"),
                    config=bound.mapping("topicConfiguration"),
                )
