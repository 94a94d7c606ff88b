"""JulieOps' topologies, formerly Kafka Topology Builder.

Names of topics are what JulieOps makes of context, project and topic with its default format. Rights become the very
ACLs that it makes, so that a cluster of its making has no changes.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence

from pydantic import JsonValue
from typing_extensions import override

from mqinfra.providers.base.converting.converter import Converter, Entry
from mqinfra.providers.base.converting.foreign import Foreign, Part
from mqinfra.providers.kafka.convert import entries
from mqinfra.providers.kafka.convert.rights import Rights, pattern_of

_NOT_CONTEXT = ("context", "projects", "platform", "special_topics")
_OF_A_PROJECT = (
    "name",
    "topics",
    "consumers",
    "producers",
    "streams",
    "connectors",
    "ksql",
    "schemas",
    "rbac",
    "metadata",
)
_SIZES = ("replication.factor", "num.partitions")
_RATES = ("producer_byte_rate", "consumer_byte_rate", "request_percentage", "controller_mutation_rate")
_SCHEMAS = "name the files under `registry: subjects:`"
_RBAC = "role bindings are Confluent's; there are none on Apache Kafka"
_PLAN = "there is no such plan among the files"
_KSQL = "ksqlDB is not for mqinfra; write the rights of its server by hand"
_ANY_GROUP = "*"


class JulieOpsConverter(Converter):
    """Topologies and their plans."""

    name = "julieops"
    title = "JulieOps' topologies and plans"

    @override
    def detects(self, document: Foreign) -> bool:
        root = document.root
        if root.at("kind") or root.at("apiVersion"):
            return False
        return bool(root.at("context") and root.at("projects")) or isinstance(root.at("plans").value, dict)

    @override
    def convert(self, documents: Sequence[Foreign]) -> Iterable[Entry]:
        plans: dict[str, Part] = {}
        for document in documents:
            plans |= dict(document.root.at("plans").items())
        for plan in plans.values():
            plan.skip("alias", "config")
        for document in documents:
            if document.root.at("projects"):
                yield from _Topology(document.root, plans).entries()


class _Topology:
    def __init__(self, root: Part, plans: Mapping[str, Part]) -> None:
        self._root, self._plans = root, plans
        words = [root.text("context") or ""]
        for key, part in root.items():
            if key not in _NOT_CONTEXT and isinstance(part.value, str | int):
                words.append(part.text() or "")
        self._prefix = ".".join(words)

    def entries(self) -> Iterator[Entry]:
        for project in self._root.at("projects").each():
            yield from self._project(project)
        for topic in self._root.at("special_topics").each():
            yield from self._topic(topic, topic.text("name") or "", [], [])
        yield from self._platform(self._root.at("platform"))

    def _project(self, project: Part) -> Iterator[Entry]:
        prefix = f"{self._prefix}.{project.text('name') or ''}."
        consumers = [*project.at("consumers").each()]
        producers = [*project.at("producers").each()]
        project.at("schemas").lose(_RBAC)
        project.at("rbac").lose(_RBAC)
        project.at("ksql").lose(_KSQL)
        for topic in project.at("topics").each():
            kind = topic.text("dataType")
            name = f"{prefix}{topic.text('name') or ''}{f'.{kind}' if kind else ''}"
            yield from self._topic(topic, name, consumers, producers)
        for user in (*consumers, *producers):
            user.lose("a user has no metadata here; write a comment", "metadata")
        for app in project.at("streams").each():
            yield from _streams(app, prefix)
        connectors = project.at("connectors")
        connectors.at("artifacts").lose("connectors are not for mqinfra")
        connectors.at("artefacts").lose("connectors are not for mqinfra")
        workers = connectors if isinstance(connectors.value, list) else connectors.at("access_control")
        for worker in workers.each():
            yield from _connect(worker)
        for key, part in project.items():
            if key not in _OF_A_PROJECT:
                part.lose("rights of a role of one's own; write its ACLs by hand")

    def _topic(self, topic: Part, name: str, consumers: Sequence[Part], producers: Sequence[Part]) -> Iterator[Entry]:
        topic.skip("subject.name.strategy")
        topic.lose(_SCHEMAS, "schemas")
        config: dict[str, JsonValue] = {}
        planned = topic.text("plan")
        if planned is not None and planned in self._plans:
            given = self._plans[planned].at("config").value
            config |= given if isinstance(given, dict) else {}
        elif planned is not None:
            topic.lose(_PLAN, "plan")
        said = topic.at("config")
        config |= {key: part.take() for key, part in said.items() if key not in _SIZES}
        labels = {key: part.text() or "" for key, part in topic.at("metadata").items()}
        yield entries.topic(
            name,
            topic,
            partitions=said.number("num.partitions"),
            replicas=said.number("replication.factor"),
            config=config,
            labels=labels,
        )
        for user in (*consumers, *topic.at("consumers").each()):
            yield from _consumes(user, name)
        for user in (*producers, *topic.at("producers").each()):
            yield from _produces(user, name)

    def _platform(self, platform: Part) -> Iterator[Entry]:
        platform.at("control_center").lose("Control Center is not for mqinfra; write its rights by hand")
        platform.at("ksql").lose(_KSQL)
        for quota in platform.at("kafka", "quotas").each():
            user = (quota.text("principal") or "").removeprefix("User:")
            yield from entries.quota(quota, {"user": user}, {key: quota.decimal(key) for key in _RATES})
        for one in platform.at("schema_registry", "instances").each():
            topic = one.text("topic") or "_schemas"
            rights = Rights(one, one.text("principal") or "")
            yield from rights.topic(topic, "Create", "DescribeConfigs", "Describe", "Write", "Read")
            yield from rights.topic(one.text("consumer_offsets_topic") or "__consumer_offsets", "Describe")
            yield from rights.group(one.text("group") or "schema-registry", "Read")


def _consumes(user: Part, topic: str) -> Iterator[Entry]:
    rights = Rights(user, user.text("principal") or "")
    group, prefixed = pattern_of(user.text("group") or _ANY_GROUP)
    yield from rights.topic(topic, "Describe", "Read")
    yield from rights.group(group, "Read", prefixed=prefixed)


def _produces(user: Part, topic: str) -> Iterator[Entry]:
    rights, transactions = Rights(user, user.text("principal") or ""), user.text("transactionId")
    yield from rights.topic(topic, "Describe", "Write")
    if transactions is not None:
        named, prefixed = pattern_of(transactions)
        yield from rights.transactions(named, "Describe", "Write", prefixed=prefixed)
    if transactions is not None or user.text("idempotence") is not None:
        yield from rights.cluster("IdempotentWrite")


def _streams(app: Part, prefix: str) -> Iterator[Entry]:
    rights = Rights(app, app.text("principal") or "")
    named = app.text("applicationId") or prefix
    app.lose("a user has no metadata here; write a comment", "metadata")
    for topic in app.texts("topics", "read"):
        yield from rights.topic(topic, "Read")
    for topic in app.texts("topics", "write"):
        yield from rights.topic(topic, "Write")
    yield from rights.topic(named, "All", prefixed=True)
    yield from rights.group(named, "Read", prefixed=True)
    if app.flag("exactlyOnce"):
        yield from rights.transactions(named, "Write", "Describe", prefixed=True)


def _connect(worker: Part) -> Iterator[Entry]:
    rights = Rights(worker, worker.text("principal") or "")
    worker.skip("cluster_id")
    worker.lose("a user has no metadata here; write a comment", "metadata")
    worker.lose(_RBAC, "connectors")
    for field, usual in (("status", "connect-status"), ("offset", "connect-offsets"), ("configs", "connect-configs")):
        yield from rights.topic(worker.text(f"{field}_topic") or usual, "Read", "Write")
    yield from rights.cluster("Create")
    yield from rights.group(worker.text("group") or "connect-cluster", "Read")
    for topic in worker.texts("topics", "read"):
        yield from rights.topic(topic, "Read")
    for topic in worker.texts("topics", "write"):
        yield from rights.topic(topic, "Write")
