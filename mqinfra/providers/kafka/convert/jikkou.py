"""Jikkou's resources for Kafka."""

from collections.abc import Iterable, Iterator, Mapping, Sequence

from pydantic import JsonValue
from typing_extensions import override

from mqinfra.providers.base.converting.converter import Converter, Entry
from mqinfra.providers.base.converting.foreign import Foreign, Part
from mqinfra.providers.base.converting.kubernetes import is_of, labels_of, name_of
from mqinfra.providers.kafka.convert import entries

_GROUP, _CORE = "kafka.jikkou.io", "core.jikkou.io"
_KINDS = (
    "KafkaTopic",
    "KafkaPrincipalAuthorization",
    "KafkaPrincipalRole",
    "KafkaClientQuota",
    "KafkaUser",
    "KafkaConsumerGroup",
    "KafkaShareGroup",
)
_LISTS = tuple(f"{kind}List" for kind in _KINDS)
_DELETED = "it is to be deleted: name it under `removed:`"
_MATCH = "it matches the topics that are there by an expression; Kafka's own patterns are literal or prefixed"
_LOGIN = "passwords are never copied; the manifest names an environment variable"
_RATES = {
    "producerByteRate": "producer_byte_rate",
    "consumerByteRate": "consumer_byte_rate",
    "requestPercentage": "request_percentage",
    "controllerMutationRate": "controller_mutation_rate",
    "connectionCreationRate": "connection_creation_rate",
}
_ALL = "<default>"


class JikkouConverter(Converter):
    """Topics with config maps, authorizations with roles, quotas, users and groups."""

    name = "jikkou"
    title = "Jikkou's resources"

    @override
    def detects(self, document: Foreign) -> bool:
        return is_of(document, _GROUP, (*_KINDS, *_LISTS)) or is_of(document, _CORE, ("ConfigMap",))

    @override
    def convert(self, documents: Sequence[Foreign]) -> Iterable[Entry]:
        resources = [one for document in documents for one in _resources(document)]
        maps = {name_of(root): root.at("data") for kind, root in resources if kind == "ConfigMap"}
        roles = {name_of(root): root for kind, root in resources if kind == "KafkaPrincipalRole"}
        for data in maps.values():
            data.take()
        for role in roles.values():
            role.at("spec").take()
        for kind, root in resources:
            name = name_of(root)
            if root.flag("metadata", "annotations", "jikkou.io/delete"):
                root.lose(_DELETED)
            elif kind == "KafkaTopic":
                yield from _topic(name, root, maps)
            elif kind == "KafkaPrincipalAuthorization":
                yield from _rights(name, root, roles)
            elif kind == "KafkaClientQuota":
                yield from _quota(root)
            elif kind == "KafkaUser":
                yield from _user(name, root)
            elif kind in ("KafkaConsumerGroup", "KafkaShareGroup"):
                yield from _group(name, root, "share" if kind == "KafkaShareGroup" else "consumer")


def _resources(document: Foreign) -> Iterator[tuple[str, Part]]:
    """Each resource with its kind; those of a list by the list's."""
    root = document.root
    kind = str(root.at("kind").value)
    if kind not in _LISTS:
        yield kind, root
        return
    root.skip("apiVersion", "kind")
    for one in root.at("items").each():
        yield kind.removesuffix("List"), one


def _topic(name: str, root: Part, maps: Mapping[str, Part]) -> Iterator[Entry]:
    spec = root.at("spec")
    config: dict[str, JsonValue] = {}
    for reference in spec.at("configMapRefs").each():
        found = maps.get(reference.text() or "")
        if found is None:
            reference.lose("there is no such ConfigMap among the files")
        else:
            config |= found.mapping()
    yield entries.topic(
        name,
        root,
        partitions=spec.number("partitions"),
        replicas=spec.number("replicas"),
        config=config | spec.mapping("configs") | spec.mapping("config"),
        labels=labels_of(root, ()),
    )


def _rights(principal: str, root: Part, roles: Mapping[str, Part]) -> Iterator[Entry]:
    for reference in root.at("spec", "roles").each():
        role = roles.get(reference.text() or "")
        if role is None:
            reference.lose("there is no such role among the files")
        else:
            for rule in role.at("spec", "acls").each():
                yield from _acls(principal, rule)
    for rule in root.at("spec", "acls").each():
        yield from _acls(principal, rule)


def _acls(principal: str, rule: Part) -> Iterator[Entry]:
    about = rule.at("resource")
    kind, pattern = about.text("type") or "", about.text("patternType") or "LITERAL"
    name, permission = about.text("pattern") or about.text("name"), rule.text("type")
    operations, hosts = rule.texts("operations"), (*rule.texts("host"), *rule.texts("hosts"))
    if pattern.upper() in ("MATCH", "ANY"):
        rule.lose(_MATCH)
        return
    for operation in operations:
        for host in hosts or (None,):
            yield from entries.acl(
                rule,
                principal=principal,
                resource=kind,
                name=name,
                pattern=pattern,
                operation=operation,
                permission=permission,
                host=host,
            )


def _quota(root: Part) -> Iterator[Entry]:
    spec = root.at("spec")
    kind = (spec.text("type") or "").upper()
    user, client, address = (spec.text("entity", word) for word in ("user", "clientId", "ip"))
    whom = {
        "user": user or (_ALL if kind in ("USER_DEFAULT", "USERS_DEFAULT") else None),
        "clientId": client or (_ALL if kind in ("CLIENT_DEFAULT", "CLIENTS_DEFAULT", "USER_ALL_CLIENTS") else None),
        "ip": address or (_ALL if kind == "IP_DEFAULT" else None),
    }
    limits: dict[str, JsonValue] = {}
    for said, part in spec.at("configs").items():
        number = part.decimal() if said in _RATES or said in _RATES.values() else None
        if number is not None:
            limits[_RATES.get(said, said)] = number
    yield from entries.quota(root, whom, limits)


def _user(name: str, root: Part) -> Iterator[Entry]:
    mechanisms = []
    for login in root.at("spec", "authentications").each():
        login.lose(_LOGIN, "password")
        login.lose("the broker makes a salt by itself", "salt")
        mechanisms.append((login.text("type") or "").upper())
    yield from [entries.user(name, mechanisms, root, labels_of(root, ()))] if mechanisms else []


def _group(name: str, root: Part, kind: str) -> Iterator[Entry]:
    config = root.mapping("spec", "configs")
    if config:
        yield Entry("groups", (name,), {"type": kind, "config": config}, root, labels_of(root, ()))
