"""Resources of Terraform's RabbitMQ provider (cyrilgdn/rabbitmq)."""

import json
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence

from pydantic import JsonValue
from typing_extensions import override

from mqinfra.providers.base.converting import terraform
from mqinfra.providers.base.converting.converter import Converter, Entry
from mqinfra.providers.base.converting.foreign import Foreign, Part, only, whole
from mqinfra.providers.rabbitmq.convert import entries
from mqinfra.providers.rabbitmq.settings.policy_keys import POLICY_KEYS
from mqinfra.providers.rabbitmq.settings.queue_arguments import QUEUE_ARGUMENTS

_DEFAULT = "/"
_UNSAID: tuple[JsonValue, ...] = (None, "", [], {}, 0, False)
"""Of these the provider sends nothing."""
_LONG = {"source": "src", "destination": "dest", "arguments": "args"}
"""Words that the provider spells out."""


class TerraformConverter(Converter):
    """Everything that the provider has."""

    name = terraform.NAME
    title = terraform.TITLE

    @override
    def detects(self, document: Foreign) -> bool:
        return terraform.is_terraform(document)

    @override
    def convert(self, documents: Sequence[Foreign]) -> Iterable[Entry]:
        for document in documents:
            for one in terraform.resources(document, _TYPES):
                one.values.skip("id")
                yield from _TYPES[one.type](one.values)


def _block(values: Part, name: str) -> Part:
    """The one block of a name, which stands in a list."""
    return next(values.at(name).each(), values.at(name, "nothing"))


def _arguments(said: Part) -> dict[str, JsonValue]:
    """Arguments: as JSON where their types were said, else texts, of which the known ones get their types back."""
    whole_text = said.text("arguments_json")
    if whole_text:
        try:
            given = json.loads(whole_text)
        except ValueError:
            given = None
        if isinstance(given, dict):
            return given
        said.lose("it is not a JSON object", "arguments_json")
    return said.mapping("arguments")


def _typed(given: Mapping[str, JsonValue]) -> dict[str, JsonValue]:
    """Whole numbers as numbers, as the provider itself sends them; it keeps all values as texts."""
    return {key: number if (number := whole(value)) is not None else _flag(key, value) for key, value in given.items()}


def _flag(key: str, value: JsonValue) -> JsonValue:
    setting = POLICY_KEYS.get(key) or QUEUE_ARGUMENTS.get(key)
    boolean = setting is not None and setting.type.value == "boolean"
    return {"true": True, "false": False}.get(str(value), value) if boolean else value


def _vhost(values: Part) -> Iterator[Entry]:
    if values.flag("tracing"):
        values.lose("tracing is switched on for a while, by `rabbitmqctl trace_on`", "tracing")
    data: dict[str, JsonValue] = {
        "description": values.text("description") or None,
        "defaultQueueType": values.text("default_queue_type") or None,
        "limits": only(
            {"max-connections": values.number("max_connections"), "max-queues": values.number("max_queues")}
        ),
    }
    yield Entry("vhosts", (values.text("name") or "",), only(data), values)


def _user(values: Part) -> Iterator[Entry]:
    values.lose(entries.LOGIN, "password")
    yield Entry("users", (values.text("name") or "",), {"tags": [*filter(None, values.texts("tags"))]}, values)


def _permissions(values: Part) -> Iterator[Entry]:
    place = (values.text("vhost") or _DEFAULT, values.text("user") or "")
    said = _block(values, "permissions")
    data: dict[str, JsonValue] = {field: said.text(field) or "" for field in ("configure", "write", "read")}
    yield Entry("permissions", place, data, values)


def _topic_permissions(values: Part) -> Iterator[Entry]:
    place = (values.text("vhost") or _DEFAULT, values.text("user") or "")
    for said in values.at("permissions").each():
        exchange = said.text("exchange") or ""
        data: dict[str, JsonValue] = {field: said.text(field) or "" for field in ("write", "read")}
        yield Entry("topicPermissions", (*place, exchange), data, values)


def _exchange(values: Part) -> Iterator[Entry]:
    said = _block(values, "settings")
    yield entries.exchange(
        values.text("vhost") or _DEFAULT,
        values.text("name") or "",
        values,
        kind=said.text("type"),
        durable=said.flag("durable") or False,
        auto_delete=said.flag("auto_delete"),
        internal=None,
        arguments=_arguments(said),
    )


def _queue(values: Part) -> Iterator[Entry]:
    said = _block(values, "settings")
    yield entries.queue(
        values.text("vhost") or _DEFAULT,
        values.text("name") or "",
        values,
        kind=None,
        durable=said.flag("durable") or False,
        auto_delete=said.flag("auto_delete"),
        arguments=_arguments(said),
    )


def _binding(values: Part) -> Iterator[Entry]:
    values.skip("properties_key")
    yield entries.binding(
        values.text("vhost") or _DEFAULT,
        values,
        exchange=values.text("source") or "",
        destination=values.text("destination") or "",
        to_queue=values.text("destination_type") != "exchange",
        key=values.text("routing_key"),
        arguments=_arguments(values),
    )


def _policies(kind: str) -> Callable[[Part], Iterator[Entry]]:
    def made(values: Part) -> Iterator[Entry]:
        said = _block(values, "policy")
        data: dict[str, JsonValue] = {
            "pattern": said.text("pattern"),
            "applyTo": said.text("apply_to"),
            "priority": said.number("priority"),
            "definition": _typed(said.mapping("definition")),
        }
        yield Entry(kind, (values.text("vhost") or _DEFAULT, values.text("name") or ""), only(data), values)

    return made


def _parameters(component: str, block: str) -> Callable[[Part], Iterator[Entry]]:
    def made(values: Part) -> Iterator[Entry]:
        values.skip("component")
        said = _block(values, block).mapping()
        value: JsonValue = {_hyphened(key): item for key, item in said.items() if item not in _UNSAID}
        path = (values.text("vhost") or _DEFAULT, component, values.text("name") or "")
        found = entries.parameter(path, value, values)
        yield from [found] if found is not None else []

    return made


def _hyphened(key: str) -> str:
    return "-".join(_LONG.get(word, word) for word in key.split("_"))


_TYPES: Mapping[str, Callable[[Part], Iterator[Entry]]] = {
    "rabbitmq_vhost": _vhost,
    "rabbitmq_user": _user,
    "rabbitmq_permissions": _permissions,
    "rabbitmq_topic_permissions": _topic_permissions,
    "rabbitmq_exchange": _exchange,
    "rabbitmq_queue": _queue,
    "rabbitmq_binding": _binding,
    "rabbitmq_policy": _policies("policies"),
    "rabbitmq_operator_policy": _policies("operatorPolicies"),
    "rabbitmq_federation_upstream": _parameters("federation-upstream", "definition"),
    "rabbitmq_shovel": _parameters("shovel", "info"),
}
