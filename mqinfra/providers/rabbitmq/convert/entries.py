"""Entries that several formats make, from what they all call by the server's own words."""

from collections.abc import Mapping

from pydantic import JsonValue

from mqinfra.providers.base.converting.converter import Entry
from mqinfra.providers.base.converting.foreign import Part, only
from mqinfra.providers.rabbitmq.settings.credentials import part as part_credentials

LOGIN = "passwords and their hashes are never copied; a user keeps what it has, or say `password: {env: NAME}`"
_TYPE = "x-queue-type"


def queue(
    vhost: str,
    name: str,
    source: Part,
    *,
    kind: str | None,
    durable: bool | None,
    auto_delete: bool | None,
    arguments: Mapping[str, JsonValue],
) -> Entry:
    """A queue; its type may stand among its arguments."""
    given = dict(arguments)
    said = given.pop(_TYPE, None)
    data = {
        "type": kind or (str(said) if said is not None else None),
        "durable": durable,
        "autoDelete": auto_delete,
        "arguments": given,
    }
    return Entry("queues", (vhost, name), only(data), source)


def exchange(
    vhost: str,
    name: str,
    source: Part,
    *,
    kind: str | None,
    durable: bool | None,
    auto_delete: bool | None,
    internal: bool | None,
    arguments: Mapping[str, JsonValue],
) -> Entry:
    """An exchange; `direct` where nobody says its type, as clients have it."""
    data = {
        "type": kind or "direct",
        "durable": durable,
        "autoDelete": auto_delete,
        "internal": internal,
        "arguments": dict(arguments),
    }
    return Entry("exchanges", (vhost, name), only(data), source)


def binding(
    vhost: str,
    source: Part,
    *,
    exchange: str,
    destination: str,
    to_queue: bool,
    key: str | None,
    arguments: Mapping[str, JsonValue],
) -> Entry:
    """A binding of an exchange to a queue or to another exchange."""
    data = {
        "exchange": exchange,
        ("queue" if to_queue else "toExchange"): destination,
        "routingKey": key or None,
        "arguments": dict(arguments),
    }
    return Entry("bindings", (vhost,), only(data), source)


def parameter(path: tuple[str, ...], value: JsonValue, source: Part) -> Entry | None:
    """A parameter, or without vhost and component a global one; credentials in it become references."""
    parted = part_credentials(value, path)
    if parted.why_not:
        source.lose(parted.why_not)
        return None
    data: dict[str, JsonValue] = {"value": parted.shown}
    if parted.references:
        data["secrets"] = {key: {"env": reference.env} for key, reference in parted.references.items()}
        for key, reference in parted.references.items():
            (source.find(key) or source).lose(f"`{key}` holds a credential; set {reference.env} to it")
    return Entry("globalParameters" if len(path) == 1 else "parameters", path, data, source)
