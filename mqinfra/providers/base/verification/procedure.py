"""Procedures: what is done on a broker so that checks have something to judge. They conclude nothing."""

import random
import time
from abc import ABC, abstractmethod
from collections.abc import Mapping, Sequence
from dataclasses import field
from types import MappingProxyType
from typing import ClassVar, Protocol

from pydantic import JsonValue

from mqinfra.model.address import Address
from mqinfra.model.change import Change
from mqinfra.model.errors import Bug
from mqinfra.model.frozen import dataclass
from mqinfra.model.judgement import Mode
from mqinfra.model.operation import Known, Operation
from mqinfra.providers.base.verification.canary import Run
from mqinfra.providers.base.verification.codec import Codec
from mqinfra.providers.base.verification.ground import Ground
from mqinfra.providers.base.verification.messenger import Messenger
from mqinfra.providers.base.verification.place import Place


@dataclass(frozen=True, slots=True)
class Amount:
    """How much is sent, and how long it may take.

    Attributes:
        messages: how many messages of a trial that needs many.
        keys: by how many keys they are told apart.
        size: bytes of a body.
        seconds: wall-clock limit of one procedure.
        rate: messages per second that are never exceeded; 0 for as fast as it goes.
    """

    messages: int = 1_000
    keys: int = 50
    size: int = 100
    seconds: float = 60.0
    rate: int = 0


class Notes(Protocol):
    """Where procedures write what clients do not write by themselves."""

    def note(self, operation: Operation) -> None:
        """Append an operation."""

    def observe(self, subject: str, seen: JsonValue) -> None:
        """Append what was read."""

    def tried(self, subject: str, known: Known, error: str = "", *, seen: JsonValue = None) -> None:
        """Append what was tried and may be refused."""


@dataclass(frozen=True, slots=True)
class Compared:
    """What a plan says of a place.

    Attributes:
        change: what it would change; None where it would change nothing.
        unseen: why nobody can tell; empty where it was read.
    """

    change: Change | None = None
    unseen: str = ""


@dataclass(frozen=True, slots=True)
class Trial:
    """One carrying out of a procedure.

    Attributes:
        place: what is verified.
        mode: how near.
        messenger: the cluster; for procedures of its own provider. None on a model of a broker.
        made: where, with clients that write down what they do; None where nothing is sent.
        compared: what a plan says of the place.
        run: the run that it is part of, whose id is in the name of all that it makes.
        bare: the same as its provider made it, for its own procedures, which wrap clients of their own in the classes
            of `recorded`; None where nothing is sent.
        codecs: payloads of the declared schemas, by what holds each; without those that nobody here can make.
        amount: how much.
        chance: the only source of randomness, so that the same seed sends the same messages.
        notes: where everything else is written down.
        deadline: when it has to be over, on the process's monotonic clock in seconds.
    """

    place: Place
    mode: Mode
    messenger: Messenger | None
    made: Ground[Place] | None
    amount: Amount
    chance: random.Random
    notes: Notes
    deadline: float
    compared: Compared
    run: Run
    bare: Ground[Place] | None = None
    codecs: Mapping[Address, Codec] = field(default_factory=lambda: MappingProxyType({}))

    @property
    def ground(self) -> Ground[Place]:
        """Where messages are sent.

        Raises:
            Bug: the procedure is carried out without sending any.
        """
        if self.made is None:
            raise Bug(f"a procedure that sends nothing looks for where to send: {self.place.address}")
        return self.made

    @property
    def left(self) -> float:
        """Seconds that it still has; 0 when none."""
        return max(0.0, self.deadline - time.monotonic())


class Procedure(ABC):
    """One thing that is done on one place; on a whole cluster it works with a copy of the first resource that fits.

    Attributes:
        name: its name, for progress and selection.
        modes: in which modes it may be carried out; with `passive` among them it sends nothing.
        alone: nothing else may run on the cluster meanwhile, since it measures or disturbs.
        slow: it takes minutes, and is carried out only where that is asked for.
        seconds: how long it may take at least, whatever the limit is.
        loads: it sends as much as is promised, or as much as goes.
        last: it looks at what the run itself leaves behind, so everything else on the cluster has to be over.
        on_models: it can be carried out on a sandbox or a snapshot as well.
    """

    name: ClassVar[str]
    modes: ClassVar[Sequence[Mode]] = (Mode.CLONE,)
    alone: ClassVar[bool] = False
    slow: ClassVar[bool] = False
    seconds: ClassVar[float] = 0.0
    loads: ClassVar[bool] = False
    last: ClassVar[bool] = False
    on_models: ClassVar[bool] = False

    @abstractmethod
    def carry_out(self, trial: Trial) -> None:
        """Do it. What the broker refuses is written down, and is no error.

        Raises:
            UserError: it could not be done at all; its checks are inconclusive.
        """
