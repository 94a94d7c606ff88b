"""Which subjects of a schema registry hold the schemas of a topic's records: named, or by a naming strategy."""

from collections.abc import Iterator
from typing import Annotated, Literal, Self

from pydantic import Field, model_validator

from mqinfra.model.written import Written
from mqinfra.providers.base.expansion import Elsewhere

REGISTRY, SUBJECTS = "registry", "subjects"
SCHEMA = "schema"
"""Role of the reference from a topic to a subject."""


class SchemaName(Written):
    """The subject of a schema, by the naming strategy of the serialisers that use it.

    Attributes:
        strategy: `topic` for `TOPIC-key` and `TOPIC-value`, `record` for the record's own name, `topicRecord` for
            `TOPIC-RECORD`.
        record: full name of the record, `shop.Order`, for the latter two.
        cluster: alias of the registry, where the environment has several.
    """

    strategy: Literal["topic", "record", "topicRecord"] = "topic"
    record: Annotated[str, Field(min_length=1)] | None = None
    cluster: str | None = None

    @model_validator(mode="after")
    def _named(self) -> Self:
        if (self.record is None) is not (self.strategy == "topic"):
            raise ValueError("`record` is the full name of a record, and stands with `record` and `topicRecord` only")
        return self

    def subject(self, topic: str, part: str) -> str:
        """Name of the subject.

        Args:
            topic: name of the topic.
            part: `key` or `value`.
        """
        if self.strategy == "topic":
            return f"{topic}-{part}"
        return self.record or "" if self.strategy == "record" else f"{topic}-{self.record}"


SchemaNames = bool | str | SchemaName | tuple[str | SchemaName, ...] | None
"""What a field holds: `true` for the topic's own name, a subject, a strategy, or a list of subjects and strategies."""
_BY_TOPIC = SchemaName.model_construct()


def subjects_of(topic: str, field: str, said: SchemaNames) -> Iterator[Elsewhere]:
    """The subjects that a field names.

    Args:
        topic: name of the topic.
        field: `keySchema` or `valueSchema`.
        said: what stands there.
    """
    if said is None or said is False:
        return
    several = isinstance(said, tuple)
    part = field.removesuffix("Schema")
    for index, one in enumerate(said if isinstance(said, tuple) else (said,)):
        name = _BY_TOPIC if one is True else one
        cluster = name.cluster if isinstance(name, SchemaName) else None
        subject = name.subject(topic, part) if isinstance(name, SchemaName) else str(name)
        path = (field, str(index)) if several else (field,)
        yield Elsewhere(path, REGISTRY, SUBJECTS, (subject,), SCHEMA, cluster or "")
