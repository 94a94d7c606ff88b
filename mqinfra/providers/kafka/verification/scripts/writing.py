"""Scripts of topics: one that sends, one that works, one for dead letters, one that measures."""

from collections.abc import Mapping
from importlib.resources import files

from mqinfra.model.address import Address
from mqinfra.model.declaration import Declaration
from mqinfra.model.secret import SecretRef
from mqinfra.providers.base.monitoring.watched import Role, Watched, What
from mqinfra.providers.base.provider import Cluster
from mqinfra.providers.base.verification.script import Script, Source, filled, literal, slug
from mqinfra.providers.kafka.api.connection import KafkaConnection
from mqinfra.providers.kafka.api.librdkafka import properties
from mqinfra.providers.kafka.monitoring.watched import watched

ATTEMPTS = 4
_LOCAL = "localhost:9092"


def scripts(cluster: Cluster, declared: Mapping[Address, Declaration], environment: str) -> list[Script]:
    """Scripts of every declared topic but those of dead letters, which stand with what they come from."""
    connection = _connection(cluster.block(KafkaConnection))
    some = watched(declared)
    groups: dict[Address, str] = {}
    for one in some:
        if one.what is What.GROUP and not one.prefixed:
            groups.setdefault(one.address, one.consumer)
    return [
        script
        for one in some
        if one.what is What.TOPIC and one.role is Role.WORK and one.address in declared
        for script in _of(one, declared[one.address], groups.get(one.address, ""), connection, environment)
    ]


def _of(topic: Watched, declaration: Declaration, group: str, connection: str, environment: str) -> list[Script]:
    dead = topic.dead_letters.name if topic.dead_letters is not None else ""
    names = {"TOPIC": topic.name}
    letters = {**names, "DEAD_LETTERS": dead}
    attempts = declaration.promises.dead_letter_after or ATTEMPTS
    constants: dict[str, Mapping[str, str | int]] = {
        "produce": names,
        "consume": {**letters, "GROUP": group or f"{topic.name}-reader", "ATTEMPTS": attempts},
        "load": names,
        **({"dead_letters": letters} if dead else {}),
    }
    source = Source(topic.address, declaration.span, environment)
    folder = f"{slug(topic.address.cluster)}/{slug(topic.name)}"
    return [
        Script(folder, f"{role}.py", filled(_template(role), source, some, connection))
        for role, some in constants.items()
    ]


def _template(role: str) -> str:
    return (files(__package__) / "templates" / f"{role}.txt").read_text(encoding="utf-8")


def _connection(block: KafkaConnection) -> str:
    """The block in librdkafka's words; secrets by where they are."""
    servers = ",".join(block.bootstrap) or _LOCAL
    lines = [
        f'        "bootstrap.servers": os.environ.get("KAFKA_BOOTSTRAP") or {literal(servers)},',
        f'        "security.protocol": {literal(block.security.protocol.value)},',
    ]
    for name, value in properties(block):
        if isinstance(value, bool):
            lines.append(f"        {literal(name)}: {value},")
        elif isinstance(value, str | int | SecretRef):
            lines.append(f"        {literal(name)}: {literal(value)},")
    return (
        "def settings() -> dict[str, str | int | bool]:\n"
        '    """How to reach the cluster, in the words of librdkafka; `KAFKA_BOOTSTRAP` leads elsewhere."""\n'
        "    return {\n" + "\n".join(lines) + "\n    }\n"
    )
