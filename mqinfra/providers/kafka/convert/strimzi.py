"""Strimzi's resources: KafkaTopic and KafkaUser."""

from collections.abc import Iterable, Iterator, Sequence

from typing_extensions import override

from mqinfra.providers.base.converting.converter import Converter, Entry
from mqinfra.providers.base.converting.foreign import Foreign, Part
from mqinfra.providers.base.converting.kubernetes import is_of, labels_of, name_of
from mqinfra.providers.kafka.convert import entries

GROUP = "kafka.strimzi.io"
CLUSTER = "strimzi.io/cluster"
_LISTS = ("KafkaTopicList", "KafkaUserList")
_OWN = frozenset((CLUSTER, "app.kubernetes.io/managed-by"))
LIMITS = {
    "producerByteRate": "producer_byte_rate",
    "consumerByteRate": "consumer_byte_rate",
    "requestPercentage": "request_percentage",
    "controllerMutationRate": "controller_mutation_rate",
}
_LOGIN = "the Secret of Kubernetes is not read; the manifest names an environment variable for the password"
_CERTIFICATE = "the operator makes certificates; users of TLS need none of mqinfra, only their rights"


class StrimziConverter(Converter):
    """Topics, users with their rights and quotas. Other kinds, such as clusters and connectors, are not for mqinfra."""

    name = "strimzi"
    title = "Strimzi's KafkaTopic and KafkaUser"

    @override
    def detects(self, document: Foreign) -> bool:
        return is_of(document, GROUP, ("KafkaTopic", "KafkaUser", *_LISTS))

    @override
    def convert(self, documents: Sequence[Foreign]) -> Iterable[Entry]:
        for document in documents:
            root = document.root
            if root.at("kind").value in _LISTS:
                root.skip("apiVersion", "kind", "metadata")
            for one in root.at("items").each() if root.at("items") else [root]:
                yield from _topic(one) if one.at("kind").value == "KafkaTopic" else _user(one)


def _topic(root: Part) -> Iterator[Entry]:
    name, spec = name_of(root), root.at("spec")
    unmanaged = root.at("metadata", "annotations", "strimzi.io/managed")
    if unmanaged.value is not None and unmanaged.flag() is False:
        root.lose("the operator leaves it alone (`strimzi.io/managed: false`)")
        return
    yield entries.topic(
        spec.text("topicName") or name,
        root,
        partitions=spec.number("partitions"),
        replicas=spec.number("replicas"),
        config=spec.mapping("config"),
        labels=labels_of(root, _OWN),
    )


def _user(root: Part) -> Iterator[Entry]:
    name, spec = name_of(root), root.at("spec")
    labels = labels_of(root, _OWN)
    login = spec.text("authentication", "type") or ""
    known_as = f"CN={name}" if login.startswith("tls") else name
    if login == "scram-sha-512":
        spec.at("authentication").lose(_LOGIN, "password")
        yield entries.user(name, ["SCRAM-SHA-512"], root, labels)
    elif login == "tls":
        spec.at("authentication", "type").lose(_CERTIFICATE)
    rights = spec.at("authorization")
    rights.skip("type")
    for rule in rights.at("acls").each():
        about = rule.at("resource")
        resource, named, pattern = about.text("type") or "", about.text("name"), about.text("patternType")
        permission, host = rule.text("type"), rule.text("host")
        for operation in (*rule.texts("operations"), *rule.texts("operation")):
            yield from entries.acl(
                rule,
                principal=f"User:{known_as}",
                resource=resource,
                name=named,
                pattern=pattern,
                operation=operation,
                permission=permission,
                host=host,
            )
    quotas = spec.at("quotas")
    limits = {key: quotas.decimal(said) for said, key in LIMITS.items() if quotas.at(said)}
    yield from entries.quota(quotas, {"user": known_as}, dict(limits))
