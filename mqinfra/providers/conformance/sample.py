"""Samples: what a kind hands to the suite, as manifest entries."""

from collections.abc import Mapping
from dataclasses import dataclass, field

from pydantic import JsonValue

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
        under: names in front of the resource's own, where it lies inside another that is there already.
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
    without: Mapping[str, str] = field(default_factory=dict)

    def name(self, number: int) -> str:
        """Name of the n-th resource."""
        return f"{self.prefix}{number}"
