"""Samples: what a kind hands to the suite, as manifest entries."""

from collections.abc import Callable, Mapping
from dataclasses import field

from pydantic import JsonValue

from mqinfra.model.frozen import dataclass
from mqinfra.model.reading import Facts
from mqinfra.model.span import Path

Entry = Mapping[str, JsonValue]


@dataclass(frozen=True, slots=True)
class Step:
    """A change of one resource: from one entry to another.

    Attributes:
        title: what it shows.
        before: the entry that is live.
        after: the entry that is wanted then.
    """

    title: str
    before: Entry
    after: Entry


@dataclass(frozen=True, slots=True)
class Refusal:
    """An entry that the broker would refuse, which a plan has to find.

    Attributes:
        title: what is wrong with it.
        entry: the entry.
        path: the field that the finding has to point at.
    """

    title: str
    entry: Entry
    path: Path


@dataclass(frozen=True, slots=True)
class Need:
    """What has to be there before a resource of the sample can be: resources of another kind of the broker.

    Attributes:
        kind: their kind.
        path: their name, with the names of what it lies in before it.
        entry: what they are.
        each: one for each name of the sample, which then ends the path.
    """

    kind: str
    path: tuple[str, ...] = ()
    entry: Entry = field(default_factory=dict)
    each: bool = False


def _always(_facts: Facts) -> bool:
    return True


@dataclass(frozen=True, slots=True)
class Sample:
    """One kind's examples.

    Attributes:
        kind: the kind's name.
        prefix: what the names of its resources begin with.
        minimal: the least that a manifest can say.
        full: an entry that declares a value for as much as is safe to change.
        same: entries that mean the same as `full` and must plan no change over it.
        updates: changes that the broker makes in place.
        reset: an entry with a value, and the same with null; and the field it is about.
        foreign: an entry that sets one more key than `full`, and that key: what others set is left alone.
        impossible: changes that no broker can make in place, with the code that blocks them.
        refused: entries that the broker refuses.
        under: names in front of the resource's own, where it lies inside another.
        named_by: of a kind without names, the naming field that the suite's names become the value of.
        needs: what has to be there before, in the order in which it is made.
        title: what tells it from another sample of the same kind; the kind's name when empty.
        suits: tells from what a cluster says of itself whether the sample is for it.
        without: levels that the kind has nothing for, and why; they are not run.
    """

    kind: str
    prefix: str
    minimal: Entry
    full: Entry
    same: tuple[Entry, ...]
    updates: tuple[Step, ...] = ()
    reset: tuple[Step, Path] = (Step("nothing", {}, {}), ())
    foreign: tuple[Entry, Path] = ({}, ())
    impossible: tuple[tuple[Step, str], ...] = ()
    refused: tuple[Refusal, ...] = field(default=())
    under: tuple[str, ...] = ()
    named_by: str = ""
    needs: tuple[Need, ...] = ()
    title: str = ""
    suits: Callable[[Facts], bool] = _always
    without: Mapping[str, str] = field(default_factory=dict)

    @property
    def label(self) -> str:
        """What tells it from the provider's other samples."""
        return self.title or self.kind

    def name(self, number: int) -> str:
        """Name of the n-th resource."""
        return f"{self.prefix}{number}"
