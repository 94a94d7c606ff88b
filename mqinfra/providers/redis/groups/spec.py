"""What a consumer group looks like."""

from typing import Annotated, Self

from pydantic import Field, field_validator, model_validator

from mqinfra.model.spec import CreateOnly, Spec
from mqinfra.model.written import Written
from mqinfra.providers.redis.api.entry_id import below, canonical, parse

END = "$"
_MEANT = {
    **dict.fromkeys(("latest", "end", "new", "newest", "now", "last"), END),
    **dict.fromkeys(("earliest", "beginning", "begin", "start", "first", "oldest"), "0"),
}
"""What Kafka and others call the two ends of a log."""


class ResetTo(Written):
    """Moves a group by hand, once. Remove it when it is done.

    Attributes:
        to: the id after which the group goes on, `0` for the first entry, `$` for what comes from now on.
        from_: where the group has to stand, its `last-delivered-id`, so that the same line does not move it twice.
            Needed to go back, and for `$`; without it a group is only moved forward, and never twice.
    """

    to: str
    from_: Annotated[str | None, Field(alias="from")] = None

    @field_validator("to")
    @classmethod
    def _to(cls, value: str) -> str:
        meant = _MEANT.get(value.lower())
        if meant is not None:
            raise ValueError(f"invalid position `{value}`; did you mean `{meant}`?")
        return value if value == END else canonical(value)

    @field_validator("from_")
    @classmethod
    def _from(cls, value: str | None) -> str | None:
        return value if value is None else canonical(value)

    @model_validator(mode="after")
    def _once(self) -> Self:
        if self.from_ is None and self.to in (END, canonical("0")):
            raise ValueError(f"`to: {self.to}` would move the group on every apply; add `from`, its current position")
        if self.from_ is not None and self.from_ == self.to:
            raise ValueError("`from` and `to` are equal")
        return self

    def moves(self, position: str) -> bool:
        """Tell whether a group at a position is to be moved."""
        return position == self.from_ if self.from_ is not None else below(position, self.to)


class GroupSpec(Spec):
    """A consumer group of a stream. Its consumers come by themselves and are never removed.

    Attributes:
        start_at: where a new group begins: `0` with the first entry, `$` with what comes from now on, or after an id.
            Looked at when the group is made, and never again. `0` when left out.
        reset_to: moves the group once, to deliver entries again or to skip some.
    """

    start_at: Annotated[str | None, CreateOnly] = None
    reset_to: ResetTo | None = None

    @field_validator("start_at")
    @classmethod
    def _start_at(cls, value: str | None) -> str | None:
        if value in (None, END, "0"):
            return value
        if parse(str(value)) is not None:
            return canonical(str(value))
        meant = _MEANT.get(str(value).lower())
        suggestion = f"did you mean `{meant}`? " if meant is not None else ""
        raise ValueError(
            f"invalid start `{value}`; {suggestion}write `$` (new entries only), `0` (from the first entry) or an id "
            "such as `1700000000000-0`"
        )
