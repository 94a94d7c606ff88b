"""What a group looks like, and what a manifest may say of one."""

from typing import Annotated, Any, Literal, Self

from pydantic import BeforeValidator, Field, field_validator, model_validator

from mqinfra.model.address import Address
from mqinfra.model.declaration import Reference
from mqinfra.model.spec import CreateOnly, Immutable, Observed, Once, Spec
from mqinfra.model.written import Written
from mqinfra.providers.base.expansion import Expansion
from mqinfra.providers.kafka.groups.moment import parse
from mqinfra.providers.kafka.topics.requests import KIND as TOPICS
from mqinfra.providers.kafka.topics.spec import ConfigValue

KIND = "groups"
READS = "its topic"
Offsets = tuple[int | None, ...]
"""In the order of partitions; None where a partition has none."""


def _text(value: Any) -> Any:  # noqa: ANN401 - whatever is to be validated
    return str(value) if isinstance(value, int) and not isinstance(value, bool) else value


class ResetTo(Written):
    """Moves a group once for each `id`, and only while it has no members.

    Attributes:
        to: where it goes on: `earliest`, `latest`, a time such as `2026-11-29T08:00:00Z`, so long before the plan as
            `2h`, or an offset, which then is the same in each partition.
        id: what tells one time from another, such as a ticket. Another `id` moves the group again.
    """

    to: Annotated[str, BeforeValidator(_text)]
    id: Annotated[str, BeforeValidator(_text), Field(min_length=1)]

    @field_validator("to")
    @classmethod
    def _to(cls, value: str) -> str:
        parse(value, offsets=True)
        return value


class GroupEntry(Spec):
    """A group in a manifest.

    Attributes:
        type: `consumer` or `share`; what is there when left out.
        topics: what it reads. Needed by `startAt` and `resetTo`, and drawn.
        start_at: where it begins in topics of which it has no offset: `earliest`, `latest`, a time such as
            `2026-11-29T08:00:00Z`, or so long before the plan as `2h`. The plan turns it into offsets, and sets them
            while the group has no members; where it has offsets, or members, it is left to its clients. Left out:
            `auto.offset.reset` of its clients says.
        reset_to: moves the group to a place once.
        config: the group's own settings by Kafka's names (Kafka 4.0); null resets one to the broker's default.
    """

    type: Annotated[Literal["consumer", "share"] | None, Immutable] = None
    topics: Annotated[tuple[Annotated[str, Field(min_length=1)], ...], CreateOnly] = ()
    start_at: Annotated[str | None, CreateOnly] = None
    reset_to: Annotated[ResetTo | None, Once] = None
    config: dict[str, ConfigValue | None] = Field(default_factory=dict)

    @field_validator("start_at")
    @classmethod
    def _start_at(cls, value: str | None) -> str | None:
        if value is not None:
            parse(value, offsets=False)
        return value

    @model_validator(mode="after")
    def _fits(self) -> Self:
        placed = [name for name, value in (("startAt", self.start_at), ("resetTo", self.reset_to)) if value is not None]
        if placed and self.type == "share":
            raise ValueError(
                f"`{placed[0]}` is for consumer groups; a share group begins where "
                "`config: {share.auto.offset.reset: earliest}` says"
            )
        if placed and not self.topics:
            raise ValueError(f"`{placed[0]}` needs `topics`: the topics that the group reads")
        return self


class GroupSpec(GroupEntry):
    """A group. It comes by itself when a client joins it; what is declared is where it begins, and its settings.

    Attributes:
        offsets: the next offset that it reads in each partition, by topic. Where a plan moves it, it says these.
    """

    offsets: Annotated[dict[str, Offsets | None], Observed] = Field(default_factory=dict)


def plain(entry: Spec) -> GroupSpec:
    """The group of an entry."""
    if isinstance(entry, GroupSpec):
        return entry
    given = {name: getattr(entry, name) for name in GroupEntry.model_fields}
    return GroupSpec.model_construct(set(entry.model_fields_set), offsets={}, **given)


def expand(address: Address, entry: Spec) -> Expansion:
    """Point at the topics that it reads."""
    spec = plain(entry)
    return Expansion(
        spec,
        references=tuple(
            Reference(("topics", str(index)), Address(address.cluster, TOPICS, (name,)), READS)
            for index, name in enumerate(spec.topics)
        ),
    )
