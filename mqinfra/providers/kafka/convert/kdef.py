"""Kdef's definitions of topics and ACLs."""

from collections.abc import Iterable, Iterator, Sequence

from typing_extensions import override

from mqinfra.providers.base.converting.converter import Converter, Entry
from mqinfra.providers.base.converting.foreign import Foreign, Part
from mqinfra.providers.kafka.convert import entries

_KINDS = ("topic", "acl", "broker", "brokers")
_PLACED = "mqinfra leaves it to the brokers which of them hold which partition"
_UNSET = "keys that others set are shown and left alone; a null removes one"


class KdefConverter(Converter):
    """Definitions of kinds `topic` and `acl`; configs of brokers are lost."""

    name = "kdef"
    title = "kdef's topics and ACLs"

    @override
    def detects(self, document: Foreign) -> bool:
        root = document.root
        return root.at("apiVersion").value == "v1" and root.at("kind").value in _KINDS

    @override
    def convert(self, documents: Sequence[Foreign]) -> Iterable[Entry]:
        for document in documents:
            root = document.root
            kind = root.at("kind").value
            root.skip("apiVersion", "kind")
            if kind == "topic":
                yield from _topic(root)
            elif kind == "acl":
                yield from _acls(root)
            else:
                root.lose("configs of brokers are not for mqinfra")


def _topic(root: Part) -> Iterator[Entry]:
    spec = root.at("spec")
    spec.lose(_PLACED, "assignments")
    spec.lose(_PLACED, "managedAssignments")
    if spec.flag("deleteUndefinedConfigs"):
        spec.lose(_UNSET, "deleteUndefinedConfigs")
    spec.skip("maintainLeaders")
    yield entries.topic(
        root.text("metadata", "name") or "",
        root,
        partitions=spec.number("partitions"),
        replicas=spec.number("replicationFactor"),
        config=spec.mapping("configs"),
        labels={key: part.text() or "" for key, part in root.at("metadata", "labels").items()},
    )


def _acls(root: Part) -> Iterator[Entry]:
    about, spec = root.at("metadata"), root.at("spec")
    name, kind, pattern = about.text("name"), about.text("type") or "", about.text("resourcePatternType")
    labels = {key: part.text() or "" for key, part in about.at("labels").items()}
    if spec.flag("deleteUndefinedAcls"):
        spec.lose("ACLs that this project made go by themselves; others need a line", "deleteUndefinedAcls")
    for rule in spec.at("acls").each():
        principals, hosts, operations = rule.texts("principals"), rule.texts("hosts"), rule.texts("operations")
        permission = rule.text("permissionType")
        for principal in principals:
            for host in hosts or ("*",):
                for operation in operations:
                    for made in entries.acl(
                        rule,
                        principal=principal,
                        resource=kind.replace("_", ""),
                        name=name,
                        pattern=pattern,
                        operation=operation,
                        permission=permission,
                        host=host,
                    ):
                        yield Entry(made.type, made.path, made.data, made.source, labels)
