"""Resources of RabbitMQ's messaging topology operator for Kubernetes."""

import base64
import binascii
import re
from collections.abc import Iterable, Iterator, Mapping, Sequence

from pydantic import JsonValue
from typing_extensions import override

from mqinfra.providers.base.converting.converter import Converter, Entry
from mqinfra.providers.base.converting.foreign import Foreign, Part, only
from mqinfra.providers.base.converting.kubernetes import is_of, labels_of, name_of
from mqinfra.providers.rabbitmq.convert import entries

GROUP = "rabbitmq.com"
READ_BY_THE_OPERATOR = "rabbitmq.com/topology-operator"
_WHERE = "rabbitmqClusterReference"
_DEFAULT = "/"
_URIS = {"federation-upstream": ("uri",), "shovel": ("srcUri", "destUri")}
_UNNAMED = "the operator makes up the user's name, or reads it in a Secret that is not among the files"
_RETAINED = "nothing goes by itself here but routes and rights; `lifecycle: {protect: true}` says more"


class TopologyOperatorConverter(Converter):
    """All kinds but clusters, super streams and the replication of schemas."""

    name = "topology-operator"
    title = "RabbitMQ topology operator's resources"

    @override
    def detects(self, document: Foreign) -> bool:
        return is_of(document, GROUP, _KINDS) or _is_login(document)

    @override
    def convert(self, documents: Sequence[Foreign]) -> Iterable[Entry]:
        logins: dict[str, Part] = {}
        for document in documents:
            if _is_login(document):
                logins[name_of(document.root)] = _login(document.root)
        users = dict(_names(documents, logins))
        for document in documents:
            root = document.root
            if root.at("kind").value in _KINDS:
                named, spec = name_of(root), root.at("spec")
                spec.skip(_WHERE)
                if spec.at("deletionPolicy").value == "retain":
                    spec.lose(_RETAINED, "deletionPolicy")
                spec.skip("deletionPolicy")
                yield from _KINDS[str(root.at("kind").value)](_Resource(root, named, users))


class _Resource:
    """One resource.

    Attributes:
        root: all of it.
        spec: what it asks for.
        named: its name in Kubernetes.
        labels: its labels.
    """

    def __init__(self, root: Part, named: str, users: Mapping[str, str]) -> None:
        self.root, self.spec, self.named = root, root.at("spec"), named
        self.labels = labels_of(root, ())
        self._users = users

    @property
    def vhost(self) -> str:
        """The vhost that it is in."""
        return self.spec.text("vhost") or _DEFAULT

    @property
    def name(self) -> str:
        """Its name on the server."""
        return self.spec.text("name") or self.named

    @property
    def user(self) -> str | None:
        """The user that a right is of; None where nobody can tell, which is lost."""
        said, referred = self.spec.text("user"), self.spec.text("userReference", "name")
        user = said or self._users.get(referred or "")
        if user is None:
            self.root.lose(_UNNAMED)
        return user

    def own_name(self) -> str | None:
        """The name of a user."""
        user = self._users.get(self.named)
        if user is None:
            self.root.lose(_UNNAMED)
        return user


def _is_login(document: Foreign) -> bool:
    root = document.root
    if root.at("kind").value != "Secret" or root.at("apiVersion").value != "v1":
        return False
    marked = root.at("metadata", "labels", READ_BY_THE_OPERATOR)
    return bool(marked) or any(root.at(place, "username") for place in ("data", "stringData"))


def _login(root: Part) -> Part:
    root.skip("type")
    root.at("metadata", "labels").skip()
    for place in ("data", "stringData"):
        for key, part in root.at(place).items():
            if key == "username":
                part.take()
            else:
                part.lose(entries.LOGIN)
    return root


def _names(documents: Iterable[Foreign], logins: Mapping[str, Part]) -> Iterator[tuple[str, str]]:
    """The users by their names in Kubernetes."""
    for document in documents:
        root = document.root
        if root.at("kind").value == "User":
            login = logins.get(root.text("spec", "importCredentialsSecret", "name") or "")
            name = _username(login) if login is not None else None
            if name is not None:
                yield name_of(root), name


def _username(login: Part) -> str | None:
    plain, encoded = login.at("stringData", "username").value, login.at("data", "username").value
    if isinstance(plain, str):
        return plain
    try:
        return base64.b64decode(str(encoded), validate=True).decode() if encoded else None
    except (binascii.Error, UnicodeDecodeError):
        return None


def _queue(one: _Resource) -> Iterator[Entry]:
    one.spec.skip("deleteIfEmpty", "deleteIfUnused")
    made = entries.queue(
        one.vhost,
        one.name,
        one.root,
        kind=one.spec.text("type") or "classic",
        durable=one.spec.flag("durable"),
        auto_delete=one.spec.flag("autoDelete"),
        arguments=one.spec.mapping("arguments"),
    )
    yield Entry(made.type, made.path, made.data, made.source, one.labels)


def _exchange(one: _Resource) -> Iterator[Entry]:
    made = entries.exchange(
        one.vhost,
        one.name,
        one.root,
        kind=one.spec.text("type"),
        durable=one.spec.flag("durable") or False,  # other than in queues, the operator takes a missing one for false
        auto_delete=one.spec.flag("autoDelete"),
        internal=None,
        arguments=one.spec.mapping("arguments"),
    )
    yield Entry(made.type, made.path, made.data, made.source, one.labels)


def _binding(one: _Resource) -> Iterator[Entry]:
    made = entries.binding(
        one.vhost,
        one.root,
        exchange=one.spec.text("source") or "",
        destination=one.spec.text("destination") or "",
        to_queue=one.spec.text("destinationType") != "exchange",
        key=one.spec.text("routingKey"),
        arguments=one.spec.mapping("arguments"),
    )
    yield Entry(made.type, made.path, made.data, made.source, one.labels)


def _policy(one: _Resource) -> Iterator[Entry]:
    kind = "operatorPolicies" if one.root.at("kind").value == "OperatorPolicy" else "policies"
    data: dict[str, JsonValue] = {
        "pattern": one.spec.text("pattern"),
        "applyTo": one.spec.text("applyTo"),
        "priority": one.spec.number("priority"),
        "definition": one.spec.mapping("definition"),
    }
    yield Entry(kind, (one.vhost, one.name), only(data), one.root, one.labels)


def _vhost(one: _Resource) -> Iterator[Entry]:
    if one.spec.flag("tracing"):
        one.spec.lose("tracing is switched on for a while, by `rabbitmqctl trace_on`", "tracing")
    limits = {
        "max-connections": one.spec.number("limits", "connections"),
        "max-queues": one.spec.number("limits", "queues"),
    }
    data: dict[str, JsonValue] = {
        "tags": [*one.spec.texts("tags")],
        "defaultQueueType": one.spec.text("defaultQueueType"),
        "limits": only(limits),
    }
    yield Entry("vhosts", (one.name,), only(data), one.root, one.labels)


def _user(one: _Resource) -> Iterator[Entry]:
    one.spec.skip("importCredentialsSecret")
    name = one.own_name()
    if name is not None:
        given = {key: one.spec.number(place, said)
                 for place in ("limits", "userLimits")
                 for said, key in (("connections", "max-connections"), ("channels", "max-channels"))
                 if one.spec.at(place, said)}  # fmt: skip
        data: dict[str, JsonValue] = {"tags": [*one.spec.texts("tags")], "limits": only(given)}
        yield Entry("users", (name,), only(data), one.root, one.labels)


def _permission(one: _Resource) -> Iterator[Entry]:
    user, said = one.user, one.spec.at("permissions")
    data: dict[str, JsonValue] = {field: said.text(field) or "" for field in ("configure", "write", "read")}
    if user is not None:
        yield Entry("permissions", (one.vhost, user), data, one.root, one.labels)


def _topic_permission(one: _Resource) -> Iterator[Entry]:
    user, said = one.user, one.spec.at("permissions")
    exchange = said.text("exchange") or ""
    data: dict[str, JsonValue] = {field: said.text(field) or "" for field in ("write", "read")}
    if user is not None:
        yield Entry("topicPermissions", (one.vhost, user, exchange), data, one.root, one.labels)


def _parameter(one: _Resource) -> Iterator[Entry]:
    """A federation upstream or a shovel; their URIs stand in a Secret, of which nothing is read."""
    component = "shovel" if one.root.at("kind").value == "Shovel" else "federation-upstream"
    vhost, name = one.vhost, one.name
    one.spec.skip("name", "vhost", "uriSecret")
    value = {_kebab(key): part.take() for key, part in one.spec.items() if key not in _OF_THE_RESOURCE}
    names = {_kebab(key): _variable(component, name, key) for key in _URIS[component]}
    one.spec.at("uriSecret").lose(f"the Secret is not read; set {', '.join(names.values())}")
    data: dict[str, JsonValue] = {"value": only(value), "secrets": {key: {"env": name} for key, name in names.items()}}
    yield Entry("parameters", (vhost, component, name), data, one.root, one.labels)


_OF_THE_RESOURCE = ("name", "vhost", "uriSecret", _WHERE, "deletionPolicy")
_KINDS = {
    "Queue": _queue,
    "Exchange": _exchange,
    "Binding": _binding,
    "Policy": _policy,
    "OperatorPolicy": _policy,
    "Vhost": _vhost,
    "User": _user,
    "Permission": _permission,
    "TopicPermission": _topic_permission,
    "Federation": _parameter,
    "Shovel": _parameter,
}


def _kebab(key: str) -> str:
    return re.sub(r"([a-z])([A-Z])", r"\1-\2", key).lower()


def _variable(*words: str) -> str:
    return "_".join(re.sub(r"[^A-Z0-9]+", "_", _kebab(word).upper()) for word in ("rabbitmq", *words))
