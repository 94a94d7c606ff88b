"""Resources of Terraform's Kafka provider (Mongey/kafka)."""

from collections.abc import Iterable, Iterator, Sequence

from typing_extensions import override

from mqinfra.providers.base.converting import terraform
from mqinfra.providers.base.converting.converter import Converter, Entry
from mqinfra.providers.base.converting.foreign import Foreign, Part
from mqinfra.providers.kafka.convert import entries
from mqinfra.providers.kafka.quotas.spec import DEFAULT

_TYPES = ("kafka_topic", "kafka_acl", "kafka_quota", "kafka_user_scram_credential")
_ENTITIES = {"client-id": "clientId", "user": "user", "ip": "ip"}
_LOGIN = "passwords are never copied; the manifest names an environment variable"


class TerraformConverter(Converter):
    """Topics, ACLs, quotas and SCRAM users."""

    name = terraform.NAME
    title = terraform.TITLE

    @override
    def detects(self, document: Foreign) -> bool:
        return terraform.is_terraform(document)

    @override
    def convert(self, documents: Sequence[Foreign]) -> Iterable[Entry]:
        users: dict[str, list[Part]] = {}
        for document in documents:
            for one in terraform.resources(document, _TYPES):
                one.values.skip("id")
                if one.type == "kafka_user_scram_credential":
                    users.setdefault(one.values.text("username") or "", []).append(one.values)
                else:
                    yield from _converted(one.type, one.values)
        for name, some in users.items():
            yield from _user(name, some)


def _converted(kind: str, values: Part) -> Iterator[Entry]:
    match kind:
        case "kafka_topic":
            yield entries.topic(
                values.text("name") or "",
                values,
                partitions=values.number("partitions"),
                replicas=values.number("replication_factor"),
                config=values.mapping("config"),
            )
        case "kafka_acl":
            yield from entries.acl(
                values,
                principal=values.text("acl_principal") or "",
                resource=values.text("resource_type") or "",
                name=values.text("resource_name"),
                pattern=values.text("resource_pattern_type_filter"),
                operation=values.text("acl_operation") or "",
                permission=values.text("acl_permission_type"),
                host=values.text("acl_host"),
            )
        case _:
            entity = _ENTITIES.get(values.text("entity_type") or "")
            if entity is None:
                values.lose("it is of no known entity")
                return
            limits = {key: part.decimal() for key, part in values.at("config").items()}
            yield from entries.quota(values, {entity: values.text("entity_name") or DEFAULT}, dict(limits))


def _user(name: str, some: Sequence[Part]) -> Iterator[Entry]:
    mechanisms: list[str] = []
    iterations = None
    for values in some:
        mechanisms.append(values.text("scram_mechanism") or "SCRAM-SHA-512")
        iterations = values.number("scram_iterations") or iterations
        values.lose(_LOGIN, "password")
        values.lose(_LOGIN, "password_wo")
        values.lose("raise `revision` beside the password to rotate it", "password_wo_version")
    made = entries.user(name, mechanisms, some[0])
    yield Entry(made.type, made.path, {**made.data, **({"iterations": iterations} if iterations else {})}, made.source)
