"""Resources as those of RabbitMQ's messaging topology operator."""

from collections.abc import Iterable, Mapping, Sequence

from pydantic import JsonValue
from typing_extensions import override

from mqinfra.providers.base.converting.exporter import Exported, Exporter, kubernetes_name
from mqinfra.providers.base.converting.foreign import Part, only
from mqinfra.providers.rabbitmq.convert.topology_operator import GROUP, READ_BY_THE_OPERATOR

Document = dict[str, JsonValue]
_LOGIN = "put the password into the Secret: without it the operator makes one up"
_SECRET = "credentials are never exported; put them into the Secret that is named"  # noqa: S105 - a message


class TopologyOperatorExporter(Exporter):
    """One resource each; a user comes with the Secret that names it."""

    name = "topology-operator"
    title = "RabbitMQ topology operator's resources"

    @override
    def export(self, alias: str, resources: Sequence[Exported]) -> Iterable[Mapping[str, JsonValue]]:
        for one in resources:
            kind = _KINDS.get(one.address.kind)
            if kind is None:
                continue
            if one.address.kind == "users":
                yield _secret(one.address.name)
            spec = _spec(one)
            if spec is not None:
                words = [*one.address.path, *(value for _, value in one.address.pairs)]
                component = one.address.path[1] if one.address.kind == "parameters" else ""
                yield {
                    "apiVersion": f"{GROUP}/v1beta1",
                    "kind": _COMPONENTS.get(component, kind),
                    "metadata": {"name": kubernetes_name(*words)},
                    "spec": {**only(spec), "rabbitmqClusterReference": {"name": alias}},
                }


_KINDS = {
    "vhosts": "Vhost",
    "users": "User",
    "permissions": "Permission",
    "topicPermissions": "TopicPermission",
    "policies": "Policy",
    "operatorPolicies": "OperatorPolicy",
    "exchanges": "Exchange",
    "queues": "Queue",
    "bindings": "Binding",
    "parameters": "Federation",
}
_COMPONENTS = {"shovel": "Shovel", "federation-upstream": "Federation"}


def _secret(user: str) -> Document:
    about: Document = {"name": f"{kubernetes_name(user)}-login", "labels": {READ_BY_THE_OPERATOR: "true"}}
    return {"apiVersion": "v1", "kind": "Secret", "metadata": about, "type": "Opaque", "stringData": {"username": user}}


def _spec(one: Exported) -> Document | None:
    spec, path = one.spec, one.address.path
    match one.address.kind:
        case "vhosts":
            return _vhost(path[0], spec)
        case "users":
            return _user(path[0], spec)
        case "permissions":
            rights: Document = {field: spec.text(field) or "" for field in ("configure", "write", "read")}
            return {"vhost": path[0], "user": path[1], "permissions": rights}
        case "topicPermissions":
            keys: Document = {field: spec.text(field) or "" for field in ("write", "read")}
            return {"vhost": path[0], "user": path[1], "permissions": {"exchange": path[2], **keys}}
        case "policies" | "operatorPolicies":
            return {
                "vhost": path[0],
                "name": path[1],
                "pattern": spec.text("pattern"),
                "applyTo": spec.text("applyTo"),
                "priority": spec.number("priority"),
                "definition": spec.mapping("definition"),
            }
        case "exchanges":
            if not spec.flag("internal"):
                return {"vhost": path[0], "name": path[1], **_declared(spec)}
            spec.lose("the operator knows no internal exchanges")
        case "queues":
            return {"vhost": path[0], "name": path[1], **_declared(spec)}
        case "bindings":
            return _binding(path[0], spec)
        case "parameters":
            return _parameter(path, spec)
    return None


def _declared(spec: Part) -> Document:
    return {
        "type": spec.text("type"),
        "durable": spec.flag("durable") is not False,
        "autoDelete": bool(spec.flag("autoDelete")),
        "arguments": spec.mapping("arguments"),
    }


def _vhost(name: str, spec: Part) -> Document:
    spec.lose("the operator's Vhost has no description", "description")
    spec.lose("the operator protects no vhost; `deletionPolicy: retain` keeps it", "deletionProtection")
    limits: Document = {
        "connections": spec.number("limits", "max-connections"),
        "queues": spec.number("limits", "max-queues"),
    }
    return {
        "name": name,
        "tags": [*spec.texts("tags")],
        "defaultQueueType": spec.text("defaultQueueType"),
        "limits": only(limits),
    }


def _user(name: str, spec: Part) -> Document:
    spec.lose(_LOGIN, "password")
    limits: Document = {
        "connections": spec.number("limits", "max-connections"),
        "channels": spec.number("limits", "max-channels"),
    }
    return {
        "tags": [*spec.texts("tags")],
        "limits": only(limits),
        "importCredentialsSecret": {"name": f"{kubernetes_name(name)}-login"},
    }


def _binding(vhost: str, spec: Part) -> Document:
    queue, other = spec.text("queue"), spec.text("toExchange")
    return {
        "vhost": vhost,
        "source": spec.text("exchange"),
        "destination": queue or other,
        "destinationType": "queue" if queue else "exchange",
        "routingKey": spec.text("routingKey") or None,
        "arguments": spec.mapping("arguments"),
    }


def _parameter(path: tuple[str, ...], spec: Part) -> Document | None:
    vhost, component, name = path
    if component not in _COMPONENTS or not isinstance(spec.at("value").value, dict):
        spec.lose("the operator knows shovels and federation upstreams, and no other parameters")
        return None
    uris = ("uri",) if component == "federation-upstream" else ("src-uri", "dest-uri")
    for key in uris:
        spec.at("value", key).lose("put it into the Secret that is named")
    spec.lose(_SECRET, "secrets")
    said = {_camel(component, key): part.take() for key, part in spec.at("value").items() if key not in uris}
    return {"vhost": vhost, "name": name, "uriSecret": {"name": f"{kubernetes_name(vhost, name)}-uri"}, **said}


def _camel(component: str, key: str) -> str:
    if component == "federation-upstream" and key == "prefetch-count":
        return key
    first, *rest = key.split("-")
    return first + "".join("TTL" if word == "ttl" else word.capitalize() for word in rest)
