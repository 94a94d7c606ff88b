"""Sugar in place of what it stands for, in what is exported: proposed by providers, and held against what is there.

Every text is loaded as a plan would load it. What comes out differently than it is there costs the proposals that it is
about, until nothing does; an export with sugar plans what one without it does.
"""

from collections.abc import Callable, Iterator, Mapping, Sequence
from collections.abc import Set as AbstractSet
from pathlib import Path
from tempfile import TemporaryDirectory

from pydantic import JsonValue

from mqinfra.cli.where import Where
from mqinfra.cli.workspace import Workspace
from mqinfra.engine.comparator import Comparator
from mqinfra.engine.diff import compare
from mqinfra.engine.subjects import subjects_of
from mqinfra.manifest.loader import Loaded, load
from mqinfra.manifest.shorthand import NO_SHORTHAND, Shorthand
from mqinfra.manifest.writer import Resource
from mqinfra.model.address import Address
from mqinfra.model.diagnostic import Severity
from mqinfra.model.frozen import dataclass
from mqinfra.model.holding import Holding
from mqinfra.providers.base.entry_type import LastSugar
from mqinfra.providers.base.recognition import Proposal, Recognising, Seen
from mqinfra.providers.base.snapshot import Snapshot

_PATIENCE = 12
"""Rounds in which only proposals at fault are given up; each costs a load. Then all of their kind are, to end."""
Reload = Callable[[Sequence[Path]], Loaded]
"""Loads the environment with some files in place of its manifests."""
Write = Callable[[Shorthand], Sequence[str]]
"""Writes the resources as manifests."""


def reloading(workspace: Workspace, where: Where) -> Reload:
    """Load the environment of a workspace again, with other manifests."""
    root = workspace.loaded.root

    def reload(manifests: Sequence[Path]) -> Loaded:
        return load(
            root,
            where.environment,
            workspace.catalogue,
            clusters=where.clusters,
            policy=where.policy,
            manifests=manifests,
        )

    return reload


@dataclass(frozen=True, slots=True)
class Recognition:
    """Looks for the sugar that makes what is there.

    Attributes:
        workspace: the project.
        snapshots: what was read, by alias.
        reload: loads a text.
        told: is told what a person should know of it.
    """

    workspace: Workspace
    snapshots: Mapping[str, Snapshot]
    reload: Reload
    told: Callable[[str], None]

    def shorthand(self, resources: Sequence[Resource], write: Write) -> Shorthand:
        """Find how resources can be written shorter, with nothing lost.

        Args:
            resources: what is to be written, by its real names.
            write: writes it; what it is given is by real names too.
        """
        names = self.workspace.loaded.desired.names
        live = {address: spec for address, spec, _, _ in resources}
        already = self._wrong(live.keys(), write(NO_SHORTHAND))
        refused: frozenset[tuple[Address, str]] = frozenset()
        given_up: set[tuple[str, str]] = set()
        before: frozenset[str] = frozenset()
        equal, patience = True, _PATIENCE
        while True:
            proposals = [proposal for seen in self._proposed(live, refused) for proposal in seen.proposals]
            unsaid = frozenset(proposal.key for proposal in proposals if names.as_written(proposal.address))
            if unsaid:  # no manifest could speak of the entry
                refused |= unsaid
                continue
            short = _shorthand(proposals, self._alike if equal else frozenset())
            wrong = self._wrong(live.keys(), write(short)) - already
            if not wrong:
                for alias, kind in sorted(given_up):
                    self.told(f"wrote {alias}/{kind} without sugar, as no try with it made just what is there")
                return short
            blamed = [one for one in proposals if wrong & self._about(one)]
            if not blamed:
                makers = {text.partition(" ")[0] for text in wrong}
                blamed = [one for one in proposals if one.address.text in makers]
            # What looks at others' sugar may be wrong only because theirs is.
            blamed = [proposal for proposal in blamed if not self._last(proposal.address)] or blamed
            if wrong & before:  # others make it too, of which one is named at a time
                shapes = {_shape(proposal) for proposal in blamed}
                blamed = [proposal for proposal in proposals if _shape(proposal) in shapes]
            before = wrong
            patience -= 1
            if patience <= 0:
                given_up |= {(proposal.address.cluster, proposal.address.kind) for proposal in blamed}
                blamed = [one for one in proposals if (one.address.cluster, one.address.kind) in given_up]
            more = frozenset(proposal.key for proposal in blamed) - refused
            if not more and not equal:  # nothing that could be left out makes anything wrong
                self.told("wrote every resource in full: in short, the manifests would not say just what is there")
                return NO_SHORTHAND
            equal = equal and bool(more)  # no sugar is at fault, so that equal settings are
            refused |= more

    @property
    def _alike(self) -> frozenset[str]:
        """The kinds of which equal settings may be said once. Whoever may do what is read where it stands."""
        brokers = self.workspace.loaded.desired.clusters.values()
        kinds = {
            f"{broker}/{name}": kind
            for broker in brokers
            for name, kind in self.workspace.catalogue.providers[broker].kinds.items()
        }
        return frozenset(name for name, kind in kinds.items() if kind.holding is not Holding.RIGHT)

    def _proposed(self, live: Mapping[Address, object], refused: frozenset[tuple[Address, str]]) -> Iterator[Seen]:
        catalogue = self.workspace.catalogue
        for snapshot in self.snapshots.values():
            seen = Seen(
                {
                    address: found.spec.declarable()
                    for address, found in sorted(snapshot.reading.resources.items())
                    if address in live
                },
                refused,
            )
            types = catalogue.of([snapshot.reading.type]).entry_types()
            for one in sorted(types, key=lambda item: isinstance(item, LastSugar)):
                if isinstance(one, Recognising):
                    one.recognise(seen)
            yield seen

    def _about(self, proposal: Proposal) -> frozenset[str]:
        """What may be wrong by a proposal. Findings about the text name things as it does, where real names differ."""
        declared = self.workspace.loaded.desired.names.declared
        some = (proposal.address, *proposal.covers)
        names = [name.text for address in some for name in (address, declared(address))]
        made = [
            f"{maker} {name}" for maker in (proposal.address, declared(proposal.address)) for name in proposal.fields
        ]
        return frozenset((*names, *made))

    def _last(self, address: Address) -> bool:
        broker = self.workspace.loaded.desired.clusters.get(address.cluster, "")
        return isinstance(self.workspace.catalogue.entry_type(broker, address.kind), LastSugar)

    def _wrong(self, expected: AbstractSet[Address], texts: Sequence[str]) -> frozenset[str]:
        """Addresses of what manifests make that is not there, or not so, and of what they don't make; errors, too.

        Of what is not there also the entry that made it, with the field that did, behind a blank.
        """
        with TemporaryDirectory() as scratch:
            paths = [Path(scratch) / f"{number}.yaml" for number in range(len(texts))]
            for path, text in zip(paths, texts, strict=True):
                path.write_text(text, encoding="utf-8")
            loaded = self.reload(paths)
        wrong = {one.address or one.message for one in loaded.diagnostics if one.severity is Severity.ERROR}
        declared = loaded.desired.declarations
        for address in declared.keys() ^ expected:
            wrong.add(address.text)
            if address in declared:
                makers = [origin for origin in declared[address].origins if origin.maker is not None]
                wrong |= {f"{origin.maker} {origin.field}" for origin in makers}
        for address, subject in subjects_of(loaded.desired, self.workspace.catalogue).items():
            live = self.snapshots[address.cluster].reading.resources.get(address)
            if address not in expected or live is None:
                continue
            comparator = Comparator(subject.kind, lambda *_: True)
            if compare(address, subject.declaration, subject.fields, live, comparator).change is not None:
                wrong.add(address.text)
        return frozenset(wrong)


def _shape(proposal: Proposal) -> tuple[str, str, frozenset[str]]:
    return proposal.address.cluster, proposal.address.kind, frozenset(proposal.fields)


def _shorthand(proposals: Sequence[Proposal], equal: frozenset[str]) -> Shorthand:
    fields: dict[Address, dict[str, JsonValue]] = {}
    for proposal in proposals:
        fields.setdefault(proposal.address, {}).update(proposal.fields)
    covered = {address: proposal.address for proposal in proposals for address in sorted(proposal.covers)}
    return Shorthand(fields, covered, equal)
