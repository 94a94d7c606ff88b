"""Checks: pure functions from a history to a judgement. One file holds one, named for what it proves."""

from abc import ABC, abstractmethod
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import ClassVar

from mqinfra.model.judgement import Mode, Result
from mqinfra.model.operation import Act, Known, Operation
from mqinfra.model.reading import Facts
from mqinfra.model.span import Path
from mqinfra.providers.base.verification.place import About, Place
from mqinfra.providers.base.verification.procedure import Amount, Procedure


@dataclass(frozen=True, slots=True)
class Asked:
    """What a place asks of a check.

    Attributes:
        requirement: a sentence without its end: `no acknowledged message is lost`.
        path: the field of the entry that asks for it; empty where it follows from the resource being there.
        promise: the promise that it proves, by its name in manifests; the line that makes it comes before `path`.
    """

    requirement: str
    path: Path = ()
    promise: str = ""


@dataclass(frozen=True, slots=True)
class Skipped:
    """Why a check that this place gives rise to can't be made here.

    Attributes:
        requirement: what would be asked.
        reason: why it is not, as a clause: `this broker does not deliver exactly once`.
        promise: the promise that it would prove.
    """

    requirement: str
    reason: str
    promise: str = ""


@dataclass(frozen=True)
class Case:
    """What a check judges.

    Attributes:
        place: where it was.
        mode: how near.
        facts: what the cluster says of itself.
        operations: the history of the procedure on this place, in the order in which it ended.
        amount: how much was asked for.
        cut_short: why the procedure did not come to its end, as a clause; empty where it did.
    """

    place: Place
    mode: Mode
    facts: Facts
    operations: Sequence[Operation]
    amount: Amount
    cut_short: str = ""

    def of(self, act: Act, *, known: Known | None = None, client: str | None = None) -> list[Operation]:
        """The operations of one act, by how they ended and who did them."""
        return [
            one
            for one in self.operations
            if one.act is act and known in {None, one.known} and client in {None, one.client}
        ]

    @cached_property
    def acknowledged(self) -> frozenset[str]:
        """Ids of the messages that the broker said it has."""
        return frozenset(one.uid for one in self.of(Act.PUBLISH, known=Known.OK))

    @cached_property
    def attempted(self) -> frozenset[str]:
        """Ids of all messages that were sent, however that ended."""
        return frozenset(one.uid for one in self.of(Act.PUBLISH))

    def seen(self, subject: str) -> list[Operation]:
        """What was observed or tried under a name."""
        return [one for one in self.operations if one.subject == subject]


@dataclass(frozen=True, slots=True)
class Conclusion:
    """What a check concludes of a case.

    Attributes:
        result: pass, fail or inconclusive.
        evidence: what was seen, with numbers, in a line.
        offenders: everything that is wrong, by id or name.
        causes: what is probably behind it, the likeliest first.
        fix: what to change.
        samples: how many operations it rests on; with none, nothing passes.
    """

    result: Result
    evidence: str
    offenders: Sequence[str] = ()
    causes: Sequence[str] = ()
    fix: str = ""
    samples: int = 0


class Check(ABC):
    """One thing that is proven of a place.

    Attributes:
        id: its number, `V03`; a third party's has the prefix of its distribution.
        name: its name, `loss`.
        proves: what a pass proves, as a sentence.
        open: what a pass does not prove, as a sentence.
        procedure: what has to be done for it.
        about: what it is asked of.
        by_absence: it fails by what did not come, so a procedure that was cut short decides nothing.
        option: how a caller of `verify` asks for it where no promise does: `--restart-cmd COMMAND`; empty where the
            topology alone gives rise to it.
    """

    id: ClassVar[str]
    name: ClassVar[str]
    proves: ClassVar[str]
    open: ClassVar[str]
    procedure: ClassVar[type[Procedure]]
    about: ClassVar[frozenset[About]] = frozenset({About.MESSAGES})
    by_absence: ClassVar[bool] = False
    option: ClassVar[str] = ""

    @abstractmethod
    def asked(self, place: Place) -> Asked | Skipped | None:
        """What a place asks of it; None where it means nothing there."""

    @abstractmethod
    def judge(self, case: Case) -> Conclusion:
        """Conclude. Pure: the same case gives the same conclusion."""
