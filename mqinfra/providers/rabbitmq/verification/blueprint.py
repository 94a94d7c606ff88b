"""Copies of queues and exchanges before they are made: names, settings, and what leads where."""

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass, field

from pydantic import JsonValue

from mqinfra.providers.base.verification.canary import Run
from mqinfra.providers.rabbitmq.api.call import Call
from mqinfra.providers.rabbitmq.io.queue_reading import TYPE_ARGUMENT

LIFE_MS = 600_000
"""Milliseconds without use after which the server deletes copies of queues, whatever became of the run."""
_LONGEST = 255
_DIGEST = 12


@dataclass(frozen=True, slots=True)
class QueueCopy:
    """A queue to make.

    Attributes:
        real: what it stands for; empty where it stands for nothing.
        type: its type.
        arguments: its arguments, without the type.
    """

    real: str
    type: str
    arguments: Mapping[str, JsonValue] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class ExchangeCopy:
    """An exchange to make. It goes with its last binding, so that it ends with the queues behind it.

    Attributes:
        real: what it stands for; empty where it stands for nothing.
        type: its type.
        arguments: its arguments.
    """

    real: str
    type: str
    arguments: Mapping[str, JsonValue] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class BindingCopy:
    """A binding to make, between copies by their own names."""

    source: str
    target: str
    to_queue: bool
    key: str = ""
    arguments: Mapping[str, JsonValue] = field(default_factory=dict)


@dataclass
class Blueprint:
    """What is made for one ground in a vhost.

    Attributes:
        vhost: the vhost.
        run: whose it is.
        number: which of the run's grounds it is for.
        queues: by their own names.
        exchanges: by their own names.
        bindings: between them.
    """

    vhost: str
    run: Run
    number: int
    queues: dict[str, QueueCopy] = field(default_factory=dict)
    exchanges: dict[str, ExchangeCopy] = field(default_factory=dict)
    bindings: list[BindingCopy] = field(default_factory=list)

    def name(self, own: str, part: str = "") -> str:
        """The name of a copy; a long one is cut, and told from others by a digest.

        Args:
            own: what it stands for.
            part: a letter that tells it from another copy of the same.
        """
        whole = self.run.name(f"{self.number}{part}.{own}")
        raw = whole.encode()
        if len(raw) <= _LONGEST:
            return whole
        digest = hashlib.sha256(raw).hexdigest()[:_DIGEST]
        return f"{raw[: _LONGEST - _DIGEST - 1].decode(errors='ignore')}~{digest}"

    @property
    def real(self) -> dict[str, str]:
        """What copies stand for, by their names."""
        return {name: copy.real for some in (self.queues, self.exchanges) for name, copy in some.items() if copy.real}

    def making(self) -> list[list[Call]]:
        """The calls that make it, in steps of which each needs those before."""
        exchanges = [
            Call(
                "PUT",
                ("exchanges", self.vhost, name),
                body={"type": one.type, "durable": True, "auto_delete": True, "arguments": dict(one.arguments)},
            )
            for name, one in self.exchanges.items()
        ]
        queues = [
            Call(
                "PUT",
                ("queues", self.vhost, name),
                body={"durable": True, "auto_delete": False, "arguments": {TYPE_ARGUMENT: one.type, **one.arguments}},
            )
            for name, one in self.queues.items()
        ]
        bindings = [
            Call(
                "POST",
                ("bindings", self.vhost, "e", one.source, "q" if one.to_queue else "e", one.target),
                body={"routing_key": one.key, "arguments": dict(one.arguments)},
            )
            for one in self.bindings
        ]
        return [exchanges, queues, bindings]

    def removal(self) -> list[Call]:
        """The calls that take it away; exchanges first, since they go by themselves with the queues."""
        return [
            *(Call("DELETE", ("exchanges", self.vhost, name)) for name in self.exchanges),
            *(Call("DELETE", ("queues", self.vhost, name)) for name in self.queues),
        ]
