"""What kinds say for pictures: the lines between resources, and the few words under a name."""

from abc import ABC, abstractmethod
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping
from dataclasses import field
from types import MappingProxyType
from typing import Any, ClassVar, TypeVar, cast

from mqinfra.model.address import Address
from mqinfra.model.declaration import Reference
from mqinfra.model.frozen import dataclass
from mqinfra.model.spec import Spec
from mqinfra.model.topology import Flow

T = TypeVar("T")

MOST_LINES = 24
"""A right that covers more than so many things is drawn as one line to what they lie in: nobody follows a hundred."""


@dataclass(frozen=True, slots=True)
class Line:
    """A line from one resource to another.

    Attributes:
        source: where it begins; for messages, where they come from.
        target: where it ends.
        word: what is written on it, short: a routing key, `dead letters`, `consumes`.
        flow: what it stands for.
        by: the resource that it comes from: a binding, a permission, the queue whose dead letters go that way.
    """

    source: Address
    target: Address
    word: str
    flow: Flow
    by: Address


@dataclass(frozen=True, slots=True)
class Drawing:
    """What is there to draw on one cluster, at one time: before a plan or after it.

    Attributes:
        specs: resources of all kinds.
        references: where the entries of manifests point at; nothing is known of them before a plan.
        version: the broker's; empty for the newest.
    """

    specs: Mapping[Address, Spec]
    references: Mapping[Address, tuple[Reference, ...]] = field(default_factory=lambda: MappingProxyType({}))
    version: tuple[int, ...] = ()
    _made: dict[object, Any] = field(default_factory=dict, init=False, repr=False, compare=False)

    def once(self, make: Callable[["Drawing"], T]) -> T:
        """Work something out for all kinds that need it, once."""
        if make not in self._made:
            self._made[make] = make(self)
        return cast("T", self._made[make])

    def of(self, kind: str) -> Iterator[tuple[Address, Spec]]:
        """The resources of a kind."""
        return ((address, spec) for address, spec in self.specs.items() if address.kind == kind)

    def referring(self, kind: str, role: str, flow: Flow = Flow.MESSAGES) -> Iterator[Line]:
        """Lines for what entries of a kind point at in some role, which is what is written on them."""
        for address, references in self.references.items():
            if address.kind == kind and address in self.specs:
                for reference in references:
                    if reference.role == role:
                        yield Line(address, reference.target, role, flow, address)


class Drawn(ABC):
    """A kind whose resources are drawn as more than a name in a box.

    Attributes:
        as_lines: its resources are nothing but lines, as bindings are, and have no boxes of their own.
    """

    as_lines: ClassVar[bool] = False

    @abstractmethod
    def lines(self, drawing: Drawing) -> Iterable[Line]:
        """The lines that come from its resources, to resources of any kind, also such as nobody declares."""

    def caption(self, spec: Spec) -> str:  # noqa: ARG002 - for those of which a name says enough
        """What matters most of a resource, in two or three words."""
        return ""


def few_or_all(targets: Collection[Address], holder: Address, noun: str) -> Iterator[tuple[Address, str]]:
    """What a right or a policy covers: each thing, or what they lie in where nobody could follow the lines.

    Args:
        targets: what it covers.
        holder: what they lie in, such as a vhost.
        noun: what they are, in the plural.

    Yields:
        where a line goes, and what to write behind its word.
    """
    if len(targets) > MOST_LINES:
        yield holder, f" {len(targets):,} {noun}"
    else:
        yield from ((target, "") for target in sorted(targets))
