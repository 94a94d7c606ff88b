"""kafka-gitops' state files. Services and roles become the very ACLs that it makes."""

from collections.abc import Iterable, Iterator, Mapping, Sequence

from typing_extensions import override

from mqinfra.providers.base.converting.converter import Converter, Entry
from mqinfra.providers.base.converting.foreign import Foreign, Part
from mqinfra.providers.kafka.convert import entries
from mqinfra.providers.kafka.convert.rights import Rights, pattern_of

_SECTIONS = ("topics", "services", "users", "customUserAcls", "customServiceAcls", "settings")
_TYPES = ("application", "kafka-streams", "kafka-connect")
_CLOUD = "with Confluent Cloud the tool looks service accounts up; name the principal"
_FILES = "give the files themselves to `convert`"
_SPARED = "name what this project may own under `scope:` of mqinfra.yaml, and the rest is left alone"
_INTERNAL = ("Read", "Write", "Describe", "Delete", "Create", "Alter", "AlterConfigs", "DescribeConfigs")


class KafkaGitopsConverter(Converter):
    """Topics, services, users, and ACLs of one's own. All files together: settings in one hold for the others."""

    name = "kafka-gitops"
    title = "kafka-gitops' state files"

    @override
    def detects(self, document: Foreign) -> bool:
        data = document.data
        if not isinstance(data, dict) or "kind" in data or "apiVersion" in data or not data.keys() <= {*_SECTIONS}:
            return False
        root = document.root
        if any(root.at(name) for name in ("customUserAcls", "customServiceAcls")):
            return True
        topics = any(part.at("partitions") for _, part in root.at("topics").items())
        services = any(part.at("type").value in _TYPES for _, part in root.at("services").items())
        users = any(part.at("principal") or part.at("roles") for _, part in root.at("users").items())
        settings = any(root.at("settings", name) for name in ("topics", "files", "services", "ccloud"))
        return topics or services or users or settings

    @override
    def convert(self, documents: Sequence[Foreign]) -> Iterable[Entry]:
        roots = [document.root for document in documents]
        replicas, describes = None, False
        for settings in (root.at("settings") for root in roots):
            replicas = settings.number("topics", "defaults", "replication") or replicas
            describes = settings.flag("services", "acls", "describeTopicEnabled") or describes
            settings.at("files").lose(_FILES)
            settings.at("topics", "blacklist").lose(_SPARED)
            settings.at("topics", "whitelist").lose(_SPARED)
            settings.at("ccloud").lose(_CLOUD)
        principals = {
            (section, name): part.text("principal") or ""
            for root in roots
            for section in ("services", "users")
            for name, part in root.at(section).items()
        }
        for root in roots:
            for name, topic in root.at("topics").items():
                yield entries.topic(
                    name,
                    topic,
                    partitions=topic.number("partitions"),
                    replicas=topic.number("replication") or replicas,
                    config=topic.mapping("configs"),
                )
            for name, service in root.at("services").items():
                yield from _service(name, service, principals["services", name], describes=describes)
            for name, user in root.at("users").items():
                yield from _user(user, principals["users", name])
            for section, whose in (("customServiceAcls", "services"), ("customUserAcls", "users")):
                yield from _custom(root.at(section), whose, principals)


def _service(name: str, service: Part, principal: str, *, describes: bool) -> Iterator[Entry]:
    kind = service.text("type")
    if not principal:
        service.lose(_CLOUD)
        return
    rights = Rights(service, principal)
    produces, consumes = service.texts("produces"), service.texts("consumes")
    for topic in produces:
        yield from rights.topic(topic, "Write")
    for topic in consumes:
        yield from rights.topic(topic, "Read")
    for topic in dict.fromkeys((*produces, *consumes)) if describes else ():
        yield from rights.topic(topic, "Describe")
    group = service.text("group-id") or name
    if kind == "kafka-streams":
        named = service.text("application-id") or name
        yield from rights.topic(named, *_INTERNAL, prefixed=True)
        yield from rights.group(named, "Read", "Describe", "Delete")
        yield from rights.cluster("DescribeConfigs")
    elif kind == "kafka-connect":
        for word in ("config", "offset", "status"):
            usual = f"connect-{word}{'s' if word != 'status' else ''}-{name}"
            yield from rights.topic(service.text("storage-topics", word) or usual, "Read", "Write")
        yield from rights.group(group, "Read")
        for connector, said in service.at("connectors").items():
            yield from _connector(connector, said, rights, describes=describes)
    elif consumes:
        named, prefixed = pattern_of(group)
        yield from rights.group(named, "Read", prefixed=prefixed)


def _connector(name: str, said: Part, rights: Rights, *, describes: bool) -> Iterator[Entry]:
    produces, consumes = said.texts("produces"), said.texts("consumes")
    for topic in produces:
        yield from rights.topic(topic, "Write")
    for topic in consumes:
        yield from rights.topic(topic, "Read")
    for topic in dict.fromkeys((*produces, *consumes)) if describes else ():
        yield from rights.topic(topic, "Describe")
    if consumes:
        yield from rights.group(f"connect-{name}", "Read")


def _user(user: Part, principal: str) -> Iterator[Entry]:
    rights = Rights(user, principal)
    if not principal:
        user.lose(_CLOUD)
        return
    for role in user.at("roles").each():
        match role.text():
            case "reader":
                yield from rights.topic("*", "Read")
                yield from rights.group("*", "Read")
            case "writer":
                yield from rights.topic("*", "Write")
            case "operator":
                yield from rights.cluster("Describe")
                yield from rights.topic("*", "Describe", "DescribeConfigs")
                yield from rights.group("*", "Read", "Describe")
            case _:
                role.lose("it is not a role of the tool")


def _custom(section: Part, whose: str, principals: Mapping[tuple[str, str], str]) -> Iterator[Entry]:
    for name, named in section.items():
        for rule in (part for _, part in named.items()):
            said = {key: rule.text(key) for key in ("name", "type", "pattern", "operation", "permission", "host")}
            principal = rule.text("principal") or principals.get((whose, name), "")
            if not principal:
                rule.lose(_CLOUD)
                continue
            yield from entries.acl(
                rule,
                principal=principal,
                resource=said["type"] or "",
                name=said["name"],
                pattern=said["pattern"],
                operation=said["operation"] or "",
                permission=said["permission"],
                host=said["host"],
            )
