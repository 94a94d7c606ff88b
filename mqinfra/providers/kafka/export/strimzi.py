"""Topics, users, ACLs and quotas as Strimzi's resources."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field

from pydantic import JsonValue
from typing_extensions import override

from mqinfra.providers.base.converting.exporter import Exported, Exporter, kubernetes_name
from mqinfra.providers.base.converting.foreign import only, whole
from mqinfra.providers.kafka.convert.strimzi import CLUSTER, GROUP, LIMITS

_VERSION = f"{GROUP}/v1"
_SCRAM = "SCRAM-SHA-512"
_RESOURCES = ("topic", "group", "cluster", "transactionalId")
_NOBODY = (
    "KafkaUser is of a user with a plain name, or of `CN=NAME`; the operator's own ACLs can be said under `superUsers`"
)
_LOGIN = "the operator makes a password, or reads one from a Secret: `authentication.password.valueFrom`"


class StrimziExporter(Exporter):
    """KafkaTopic for topics; KafkaUser for users with their rights and quotas."""

    name = "strimzi"
    title = "Strimzi's KafkaTopic and KafkaUser"

    @override
    def export(self, alias: str, resources: Sequence[Exported]) -> Iterable[Mapping[str, JsonValue]]:
        users: dict[str, _User] = {}
        for one in resources:
            if one.address.kind == "topics":
                yield _topic(alias, one)
            elif one.address.kind == "users":
                _login(users.setdefault(one.address.name, _User()), one)
            elif one.address.kind == "acls":
                _right(users, one)
            elif one.address.kind == "quotas":
                _quota(users, one)
        for name, user in sorted(users.items()):
            yield from _written(alias, name, user)


@dataclass
class _User:
    """What a user is made up of.

    Attributes:
        scram: it logs in with SCRAM.
        rules: its ACLs.
        quotas: its quotas.
    """

    scram: bool = False
    rules: list[dict[str, JsonValue]] = field(default_factory=list)
    quotas: dict[str, JsonValue] = field(default_factory=dict)


def _head(alias: str, kind: str, name: str) -> dict[str, JsonValue]:
    return {"apiVersion": _VERSION, "kind": kind, "metadata": {"name": name, "labels": {CLUSTER: alias}}}


def _topic(alias: str, one: Exported) -> Mapping[str, JsonValue]:
    name = one.address.name
    known_as = kubernetes_name(name)
    spec: dict[str, JsonValue] = {
        "topicName": None if known_as == name else name,
        "partitions": one.spec.number("partitions"),
        "replicas": one.spec.number("replicationFactor"),
        "config": one.spec.mapping("config"),
    }
    return {**_head(alias, "KafkaTopic", known_as), "spec": only(spec)}


def _login(user: _User, one: Exported) -> None:
    mechanisms = one.spec.texts("mechanisms")
    user.scram = _SCRAM in mechanisms
    for other in (word for word in mechanisms if word != _SCRAM):
        one.spec.lose(f"the operator knows no users of {other}", "mechanisms")
    one.spec.lose("the operator hashes as often as it does", "iterations")
    one.spec.lose(_LOGIN, "password")


def _right(users: dict[str, _User], one: Exported) -> None:
    name = (one.spec.text("principal") or "").removeprefix("User:")
    resource = one.spec.text("resource") or ""
    if not _plain(name) or resource not in _RESOURCES:
        one.spec.lose(_NOBODY if resource in _RESOURCES else f"the operator knows no rights on a {resource}")
        return
    about: dict[str, JsonValue] = {"type": resource}
    named = one.spec.text("name")
    if resource != "cluster":
        pattern = "prefix" if one.spec.text("pattern") == "prefixed" else "literal"
        about |= {"name": named, "patternType": pattern}
    one.spec.skip("pattern")
    rule: dict[str, JsonValue] = {
        "type": one.spec.text("permission"),
        "resource": about,
        "operations": [one.spec.text("operation")],
        "host": one.spec.text("host"),
    }
    users.setdefault(name, _User()).rules.append(rule)


def _quota(users: dict[str, _User], one: Exported) -> None:
    said = {key: one.spec.text(key) for key in ("user", "clientId", "ip") if one.spec.at(key)}
    if set(said) != {"user"} or not _plain(str(said["user"])):
        one.spec.lose("the operator knows quotas of users only")
        return
    user = users.setdefault(str(said["user"]), _User())
    for key, word in LIMITS.items():
        limit = one.spec.at("limits", word)
        if limit and whole(limit.value) is None:
            limit.lose("the operator takes whole numbers")
        elif limit:
            user.quotas[key] = limit.number()


def _plain(name: str) -> bool:
    return bool(name) and name.removeprefix("CN=") == kubernetes_name(name.removeprefix("CN="))


def _written(alias: str, name: str, user: _User) -> Iterator[Mapping[str, JsonValue]]:
    login = "scram-sha-512" if user.scram else "tls-external" if name.startswith("CN=") else None
    rules = [only(rule) for rule in _together(user.rules)]
    spec: dict[str, JsonValue] = {
        "authentication": {"type": login} if login else None,
        "authorization": {"type": "simple", "acls": [*rules]} if rules else None,
        "quotas": user.quotas,
    }
    yield {**_head(alias, "KafkaUser", name.removeprefix("CN=")), "spec": only(spec)}


def _together(rules: Sequence[dict[str, JsonValue]]) -> list[dict[str, JsonValue]]:
    """Rules that differ in nothing but the operation, as one."""
    merged: dict[str, dict[str, JsonValue]] = {}
    for rule in rules:
        key = repr({**rule, "operations": None})
        held = merged.setdefault(key, {**rule, "operations": []})
        operations = held["operations"]
        given = rule["operations"]
        if isinstance(operations, list) and isinstance(given, list):
            operations += given
    return list(merged.values())
