"""What a manifest may say of a queue beyond the queue itself: its bindings, dead letters and retries."""

from typing import Annotated, Literal, Self

from pydantic import Field, JsonValue, WithJsonSchema, field_validator, model_validator

from mqinfra.model.address import Address
from mqinfra.model.frozen import dataclass
from mqinfra.model.unit import format_ms, parse_ms
from mqinfra.model.written import Written
from mqinfra.providers.rabbitmq.spec.queue import TYPES, QueueSpec

SHORTEST_DELAY = 1
LONGEST_DELAY = 315_360_000_000
"""Milliseconds, ten years: `rabbit_misc:check_expiry/1`."""
DEAD_LETTERS = "dead letters"
RETRIES = "retries"
"""Roles of the references from a queue to where its messages go that way."""

Delay = Annotated[int, WithJsonSchema({"type": ["integer", "string"]})]
"""Milliseconds, written as `10s` or as a number."""


class InlineBinding(Written):
    """A binding that leads to the queue.

    Attributes:
        exchange: the exchange that passes messages on.
        routing_key: what they are chosen by; empty when left out.
        arguments: what a headers exchange chooses by.
    """

    exchange: str
    routing_key: str = ""
    arguments: dict[str, JsonValue] = Field(default_factory=dict)


class DeadLetter(Written):
    """Where messages go that consumers reject, that expire or that are too many.

    Attributes:
        name: name of the queue that is made for them; the queue's own with `.dlq` by default.
        type: type of that queue; the queue's own by default.
        arguments: arguments of that queue.
        queue: a queue of the same vhost that is declared elsewhere, instead of one that is made.
        exchange: an exchange of the same vhost that is declared elsewhere, instead of a queue.
        routing_key: with `exchange`, the routing key that dead letters get; their own by default.
        via: `policy` (the default), so that it can change later; or `argument`, which is fixed for good, and takes the
            server no time when thousands of queues have dead letters of their own.
        strategy: `at-most-once`, the server's default, or `at-least-once` (quorum queues, 3.10): then a letter stays
            until the other queue has confirmed it, and a queue that is full rejects what is published to it.
    """

    name: Annotated[str, Field(min_length=1)] | None = None
    type: Annotated[str | None, Field(json_schema_extra={"enum": [*TYPES, None]})] = None
    arguments: dict[str, JsonValue] = Field(default_factory=dict)
    queue: Annotated[str, Field(min_length=1)] | None = None
    exchange: str | None = None
    routing_key: str | None = None
    via: Literal["policy", "argument"] = "policy"
    strategy: Literal["at-most-once", "at-least-once"] | None = None

    @model_validator(mode="after")
    def _one_place(self) -> Self:
        given = [name for name in ("name", "queue", "exchange") if getattr(self, name) is not None]
        if len(given) > 1:
            raise ValueError(f"set the destination of dead letters once: `{given[0]}` or `{given[1]}`")
        if self.routing_key is not None and self.exchange is None:
            raise ValueError("`routingKey` needs `exchange`")
        if (self.type is not None or self.arguments) and given and given[0] != "name":
            raise ValueError(f"`type` and `arguments` are for a generated queue; `{given[0]}` is declared elsewhere")
        return self


class Retry(Written):
    """Failed messages come back after a while, a few times.

    Attributes:
        delays: how long to wait before each next delivery, such as `[10s, 1m, 10m]`; after the last one, a message
            that fails again goes to the dead letters.
        via: `queues` (the default) keeps what a consumer rejects in a queue per delay; or `broker` (quorum queues,
            4.3.1) has the queue itself delay what a consumer rejects with requeue, or holds when it crashes. Its
            delays are the first one, twice the first one and so on, up to the last one: `[10s, 20s, 30s, 30s]`.
        returned: how long a message waits that a consumer returns by `basic.nack` with requeue (quorum queues,
            4.3.1); without it such a message is delivered again at once, and for ever.
    """

    delays: Annotated[tuple[Delay, ...], Field(min_length=1, max_length=16)] | None = None
    via: Literal["queues", "broker"] = "queues"
    returned: Delay | None = None

    @field_validator("delays", mode="before")
    @classmethod
    def _durations(cls, value: object) -> object:
        return [_milliseconds(item) for item in value] if isinstance(value, list | tuple) else value

    @field_validator("returned", mode="before")
    @classmethod
    def _duration(cls, value: object) -> object:
        return None if value is None else _milliseconds(value)

    @model_validator(mode="after")
    def _can_be(self) -> Self:
        if self.delays is None:
            if self.returned is None or self.via == "broker":
                raise ValueError("set how long to wait: `delays: [10s, 1m, 10m]`")
        elif self.via == "broker":
            first, last = self.delays[0], self.delays[-1]
            steps = tuple(min(first * number, last) for number in range(1, len(self.delays) + 1))
            if steps != self.delays:
                raise ValueError(
                    "with `via: broker` each wait is longer by the first one than the one before, up to the last one: "
                    f"`[{', '.join(map(format_ms, steps))}]`; other delays need `via: queues`"
                )
            if self.returned not in (None, first):
                raise ValueError("with `via: broker` returned messages wait the first of `delays`; remove `returned`")
        return self

    @property
    def by_broker(self) -> bool:
        """Whether the queue itself delays its messages."""
        return self.via == "broker"


class QueueEntry(QueueSpec):
    """A queue in a manifest.

    Attributes:
        bindings: bindings that lead to it; each becomes a resource of its own.
        dead_letter: `true`, or a block, also makes a queue for what consumers reject, and sends it there.
        retry: delivers failed messages again after a while, and only then sends them to the dead letters.
    """

    bindings: tuple[InlineBinding, ...] = ()
    dead_letter: bool | DeadLetter | None = None
    retry: Retry | None = None

    @model_validator(mode="after")
    def _fits(self) -> Self:
        if self.type == "stream" and (self.dead_letter or self.retry):
            raise ValueError("a stream has no dead letters: consumers never remove messages from it")
        if self.retry is not None and self.dead_letter is False:
            raise ValueError("`retry` ends in the dead letters; remove `deadLetter: false`")
        if self.retry is not None and self.type == "classic" and (self.retry.by_broker or self.retry.returned):
            field = "via: broker" if self.retry.by_broker else "returned"
            raise ValueError(f"`{field}` is for quorum queues: classic queues can't delay messages themselves")
        if isinstance(self.dead_letter, DeadLetter) and self.retry is not None:
            if self.dead_letter.exchange is not None and self.retry.delays and not self.retry.by_broker:
                raise ValueError("`retry` needs the exchange of the dead letters for itself; name a `queue` instead")
            if self.dead_letter.strategy == "at-least-once" and self.type == "classic":
                raise ValueError("`strategy: at-least-once` is for quorum queues")
        return self


@dataclass(frozen=True, slots=True)
class Failing:
    """What becomes of messages that fail, for people.

    Attributes:
        letters: the queue of the dead letters.
        exchange: the exchange that they are sent to instead; None where there is that queue.
        key: with an exchange, the routing key that they get; None for their own.
        delays: how long they wait before each next delivery, ms; none where there are no retries.
        returned: how long a message waits that a consumer returns, ms; None for not at all.
        by_broker: whether the queue itself delays them.
    """

    letters: str
    exchange: str | None = None
    key: str | None = None
    delays: tuple[int, ...] = ()
    returned: int | None = None
    by_broker: bool = False


@dataclass(frozen=True, slots=True)
class DeferredPolicy:
    """What a queue's sugar wants of the policies, which can be said only when all of them are known.

    Attributes:
        definition: settings that the queue needs by policy.
        guarded: queues that the sugar made, which no policy that is meant for others may shorten or drain.
        by: the sugar's field.
        retries: whether messages that fail shall be delivered again.
        exchanges: exchanges that retries made for this queue alone.
        route: what dead letters pass through, which has to be there before the policy leads them to it.
        failing: what becomes of messages that fail.
    """

    definition: dict[str, JsonValue]
    guarded: tuple[str, ...]
    by: str
    retries: bool = False
    exchanges: tuple[str, ...] = ()
    route: tuple[Address, ...] = ()
    failing: Failing | None = None


def _milliseconds(item: object) -> int:
    number = parse_ms(item) if isinstance(item, str) else item
    if number is None or number.__class__ is not int:
        raise ValueError(f"`{item}` is not a valid duration; write 10s, 1m or 90000")
    if not SHORTEST_DELAY <= number <= LONGEST_DELAY:
        raise ValueError(f"a delay must be from 1 ms to ten years, got `{item}`")
    return number
