"""Topicctl's topics, ACLs and clusters."""

from collections.abc import Iterable, Iterator, Sequence

from typing_extensions import override

from mqinfra.providers.base.converting.converter import Converter, Entry
from mqinfra.providers.base.converting.foreign import Foreign, Part
from mqinfra.providers.kafka.convert import entries

_MINUTE = 60_000
_PLACED = "mqinfra leaves it to the brokers which of them hold which partition"
_CLUSTER = "addresses, logins and ids of clusters stand under `clusters:` of mqinfra.yaml"


class TopicctlConverter(Converter):
    """Files with `meta` and `spec`."""

    name = "topicctl"
    title = "topicctl's topics and ACLs"

    @override
    def detects(self, document: Foreign) -> bool:
        root = document.root
        if root.at("kind") or not root.at("meta", "name"):
            return False
        return any(root.at("spec", key) for key in ("partitions", "acls", "bootstrapAddrs", "zkAddrs"))

    @override
    def convert(self, documents: Sequence[Foreign]) -> Iterable[Entry]:
        for document in documents:
            yield from _converted(document.root)


def _converted(root: Part) -> Iterator[Entry]:
    about, spec = root.at("meta"), root.at("spec")
    name = about.text("name") or ""
    about.skip("cluster", "environment", "region")
    labels = {key: part.text() or "" for key, part in about.at("labels").items()}
    about.lose("a topic has no description here; write a comment", "description")
    if spec.at("bootstrapAddrs") or spec.at("zkAddrs"):
        spec.lose(_CLUSTER)
        return
    for rule in spec.at("acls").each():
        yield from _acls(rule)
    if not spec.at("partitions"):
        return
    spec.at("placement").lose(_PLACED)
    spec.lose("moves of replicas are throttled by mqinfra itself", "migration")
    settings = spec.mapping("settings")
    minutes = spec.number("retentionMinutes")
    if minutes is not None:
        settings["retention.ms"] = minutes * _MINUTE
    yield entries.topic(
        name,
        root,
        partitions=spec.number("partitions"),
        replicas=spec.number("replicationFactor"),
        config=settings,
        labels=labels,
    )


def _acls(rule: Part) -> Iterator[Entry]:
    about = rule.at("resource")
    kind, name, pattern = about.text("type") or "", about.text("name"), about.text("patternType")
    principal, permission, host = about.text("principal"), about.text("permission"), about.text("host")
    operations = rule.texts("operations")
    if principal is None:
        rule.lose("it names no principal")
        return
    for operation in operations:
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
