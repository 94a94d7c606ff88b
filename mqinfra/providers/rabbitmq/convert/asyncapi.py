"""AsyncAPI's channels with bindings of AMQP 0-9-1."""

from collections.abc import Iterable, Iterator, Sequence

from typing_extensions import override

from mqinfra.providers.base.converting import asyncapi
from mqinfra.providers.base.converting.converter import Converter, Entry
from mqinfra.providers.base.converting.foreign import Foreign
from mqinfra.providers.rabbitmq.convert import entries

_DEFAULT = "/"
_EXCLUSIVE = "an exclusive queue belongs to a connection, and can't be declared"
_UNBOUND = "it names neither an exchange nor a queue"


class AsyncApiConverter(Converter):
    """Exchanges and queues of channels; where one has both, the queue is bound with the channel's address."""

    name = asyncapi.NAME
    title = asyncapi.TITLE

    @override
    def detects(self, document: Foreign) -> bool:
        return asyncapi.is_asyncapi(document)

    @override
    def convert(self, documents: Sequence[Foreign]) -> Iterable[Entry]:
        for document in documents:
            for channel in asyncapi.channels(document, "amqp", ("amqp", "amqps")):
                yield from _converted(channel)


def _converted(channel: asyncapi.Channel) -> Iterator[Entry]:
    bound, said, queued = channel.binding, channel.binding.at("exchange"), channel.binding.at("queue")
    is_queue = bound.text("is") == "queue"
    exchange, kind, vhost = said.text("name"), said.text("type"), said.text("vhost") or _DEFAULT
    durable, auto_delete = said.flag("durable"), said.flag("autoDelete")
    if exchange and kind != "default":
        yield entries.exchange(
            vhost, exchange, said, kind=kind, durable=durable, auto_delete=auto_delete, internal=None, arguments={}
        )
    queue = queued.text("name") or (channel.address if is_queue else None)
    if queue is not None and queued.flag("exclusive"):
        queued.lose(_EXCLUSIVE)
        return
    if queue is not None:
        within = queued.text("vhost") or vhost
        yield entries.queue(
            within,
            queue,
            queued or channel.part,
            kind=None,
            durable=queued.flag("durable"),
            auto_delete=queued.flag("autoDelete"),
            arguments={},
        )
        if exchange and kind != "default" and not is_queue:
            yield entries.binding(
                within,
                channel.part,
                exchange=exchange,
                destination=queue,
                to_queue=True,
                key=channel.address,
                arguments={},
            )
    elif not exchange:
        channel.part.lose(_UNBOUND)
