"""RabbitMQ's definitions: exports of `rabbitmqctl` and of the management API, and what people write for themselves."""

from collections.abc import Iterable, Iterator, Sequence

from pydantic import JsonValue
from typing_extensions import override

from mqinfra.providers.base.converting.converter import Converter, Entry
from mqinfra.providers.base.converting.foreign import Foreign, Part, only
from mqinfra.providers.rabbitmq.convert import entries
from mqinfra.providers.rabbitmq.io.list_all import tags_of

_VERSIONS = ("rabbitmq_version", "rabbit_version")
_ABOUT = (
    *_VERSIONS,
    "product_name",
    "product_version",
    "rabbitmq_definition_format",
    "original_cluster_name",
    "original_vhost_name",
    "explanation",
)
_TOLD_BY = {
    "queues": "name",
    "exchanges": "name",
    "bindings": "destination",
    "policies": "definition",
    "parameters": "component",
    "permissions": "configure",
    "topic_permissions": "exchange",
    "users": "tags",
    "vhosts": "name",
}
"""Sections, and what their rows have."""
_UNNAMED = "it has no name"
_LIMITS, _OPERATOR_POLICY = "vhost-limits", "operator_policy"


class DefinitionsConverter(Converter):
    """Definitions of all vhosts, or of one where the file says of which."""

    name = "definitions"
    title = "RabbitMQ's definitions, exported or hand-written"

    @override
    def detects(self, document: Foreign) -> bool:
        data = document.data
        if not isinstance(data, dict) or "kind" in data or "apiVersion" in data:
            return False
        if any(name in data for name in _VERSIONS):
            return True
        rows = ((row, key) for name, key in _TOLD_BY.items() for row in document.root.at(name).each())
        return any(bool(row.at(key)) for row, key in rows)

    @override
    def convert(self, documents: Sequence[Foreign]) -> Iterable[Entry]:
        for document in documents:
            yield from _Definitions(document.root).entries()


def _first(values: Sequence[JsonValue]) -> JsonValue:
    """The first that says something."""
    return next((value for value in values if value), None)


class _Definitions:
    def __init__(self, root: Part) -> None:
        self._root = root
        self._exported = any(root.at(name) for name in _VERSIONS)
        """A server that exports names the type of every queue that is not classic."""
        self._vhost = root.at("original_vhost_name").value

    def entries(self) -> Iterator[Entry]:
        root = self._root
        root.skip(*_ABOUT)
        yield from self._vhosts()
        for row in root.at("users").each():
            yield from self._user(row)
        for row in root.at("permissions").each():
            yield from self._grant(row)
        for row in root.at("topic_permissions").each():
            yield from self._topic_grant(row)
        for row in root.at("policies").each():
            yield from self._policy(row, "policies")
        for row in root.at("exchanges").each():
            yield from self._exchange(row)
        for row in root.at("queues").each():
            yield from self._queue(row)
        for row in root.at("bindings").each():
            yield from self._binding(row)
        for row in root.at("parameters").each():
            yield from self._parameter(row)
        for row in root.at("global_parameters").each():
            name = row.text("name")
            found = entries.parameter((name,), row.at("value").take(), row) if name else None
            yield from [found] if found is not None else []

    def _vhosts(self) -> Iterator[Entry]:
        limits: dict[str, dict[str, JsonValue]] = {}
        for row in self._root.at("parameters").each():
            if row.at("component").value == _LIMITS:
                row.skip("component", "name")
                limits.setdefault(str(row.text("vhost")), {}).update(row.mapping("value"))
        for row in self._root.at("vhosts").each():
            name = row.text("name")
            if name is None:
                continue
            # Newer servers say the same twice: in the row itself, and under `metadata`.
            places = [row.at("metadata"), row]
            kinds = [part.text("default_queue_type") for part in places]
            guarded = [part.flag("protected_from_deletion") for part in places]
            data: dict[str, JsonValue] = {
                "description": _first([part.text("description") for part in places]),
                "tags": _first([[*tags_of(part.at("tags").take())] for part in places]),
                "defaultQueueType": _first([None if kind == "undefined" else kind for kind in kinds]),
                "limits": row.mapping("limits") | limits.pop(name, {}),
                "deletionProtection": _first(guarded),
            }
            if row.flag("tracing"):
                row.lose("tracing is switched on for a while, by `rabbitmqctl trace_on`", "tracing")
            yield Entry("vhosts", (name,), only(data), row)
        for name, given in limits.items():
            yield Entry("vhosts", (name,), {"limits": given}, self._root.at("parameters"))

    def _user(self, row: Part) -> Iterator[Entry]:
        name = row.text("name")
        if name is None:
            return
        row.lose(entries.LOGIN, "password_hash")
        row.lose(entries.LOGIN, "password")
        row.skip("hashing_algorithm")
        data: dict[str, JsonValue] = {"tags": [*tags_of(row.at("tags").take())], "limits": row.mapping("limits")}
        yield Entry("users", (name,), only(data), row)

    def _grant(self, row: Part) -> Iterator[Entry]:
        vhost, user = self._place(row), row.text("user")
        if vhost and user:
            data = {field: row.text(field) or "" for field in ("configure", "write", "read")}
            yield Entry("permissions", (vhost, user), data, row)

    def _topic_grant(self, row: Part) -> Iterator[Entry]:
        vhost, user, exchange = self._place(row), row.text("user"), row.text("exchange")
        if vhost and user:
            data = {field: row.text(field) or "" for field in ("write", "read")}
            yield Entry("topicPermissions", (vhost, user, exchange or ""), data, row)

    def _policy(self, row: Part, kind: str) -> Iterator[Entry]:
        vhost, name = self._place(row), row.text("name")
        if vhost and not name:
            row.lose(_UNNAMED)
        elif vhost and name:
            operator = kind != "policies"
            said = row.at("value") if operator else row
            data = {
                "pattern": said.text("pattern"),
                "applyTo": said.text("apply-to"),
                "priority": said.number("priority"),
                "definition": said.mapping("definition"),
            }
            yield Entry(kind, (vhost, name), only(data), row)

    def _exchange(self, row: Part) -> Iterator[Entry]:
        vhost, name = self._place(row), row.text("name")
        if vhost and name is not None:
            yield entries.exchange(
                vhost,
                name,
                row,
                kind=row.text("type"),
                durable=row.flag("durable"),
                auto_delete=row.flag("auto_delete"),
                internal=row.flag("internal"),
                arguments=row.mapping("arguments"),
            )

    def _queue(self, row: Part) -> Iterator[Entry]:
        vhost, name = self._place(row), row.text("name")
        if not vhost or name is None:
            return
        if row.flag("exclusive"):
            row.lose("an exclusive queue belongs to a connection, and can't be declared")
            return
        arguments = row.mapping("arguments")
        unsaid = "classic" if self._exported and "x-queue-type" not in arguments else None
        yield entries.queue(
            vhost,
            name,
            row,
            kind=row.text("type") or unsaid,
            durable=row.flag("durable"),
            auto_delete=row.flag("auto_delete"),
            arguments=arguments,
        )

    def _binding(self, row: Part) -> Iterator[Entry]:
        vhost, exchange, destination = self._place(row), row.text("source"), row.text("destination")
        row.skip("properties_key")
        if not vhost or not destination:
            return
        if not exchange:
            row.lose("every queue is bound to the default exchange by its name, which nobody declares")
            return
        yield entries.binding(
            vhost,
            row,
            exchange=exchange,
            destination=destination,
            to_queue=row.text("destination_type") != "exchange",
            key=row.text("routing_key"),
            arguments=row.mapping("arguments"),
        )

    def _parameter(self, row: Part) -> Iterator[Entry]:
        component = row.at("component").value
        if component == _LIMITS:
            return
        row.skip("component")
        if component == _OPERATOR_POLICY:
            yield from self._policy(row, "operatorPolicies")
            return
        vhost, name = self._place(row), row.text("name")
        if vhost and name and component:
            found = entries.parameter((vhost, str(component), name), row.at("value").take(), row)
            yield from [found] if found is not None else []

    def _place(self, row: Part) -> str | None:
        vhost = row.text("vhost") or (str(self._vhost) if self._vhost else None)
        if vhost is None:
            row.lose("it names no vhost: export all vhosts, not one of them")
        return vhost
