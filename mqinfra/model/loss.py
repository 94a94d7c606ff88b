"""What a change may destroy besides deleting: messages that a lowered limit, a new policy or a trim drops.

A `Loss` is pure data and stands in the plan, so that an apply can count again right before it writes.
"""

from typing import ClassVar

from pydantic import ConfigDict
from pydantic.alias_generators import to_camel

from mqinfra.model.address import Address
from mqinfra.model.frozen import dataclass
from mqinfra.model.span import Path

ALL = 2**63 - 1
"""Of a `Loss`: every message stays, and it is told for what readers miss alone."""
LATER = -1
"""Of a `Loss`: what is there stays, and messages to come are lost, which nobody can count."""
NONE, SOME = "none", "some"
"""The classes that guards compare, of messages and of consumers alike; what can't be counted is some."""


@dataclass(frozen=True, slots=True)
class Loss:
    """One way in which a change may destroy messages.

    Attributes:
        address: whose messages: the topic or stream itself, or a queue that a policy reaches.
        path: the field of the change that does it, such as `("definition", "max-length")`.
        text: what happens, as a clause for people: `messages over 10 are dropped`.
        keeps: messages that stay for certain, or ALL, or LATER; None when the change does not tell.
        limit: what counting needs besides, such as the new retention in milliseconds; the provider's own.
    """

    __pydantic_config__: ClassVar[ConfigDict] = ConfigDict(
        frozen=True, extra="ignore", alias_generator=to_camel, validate_by_name=True, validate_by_alias=True
    )

    address: Address
    path: Path
    text: str
    keeps: int | None = None
    limit: int | str | None = None

    @property
    def field(self) -> str:
        """The path as people write it under `by:`, `definition.max-length`."""
        return ".".join(self.path)


@dataclass(frozen=True, slots=True)
class Counted:
    """How many messages go.

    Attributes:
        number: how many; None when it can't be counted.
        exact: False when `number` is an upper bound.
        details: further phrases for people, such as whose unread records fall out; never asked consent for.
    """

    number: int | None = None
    exact: bool = True
    details: tuple[str, ...] = ()

    @property
    def none(self) -> bool:
        """Whether nothing goes for certain."""
        return self.number == 0
