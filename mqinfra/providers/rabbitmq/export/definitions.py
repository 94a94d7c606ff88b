"""Resources as RabbitMQ's definitions, without users, who would lose their passwords."""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence

from pydantic import JsonValue
from typing_extensions import override

from mqinfra.providers.base.converting.exporter import Exported, Exporter
from mqinfra.providers.base.converting.foreign import Part, only

Row = dict[str, JsonValue]
Rows = Iterator[tuple[str, Row]]
Names = tuple[str, ...]
_USER = "no hash is exported, and to import a user without one takes its password away; make users first"
_SECRET = "credentials are never exported, and it can't be imported without"  # noqa: S105 - a message
_TYPE = "x-queue-type"


class DefinitionsExporter(Exporter):
    """One file, as `rabbitmqctl import_definitions` and `load_definitions` read it."""

    name = "definitions"
    title = "RabbitMQ's definitions"
    whole = True
    json = True

    @override
    def export(self, alias: str, resources: Sequence[Exported]) -> Iterable[Mapping[str, JsonValue]]:
        sections: dict[str, JsonValue] = {}
        for one in resources:
            for section, row in _rows(one):
                rows = sections.setdefault(section, [])
                if isinstance(rows, list):
                    rows.append(row)
        yield sections


def _rows(one: Exported) -> Iterator[tuple[str, Row]]:
    if one.address.kind == "users":
        one.spec.lose(_USER)
    made = _OF_KIND.get(one.address.kind)
    if made is not None:
        yield from made(one.address.path, one.spec)


def _permission(path: Names, spec: Part) -> Rows:
    rights: Row = {field: spec.text(field) or "" for field in ("configure", "write", "read")}
    yield "permissions", {"user": path[1], "vhost": path[0], **rights}


def _topic_permission(path: Names, spec: Part) -> Rows:
    keys: Row = {field: spec.text(field) or "" for field in ("write", "read")}
    yield "topic_permissions", {"user": path[1], "vhost": path[0], "exchange": path[2], **keys}


def _of_vhost(path: Names, spec: Part) -> Rows:
    if _sayable(spec):
        yield "parameters", _parameter(path[0], path[1], path[2], spec.at("value").take())


def _of_all(path: Names, spec: Part) -> Rows:
    if _sayable(spec):
        yield "global_parameters", {"name": path[0], "value": spec.at("value").take()}


def _in_a_vhost(section: str, said: Callable[[Part], Row]) -> Callable[[Names, Part], Rows]:
    def made(path: Names, spec: Part) -> Rows:
        yield section, {**({"name": path[1]} if len(path) > 1 else {}), "vhost": path[0], **said(spec)}

    return made


def _operator_policy(path: Names, spec: Part) -> Rows:
    yield "parameters", _parameter(path[0], "operator_policy", path[1], _policy(spec))


def _parameter(vhost: str, component: str, name: str, value: JsonValue) -> Row:
    return {"vhost": vhost, "component": component, "name": name, "value": value}


def _vhost(path: Names, spec: Part) -> Rows:
    name = path[0]
    about: Row = {
        "description": spec.text("description") or "",
        "tags": [*spec.texts("tags")],
        "default_queue_type": spec.text("defaultQueueType"),
    }
    protection = spec.flag("deletionProtection")
    said = {key: value for key, value in about.items() if value is not None}
    guarded: Row = {"protected_from_deletion": True} if protection else {}
    yield "vhosts", {"name": name, **said, **guarded, "metadata": {**said, **guarded}}
    limits = spec.mapping("limits")
    if limits:
        yield "parameters", _parameter(name, "vhost-limits", "limits", limits)


def _sayable(spec: Part) -> bool:
    if spec.at("secrets").value:
        spec.lose(_SECRET)
        return False
    spec.skip("secrets")
    return True


def _policy(spec: Part) -> Row:
    return {
        "pattern": spec.text("pattern") or "",
        "apply-to": spec.text("applyTo") or "all",
        "priority": spec.number("priority") or 0,
        "definition": spec.mapping("definition"),
    }


def _exchange(spec: Part) -> Row:
    return {
        "type": spec.text("type") or "direct",
        "durable": spec.flag("durable") is not False,
        "auto_delete": bool(spec.flag("autoDelete")),
        "internal": bool(spec.flag("internal")),
        "arguments": spec.mapping("arguments"),
    }


def _queue(spec: Part) -> Row:
    kind = spec.text("type")
    return {
        "durable": spec.flag("durable") is not False,
        "auto_delete": bool(spec.flag("autoDelete")),
        "arguments": {**only({_TYPE: kind}), **spec.mapping("arguments")},
    }


def _binding(spec: Part) -> Row:
    queue, other = spec.text("queue"), spec.text("toExchange")
    return {
        "source": spec.text("exchange") or "",
        "destination": queue or other or "",
        "destination_type": "queue" if queue else "exchange",
        "routing_key": spec.text("routingKey") or "",
        "arguments": spec.mapping("arguments"),
    }


_OF_KIND: Mapping[str, Callable[[Names, Part], Rows]] = {
    "vhosts": _vhost,
    "permissions": _permission,
    "topicPermissions": _topic_permission,
    "policies": _in_a_vhost("policies", _policy),
    "operatorPolicies": _operator_policy,
    "parameters": _of_vhost,
    "globalParameters": _of_all,
    "exchanges": _in_a_vhost("exchanges", _exchange),
    "queues": _in_a_vhost("queues", _queue),
    "bindings": _in_a_vhost("bindings", _binding),
}
