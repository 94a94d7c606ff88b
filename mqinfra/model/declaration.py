"""What a person declared: the desired side, with everything needed to point back at their text."""

from collections.abc import Mapping
from dataclasses import field
from datetime import date
from types import MappingProxyType
from typing import Literal, Protocol

from pydantic import JsonValue

from mqinfra.model.address import Address
from mqinfra.model.frozen import dataclass
from mqinfra.model.names import Names
from mqinfra.model.policy import Policy
from mqinfra.model.promises import NO_PROMISES, Promises
from mqinfra.model.scope import Scope
from mqinfra.model.selector import Selector, any_matches
from mqinfra.model.span import Path, Span
from mqinfra.model.spec import Spec, SpecDocument
from mqinfra.model.state import State
from mqinfra.model.written import Written


class Lifecycle(Written):
    """How a resource may be treated over its life; a part of every entry.

    Attributes:
        protect: refuse every delete and replace of the resource.
        replace: what a difference does that no live resource can take: `block`, or `recreate` while it is empty and
            unused.
        adopt: take over what was there before and differs; it then counts as made by the project.
        ignore: field paths left alone, `config.retention.ms`; a path covers what is below it.
    """

    protect: bool = False
    replace: Literal["block", "recreate"] = "block"
    adopt: bool = False
    ignore: tuple[str, ...] = ()

    def ignores(self, path: Path) -> bool:
        """Tell whether a field is left alone."""
        text = ".".join(path)
        return any(text == item or text.startswith(item + ".") for item in self.ignore)


class Positions(Protocol):
    """Finds the place of a field of one entry, wherever it was declared (entry, defaults or override)."""

    def span(self, path: Path) -> Span | None:
        """The value at the path; the nearest enclosing thing when the field itself was not written."""

    def key_span(self, path: Path) -> Span | None:
        """The key at the path, for findings about the key itself."""

    def line(self, span: Span) -> str | None:
        """Text of the line; None when unknown or when it may hold a secret."""


@dataclass(frozen=True, slots=True)
class Origin:
    """Where a resource comes from.

    Attributes:
        span: the entry's key in its manifest.
        by: None for a plain entry; else the sugar that made it, such as `deadLetter of kafka/topics/orders`.
        maker: address of the entry whose sugar made it; None for a plain entry.
        topology: name of the document.
    """

    span: Span
    by: str | None = None
    maker: Address | None = None
    topology: str = ""

    @property
    def field(self) -> str:
        """The field of the sugar that made it, `deadLetter`; of a list without the number; empty of a plain entry."""
        return (self.by or "").partition(" of ")[0].partition(".")[0]


@dataclass(frozen=True, slots=True)
class Reference:
    """One resource needs or points at another.

    Attributes:
        path: the field of the referring resource.
        target: what it points at.
        role: why, in the field's words: `dead letters`, `schema`.
        needed: the target has to exist first, and deletes go the other way round.
        since: the version of the broker from which that is so; before it, the resource can be without its target.
        users: where there are some, the target has to exist first only if one of them does already: a new one
            waits for it by itself.
    """

    path: Path
    target: Address
    role: str
    needed: bool = True
    since: tuple[int, ...] = ()
    users: tuple[Address, ...] = ()

    def binds(self, version: tuple[int, ...]) -> bool:
        """Whether a broker of a version has the resource only while it has the target; an empty one is the newest."""
        return self.needed and (not version or version >= self.since)


@dataclass(frozen=True, slots=True)
class Declaration:
    """One desired resource.

    Attributes:
        spec: what it should look like.
        positions: finds the text behind each field.
        origins: at least one; several when equal entries reach the same resource.
        labels: for selection, and for people.
        lifecycle: how it may be treated.
        references: other resources that it points at.
        promises: what it holds up to; of each, `positions` knows the place under `promises`.
        deferred: what its sugar still wants once everything is declared; only its own kind reads it.
    """

    spec: Spec
    positions: Positions
    origins: tuple[Origin, ...]
    labels: Mapping[str, str] = field(default_factory=lambda: MappingProxyType({}))
    lifecycle: Lifecycle = field(default_factory=Lifecycle)
    references: tuple[Reference, ...] = ()
    promises: Promises = NO_PROMISES
    deferred: object = field(default=None, repr=False, compare=False)
    _document: SpecDocument | None = field(default=None, init=False, repr=False, compare=False)

    @property
    def document(self) -> SpecDocument:
        """The spec as JSON: written once, since digests, changes and records all have it."""
        document = self._document
        if document is None:
            document = SpecDocument(self.spec)
            object.__setattr__(self, "_document", document)
        return document

    @property
    def span(self) -> Span:
        """The entry's key in the first manifest that declares it."""
        return self.origins[0].span


@dataclass(frozen=True, slots=True)
class Consent:
    """A reviewed line that lets a change destroy something (design §6). Only lines for this environment are kept.

    Attributes:
        span: the address under `removed:` or `allowed:`.
        even_if: what may be destroyed: `messages`, `consumers`.
        reason: why, for the plan and the report.
        labels: labels of its document, for selection.
        source: text of the line.
        until: last day on which it counts, by the runner's UTC date; None when it has none.
        spent: which run used it, for people; then it counts no more. Empty as long as none did; only records tell.
    """

    span: Span
    even_if: frozenset[str] = frozenset()
    reason: str = ""
    labels: Mapping[str, str] = field(default_factory=lambda: MappingProxyType({}))
    source: str | None = None
    until: date | None = None
    spent: str = ""

    def over(self, today: date) -> bool:
        """Tell whether it counts no more: its last day is past, or a run used it."""
        return bool(self.spent) or (self.until is not None and today > self.until)

    @property
    def ending(self) -> str:
        """What ended it, as a predicate for people."""
        return f"was used by {self.spent}" if self.spent else f"expired on {self.until}"


@dataclass(frozen=True, slots=True)
class Tombstone(Consent):
    """The reviewed line that a delete needs.

    Attributes:
        identity: the broker's own id of the one thing that it may delete; empty for whichever has the name.
        protected: defaults or overrides that outlive the entry say `lifecycle.protect`.
    """

    identity: str = ""
    protected: bool = False


@dataclass(frozen=True, slots=True)
class Allowance(Consent):
    """The reviewed line that a change needs which destroys something and is no delete.

    Attributes:
        by: the exact new values that may do it, by field as in `Loss.field`, canonical.
    """

    by: Mapping[str, JsonValue] = field(default_factory=lambda: MappingProxyType({}))


@dataclass(frozen=True, slots=True)
class Without:
    """What an environment does not manage although manifests may declare it: nothing of it is made or deleted.

    Attributes:
        selectors: what it is.
        declared: what manifests declare of it, with its kind as `BROKER/KIND`; `access` and other sugar too.
    """

    selectors: tuple[Selector, ...] = ()
    declared: Mapping[Address, str] = field(default_factory=lambda: MappingProxyType({}))

    def means(self, address: Address, kind: str, labels: Mapping[str, str], file: str) -> bool:
        """Tell whether something is not managed; see `Selector.matches` for the arguments."""
        return bool(self.selectors) and any_matches(self.selectors, address, kind, labels, file)


@dataclass(frozen=True, slots=True)
class Desired:
    """Everything that one environment of a project declares.

    Attributes:
        project: the project's name, the unit of ownership.
        environment: the environment's name.
        declarations: desired resources, sorted by address.
        tombstones: resources to delete, sorted by address.
        clusters: alias → broker type, of every cluster of the environment.
        scope: what the project may own.
        allowed: what changes other than deletes may destroy, by the address of the change or of the entry that made it.
        topologies: names of the documents that the manifests hold.
        vanished: lines that let what a document or section declared go although all of it is missing, by
            `topology/NAME` or `ALIAS/KIND`.
        unpruned: kinds of which nothing goes only because nobody declares it any more, as `BROKER/KIND`.
        policy: what the project and the organisation ask of every resource.
        names: what things are called in the environment; addresses here are those on the clusters.
        without: what is not managed in the environment.
        production: the environment is marked production.
    """

    project: str
    environment: str
    declarations: Mapping[Address, Declaration]
    tombstones: Mapping[Address, Tombstone] = field(default_factory=lambda: MappingProxyType({}))
    clusters: Mapping[str, str] = field(default_factory=lambda: MappingProxyType({}))
    scope: Scope = field(default_factory=Scope)
    allowed: Mapping[Address, Allowance] = field(default_factory=lambda: MappingProxyType({}))
    topologies: frozenset[str] = frozenset()
    vanished: Mapping[str, Consent] = field(default_factory=lambda: MappingProxyType({}))
    unpruned: frozenset[str] = frozenset()
    policy: Policy = field(default_factory=Policy)
    names: Names = field(default_factory=Names)
    without: Without = field(default_factory=Without)
    production: bool = False

    def leaves_out(self, address: Address, labels: Mapping[str, str], file: str) -> bool:
        """Tell whether the environment does not manage a resource, by what is known of it."""
        if not self.without.selectors:
            return False
        kind = f"{self.clusters.get(address.cluster, '')}/{address.kind}"
        return address in self.without.declared or self.without.means(self.names.declared(address), kind, labels, file)

    @property
    def state(self) -> State:
        """The desired State without places and lifecycle."""
        return State({address: declaration.spec for address, declaration in self.declarations.items()})
