"""Advisers: from what is in force on a resource, and how it is used, to recommendations. One file per idea.

They are pure functions, judge nothing, and nothing fails by them. What a broker does not tell is None in a `Usage`, and
an adviser that needs it says nothing.
"""

from abc import ABC, abstractmethod
from collections.abc import Iterable, Mapping
from typing import ClassVar, Generic, TypeVar

from mqinfra.model.address import Address
from mqinfra.model.frozen import dataclass
from mqinfra.model.span import Path
from mqinfra.model.written import Written


class Usage(Written):
    """What is in force on one resource, and how it is used. Providers derive their own."""


U = TypeVar("U", bound=Usage)
Usages = Mapping[Address, Usage]


@dataclass(frozen=True, slots=True)
class Advised:
    """One recommendation.

    Attributes:
        text: what to do, as a sentence without its end.
        evidence: the numbers and settings that it rests on.
        path: the field of the entry that would change; empty for the entry as a whole.
        line: what to write there, as in a manifest; empty where nothing in the manifest would change.
    """

    text: str
    evidence: str
    path: Path = ()
    line: str = ""


class Adviser(ABC, Generic[U]):
    """One idea of what could be better.

    Attributes:
        name: its name, `replication`.
        reason: why that is better, as a sentence.
        source: where the rule comes from: a KIP, a page or a source file of the broker.
        usage: the type of what it looks at.
    """

    name: ClassVar[str]
    reason: ClassVar[str]
    source: ClassVar[str]
    usage: type[U]

    @abstractmethod
    def advise(self, usage: U) -> Iterable[Advised]:
        """Recommend. Pure: the same usage gives the same recommendations."""
