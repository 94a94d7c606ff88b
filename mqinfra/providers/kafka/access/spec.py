"""What an entry of `access` looks like."""

from typing import Annotated, Any, Literal, Self

from pydantic import AfterValidator, BeforeValidator, Field, JsonValue, model_validator

from mqinfra.model.spec import Spec
from mqinfra.model.written import Written
from mqinfra.providers.base.external import External
from mqinfra.providers.kafka.acls.principal import principal_of
from mqinfra.providers.kafka.api.acl import ANY

Name = Annotated[str, Field(min_length=1)]
Prefixable = Literal["produces", "consumes", "group", "transactionalId", "admin"]


class ExternalTopic(External):
    """A topic that others own.

    Attributes:
        topic: its name.
        external: true: no manifest of this project declares it.
    """

    topic: str


Topics = tuple[Name | ExternalTopic, ...]


def _named(field: str) -> BeforeValidator:
    def block(value: Any) -> Any:  # noqa: ANN401 - whatever is to be validated
        return {field: value} if isinstance(value, str) else value

    return BeforeValidator(block)


def _or_text(schema: dict[str, Any]) -> None:
    options: list[JsonValue] = [{"type": "string", "minLength": 1}, *schema.pop("anyOf")]
    schema["anyOf"] = options


class StreamsBlock(Written):
    """A Kafka Streams application. Its internal topics, which begin with its id, come with it.

    Attributes:
        application_id: its `application.id`.
        exactly_once: it runs with `processing.guarantee=exactly_once_v2`, and so has transactions.
    """

    application_id: Name
    exactly_once: bool = False


class ConnectBlock(Written):
    """A worker of Kafka Connect. Its three internal topics come with it.

    Attributes:
        group: its `group.id`.
        configs: its `config.storage.topic`; `GROUP-configs` when left out.
        offsets: its `offset.storage.topic`; `GROUP-offsets` when left out.
        status: its `status.storage.topic`; `GROUP-status` when left out.
        exactly_once: it runs with `exactly.once.source.support=enabled`, and so has transactions.
    """

    group: Name
    configs: Name | None = None
    offsets: Name | None = None
    status: Name | None = None
    exactly_once: bool = False

    @property
    def topics(self) -> tuple[str, str, str]:
        """Its internal topics."""
        group = self.group
        return (
            self.configs or f"{group}-configs",
            self.offsets or f"{group}-offsets",
            self.status or f"{group}-status",
        )


class AccessSpec(Spec):
    """What a client is for. Becomes the ACLs that this takes, and none besides.

    Attributes:
        principal: whom the brokers take the client for; `User:` and the entry's own name when left out.
        produces: topics that it writes to. One that others own, and no manifest of this project declares, is written
            `{topic: NAME, external: true}`.
        consumes: topics that it reads; it may also write to their dead letters. One that others own is written the same
            way.
        group: consumer group that it reads in; false for a client that assigns partitions itself, without a group.
        transactional_id: its `transactional.id`, for transactions.
        streams: `application.id` of a Kafka Streams application that reads and writes the topics, or a block.
        connect: `group.id` of a Kafka Connect worker that reads and writes the topics, or a block.
        admin: topics that it creates, changes and deletes itself.
        prefixed: which of the fields hold what names begin with, instead of whole names.
        idempotent_write: it produces with idempotence to brokers before Kafka 2.8, which took a right on the cluster.
        host: address that the client comes from; `*` for any.
    """

    principal: Annotated[str, AfterValidator(principal_of)] | None = None
    produces: Topics = ()
    consumes: Topics = ()
    group: Name | Literal[False] | None = None
    transactional_id: Name | None = None
    streams: Annotated[StreamsBlock | None, _named("applicationId"), Field(json_schema_extra=_or_text)] = None
    connect: Annotated[ConnectBlock | None, _named("group"), Field(json_schema_extra=_or_text)] = None
    admin: Topics = ()
    prefixed: tuple[Prefixable, ...] = ()
    idempotent_write: bool = False
    host: Name = ANY

    @model_validator(mode="after")
    def _fits(self) -> Self:
        if not (self.produces or self.consumes or self.group or self.streams or self.connect or self.admin):
            raise ValueError("set `produces`, `consumes`, `streams`, `connect` or `admin`")
        if self.consumes and self.group is None and self.streams is None and self.connect is None:
            raise ValueError("set `group`, which the client reads in; `group: false` if it assigns partitions itself")
        if self.transactional_id is not None and not self.produces:
            raise ValueError("set `produces`: transactions are of producers")
        for field in self.prefixed:
            if not getattr(self, "transactional_id" if field == "transactionalId" else field):
                raise ValueError(f"`prefixed` names `{field}`, which is not set")
        return self
